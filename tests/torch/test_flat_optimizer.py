"""Small tensors of an optimizer in one buffer: the same steps as one by one."""

import pytest
import torch

from modelspec.torch import optimizers, switches
from modelspec.torch.optimizers.flat import SMALL
from modelspec.training import optimizers as declared

SHAPES = [(3, 4), (4,), (1, 5), (), (17,), (2, 3, 2), (5, 5), (33,)]
CASES = {
    "rmsprop": {},
    "rmsprop centered": {"momentum": 0.5, "centered": True},
    "adadelta": {"weight_decay": 0.1},
    "adamax": {"gradient_accumulation_steps": 2},
    "nadam": {"global_clipnorm": 0.1},
    "lion": {"clipvalue": 0.05},
    "ftrl": {"l1_regularization_strength": 0.01},
    "schedule_free_adamw": {"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 3},
}


class Weights(torch.nn.Module):
    """Small weights, one that gets no gradient, one that is large and one in another order."""

    def __init__(self):
        super().__init__()
        draws = torch.Generator().manual_seed(0)
        large = torch.randn(SMALL + 1, generator=draws)
        turned = torch.randn(4, 6, generator=draws).T
        values = [torch.randn(shape, generator=draws) for shape in SHAPES]
        for index, value in enumerate([*values, torch.ones(3), large, turned]):
            self.register_parameter(f"w{index}", torch.nn.Parameter(value))
        self.idle = f"w{len(SHAPES)}"

    def gradients(self, step, idle=()):
        draws = torch.Generator().manual_seed(step)
        for name, weight in self.named_parameters():
            drawn = torch.randn(weight.shape, generator=draws)
            weight.grad = None if name in (self.idle, *idle) else drawn


def created(case, weights, multipliers=None):
    settings = declared.find(case.split()[0])(learning_rate=0.01, **CASES[case])
    return optimizers.create(settings, weights, multipliers)


def follow(optimizer, weights, steps, idle=()):
    for step in steps:
        weights.gradients(step, idle if step % 2 else ())
        optimizer.step()


def assert_same(left, right):
    assert left.keys() == right.keys()
    for name, value in left.items():
        torch.testing.assert_close(value, right[name], rtol=1e-5, atol=1e-6, msg=name)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("rates", "idle"), [({}, ()), ({"w1": 0.5, "w2": 0.5}, ()), ({}, ["w2"])])
def test_steps_states_and_gradients_are_those_of_single_tensors(case, rates, idle):
    joined, single = Weights(), Weights()
    one = created(case, joined, rates)
    with switches.FLAT_OPTIMIZER.off():
        other = created(case, single, rates)
    follow(one, joined, range(5), idle)
    follow(other, single, range(5), idle)
    storages = {each.untyped_storage().data_ptr() for each in joined.parameters()}
    assert len(storages) == 4 + len(rates)
    assert_same(joined.state_dict(), single.state_dict())
    assert_same(one.state_dict(), other.state_dict())
    grads = [{n: p.grad for n, p in each.named_parameters() if p.grad is not None}
             for each in (joined, single)]  # fmt: skip
    assert_same(*grads)


@pytest.mark.parametrize("case", CASES)
def test_a_state_of_either_goes_on_as_the_other(case):
    whole = Weights()
    follow(created(case, whole), whole, range(6))
    first, second = Weights(), Weights()
    with switches.FLAT_OPTIMIZER.off():
        before = created(case, first)
    follow(before, first, range(3))
    second.load_state_dict(first.state_dict())
    resumed = created(case, second)
    resumed.load_state_dict(before.state_dict())
    follow(resumed, second, range(3, 6))
    assert_same(second.state_dict(), whole.state_dict())


def test_a_resume_is_exact_to_the_bit():
    whole, first, second = Weights(), Weights(), Weights()
    follow(created("rmsprop", whole), whole, range(6))
    before, after = created("rmsprop", first), created("rmsprop", second)
    follow(before, first, range(3))
    second.load_state_dict(first.state_dict())
    after.load_state_dict(before.state_dict())
    follow(after, second, range(3, 6))
    assert all(map(torch.equal, second.parameters(), whole.parameters()))


@pytest.mark.parametrize(
    ("name", "given"), [("lamb", {}), ("adam", {}), ("rmsprop", {"clipnorm": 1.0})]
)
def test_what_looks_at_whole_weights_or_is_one_kernel_is_left_alone(name, given):
    weights = Weights()
    optimizer = optimizers.create(declared.find(name)(**given), weights)
    follow(optimizer, weights, range(1))
    storages = {each.untyped_storage().data_ptr() for each in weights.parameters()}
    assert len(storages) == len(list(weights.parameters()))
