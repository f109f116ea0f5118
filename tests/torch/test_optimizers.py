"""The optimizers against Keras's own steps."""

import json
from pathlib import Path

import pytest
import torch

from modelspec.torch import optimizers
from modelspec.torch.optimizers.functional import FunctionalStep, why_not
from modelspec.training import optimizers as declared
from modelspec.training import schedules

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "optimizers.json").read_text())


class Weights(torch.nn.Module):
    """Two weights, as the goldens have them."""

    def __init__(self):
        super().__init__()
        for index, shape in enumerate(GOLDEN["shapes"]):
            size = torch.Size(shape).numel()
            value = torch.linspace(-1, 1, size, dtype=torch.float64).float().reshape(shape)
            self.register_parameter(f"w{index}", torch.nn.Parameter(value))

    def flat(self):
        return torch.cat([weight.detach().flatten() for weight in self.parameters()])


def settings(case):
    return declared.find(case["optimizer"])(**case["arguments"])


def follow(optimizer, weights, start=0, stop=None):
    """Take the golden gradients' steps, yielding the weights after each."""
    for index, step in list(enumerate(GOLDEN["gradients"]))[start:stop]:
        if index == GOLDEN["halved_at"]:
            optimizer.learning_rate /= 2
        for weight, gradient in zip(weights.parameters(), step, strict=True):
            weight.grad = torch.tensor(gradient)
        optimizer.step()
        yield weights.flat()


@pytest.mark.parametrize(
    "case", GOLDEN["cases"], ids=lambda case: f"{case['optimizer']}-{case['arguments']}"
)
def test_steps_are_those_of_keras(case):
    weights = Weights()
    optimizer = optimizers.create(settings(case), weights)
    steps = list(follow(optimizer, weights))
    optimizer.finish()
    for taken, wanted in zip([*steps, weights.flat()], case["weights"], strict=True):
        torch.testing.assert_close(taken, torch.tensor(wanted), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "case", GOLDEN["cases"], ids=lambda case: f"{case['optimizer']}-{case['arguments']}"
)
def test_a_resumed_optimizer_goes_on_bit_for_bit(case):
    straight = Weights()
    whole = list(follow(optimizers.create(settings(case), straight), straight))

    first = Weights()
    optimizer = optimizers.create(settings(case), first)
    list(follow(optimizer, first, stop=5))
    state = {name: value.clone() for name, value in optimizer.state_dict().items()}

    second = Weights()
    second.load_state_dict(first.state_dict())
    resumed = optimizers.create(settings(case), second)
    resumed.load_state_dict(state)
    assert torch.equal(list(follow(resumed, second, start=5))[-1], whole[-1])


def test_a_state_of_another_model_is_refused_by_name():
    optimizer = optimizers.create(declared.find("adam")(), Weights())
    state = optimizer.state_dict()
    state["momentum/fc.weight"] = state.pop("momentum/w1")
    with pytest.raises(KeyError, match=r"momentum/fc\.weight, momentum/w1"):
        optimizer.load_state_dict(state)


@pytest.mark.parametrize("name", declared.names())
def test_every_optimizer_is_held_against_keras(name):
    assert declared.find(name).__name__ in {case["optimizer"] for case in GOLDEN["cases"]}


def test_a_schedule_says_the_rate_of_every_batch():
    schedule = schedules.find("piecewise_constant_decay")(boundaries=[1, 2], values=[0.5, 0.25, 0])
    weights = Weights()
    optimizer = optimizers.create(declared.find("sgd")(learning_rate=schedule), weights)
    taken = []
    for _ in range(4):
        before = weights.w0.detach()[0, 0].clone()
        weights.w0.grad = torch.ones_like(weights.w0)
        optimizer.step()
        taken.append(float(before - weights.w0.detach()[0, 0]))
    assert taken == pytest.approx([0.5, 0.5, 0.25, 0.0])


def test_a_resumed_schedule_goes_on_where_it_was():
    schedule = schedules.find("exponential_decay")(
        initial_learning_rate=0.1, decay_steps=2, decay_rate=0.5
    )
    settings = declared.find("adam")(learning_rate=schedule)
    first, second = (optimizers.create(settings, Weights()) for _ in range(2))
    for _ in range(5):
        first.step()
    second.load_state_dict(first.state_dict())
    second.step()
    first.step()
    assert second.learning_rate == first.learning_rate == schedule.rate(5)


@pytest.mark.parametrize("name", ["adafactor", "muon"])
def test_optimizers_of_matrices_take_weights_of_any_rank(name):
    module = torch.nn.Sequential(
        torch.nn.Conv2d(2, 3, 3), torch.nn.Flatten(), torch.nn.Linear(12, 5)
    )
    optimizer = optimizers.create(declared.find(name)(learning_rate=0.01), module)
    before = [each.detach().clone() for each in module.parameters()]
    module(torch.randn(4, 2, 4, 4)).square().sum().backward()
    optimizer.step()
    for old, new in zip(before, module.parameters(), strict=True):
        assert new.isfinite().all()
        assert not torch.equal(old, new)


def test_muon_takes_no_embedding_for_a_matrix():
    module = torch.nn.Sequential(torch.nn.Embedding(5, 4), torch.nn.Linear(4, 3))
    optimizer = optimizers.create(declared.find("muon")(), module)
    shapes = dict(
        zip(optimizer.names, (each.ndim for each in optimizer.slots["velocity"]), strict=True)
    )
    assert shapes == {"0.weight": 2, "1.weight": 0, "1.bias": 1}


def test_adagrad_has_the_same_numbers_on_devices_without_its_kernel(monkeypatch):
    fused, lists = Weights(), Weights()
    one, other = (optimizers.create(declared.find("adagrad")(), each) for each in (fused, lists))
    monkeypatch.setattr(
        other,
        "update",
        lambda weights, gradients, slots: other._step_lists(
            weights, gradients, slots["accumulator"]
        ),
    )
    for taken, wanted in zip(follow(other, lists), follow(one, fused), strict=True):
        torch.testing.assert_close(taken, wanted, rtol=1e-5, atol=1e-7)


def test_weights_without_a_gradient_stay():
    weights = Weights()
    before = weights.w1.detach().clone()
    optimizer = optimizers.create(declared.find("adam")(weight_decay=0.1), weights)
    weights.w0.grad = torch.ones_like(weights.w0)
    optimizer.step()
    assert torch.equal(weights.w1, before)
    assert not torch.equal(weights.w0.flatten()[:3], torch.linspace(-1, 1, 6)[:3])


def test_frozen_weights_are_not_taken():
    weights = Weights()
    weights.w0.requires_grad_(False)
    assert optimizers.create(declared.find("adam")(), weights).names == ["w1"]


def test_channels_last_weights_are_stepped_like_others():
    plain = torch.nn.Conv2d(3, 4, 3)
    other = torch.nn.Conv2d(3, 4, 3)
    other.load_state_dict(plain.state_dict())
    other = other.to(memory_format=torch.channels_last)
    x = torch.randn(2, 3, 8, 8)
    for module in (plain, other):
        optimizer = optimizers.create(declared.find("adam")(), module)
        for _ in range(3):
            optimizer.zero_grad()
            module(x).square().sum().backward()
            optimizer.step()
    torch.testing.assert_close(plain.weight, other.weight)


def test_zero_grad_drops_gradients():
    weights = Weights()
    optimizer = optimizers.create(declared.find("sgd")(), weights)
    weights.w0.grad = torch.ones_like(weights.w0)
    optimizer.zero_grad()
    assert weights.w0.grad is None


def test_torch_optim_is_not_imported():
    import subprocess
    import sys

    code = (
        "import sys, torch; before = set(sys.modules)\n"
        "from modelspec.torch import optimizers\n"
        "from modelspec.training import optimizers as declared\n"
        "optimizers.create(declared.find('adam')(), torch.nn.Linear(2, 2))\n"
        "assert not [m for m in set(sys.modules) - before if m.startswith('torch')]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


FUNCTIONS = [
    case
    for case in GOLDEN["cases"]
    if why_not(optimizers.create(settings(case), torch.nn.Linear(1, 1))) is None
]


def test_the_steps_of_most_optimizers_are_functions():
    named = {case["optimizer"] for case in FUNCTIONS}
    others = {case["optimizer"] for case in GOLDEN["cases"]} - named
    assert others == {"Adafactor", "Muon", "ScheduleFreeAdamW"}


@pytest.mark.parametrize(
    "case", FUNCTIONS, ids=lambda case: f"{case['optimizer']}-{case['arguments']}"
)
def test_a_step_as_a_function_is_that_of_keras(case):
    weights = Weights()
    optimizer = optimizers.create(settings(case), weights)
    step = FunctionalStep(optimizer, optimizer.names)
    values = {name: each.detach().clone() for name, each in weights.named_parameters()}
    slots = {
        name: {slot: tensors[place].clone() for slot, tensors in optimizer.slots.items()}
        for place, name in enumerate(optimizer.names)
    }
    wanted = case["weights"]
    for index, given in enumerate(GOLDEN["gradients"]):
        if index == GOLDEN["halved_at"]:
            optimizer.learning_rate /= 2
        gradients = dict(zip(optimizer.names, map(torch.tensor, given), strict=True))
        optimizer.count_batch()
        clipped = step.clipped(gradients)
        moved = step(values, clipped, slots, torch.tensor(step.scalars()).unbind())
        values = {name: each.parameter for name, each in moved.items()}
        assert all(moved[name].slots.keys() == slots[name].keys() for name in slots)
        slots = {name: each.slots for name, each in moved.items()}
        flat = torch.cat([each.flatten() for each in values.values()])
        torch.testing.assert_close(flat, torch.tensor(wanted[index]), rtol=1e-5, atol=1e-6)
    if "ema" in optimizer.slots:
        flat = torch.cat([each["ema"].flatten() for each in slots.values()])
        torch.testing.assert_close(flat, torch.tensor(wanted[-1]), rtol=1e-5, atol=1e-6)
