"""Steps that are captured do what the steps do, to the bit."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import torch

from modelspec.runner.input.batches import Batch
from modelspec.runner.loop import step_capture
from modelspec.torch import switches
from modelspec.torch.capture import CaptureError
from modelspec.training.optimizers.adam.adam import Adam
from modelspec.training.optimizers.descent import SGD
from tests.runner.loop.step_pairs import (
    SIZE,
    first_difference,
    graph_of_spec,
    made_step,
    pair,
    steps_of,
)
from tests.runner.worlds import interrupt_at, run, same_end, same_weights, write_flowers
from tests.soundness.drawing import draw_spec

if TYPE_CHECKING:
    from pathlib import Path

DENSE = {
    "version": 1,
    "inputs": {"x": [6]},
    "layers": {
        "hidden": {"type": "Dense", "units": 8, "activation": "relu"},
        "norm": "BatchNormalization",
        "drop": {"type": "Dropout", "rate": 0.4},
        "out": {"type": "Dense", "units": 3, "kernel_regularizer": "l2"},
    },
    "outputs": ["out"],
}
SEEDS = (3, 10, 21, 34, 47, 58, 63, 77, 85, 92, 104, 118)


@pytest.fixture(autouse=True)
def _one_thread() -> Any:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def layer(**layer: Any) -> dict[str, Any]:
    """A spec of one layer on steps, and a dense one behind it."""
    return {
        "version": 1,
        "inputs": {"x": [5, 6]},
        "layers": {"it": layer, "flat": "Flatten", "out": {"type": "Dense", "units": 2}},
        "outputs": ["out"],
    }


@pytest.mark.parametrize(
    "spec",
    [
        DENSE,
        layer(type="LSTM", units=4),
        layer(type="GRU", units=3, recurrent_dropout=0.2),
        layer(type="Conv1D", filters=4, kernel_size=2, kernel_constraint="max_norm"),
        layer(type="LayerNormalization"),
        layer(type="ActivityRegularization", l2=0.1),
        layer(type="Bidirectional", layer={"type": "SimpleRNN", "units": 2}),
        layer(type="SpectralNormalization", layer={"type": "Dense", "units": 3}),
        layer(type="GaussianNoise", stddev=0.3),
    ],
    ids=lambda spec: str(spec["layers"].get("it", {"type": "dense"})["type"]),
)
def test_a_captured_step_is_the_step(spec: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = graph_of_spec(spec)
    assert graph is not None
    captured, plain = pair(graph, monkeypatch)
    assert captured.reason is None
    assert captured.is_active
    assert not plain.is_active
    assert first_difference(captured, plain) is None


@pytest.mark.parametrize("seed", SEEDS)
def test_of_drawn_specs_it_is_too(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = draw_spec(seed)
    graph = graph_of_spec(spec) if spec else None
    if graph is not None:
        captured, plain = pair(graph, monkeypatch)
        assert first_difference(captured, plain) is None


@pytest.mark.parametrize(
    "optimizer",
    [
        Adam(clipnorm=0.1),
        Adam(global_clipnorm=0.1, use_ema=True),
        SGD(momentum=0.9, clipvalue=0.01),
        SGD(gradient_accumulation_steps=2),
    ],
    ids=str,
)
def test_with_every_kind_of_update(optimizer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = graph_of_spec(DENSE)
    assert graph is not None
    captured, plain = pair(graph, monkeypatch, 6, optimizer)
    assert captured.is_active
    assert first_difference(captured, plain) is None


def test_in_bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = graph_of_spec(DENSE)
    assert graph is not None
    captured, plain = pair(graph, monkeypatch, 6, None, "bfloat16")
    assert captured.is_active
    assert first_difference(captured, plain) is None


CALLBACKS = "[early_stopping, {type: ema, momentum: 0.5}, terminate_on_nan]"


def test_a_training_is_the_same_and_so_is_a_resumed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_capture, "FEWEST_STEPS", 1)
    spec = write_flowers(tmp_path, CALLBACKS)
    captured = run(spec)
    with switches.CAPTURE.off():
        plain = run(spec)
    assert captured.folder
    assert plain.folder
    assert same_weights(captured.folder, plain.folder)
    assert captured.history == plain.history

    with monkeypatch.context() as patch:
        interrupt_at(7, patch)
        broken = run(spec)
    resumed = run(spec, resume=broken.folder)
    assert resumed.folder
    assert same_end(resumed.folder, captured.folder)


def test_hooks_are_not_passed_by(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _reason(monkeypatch, lambda step: _hook(step.module)) == "hooks look on"


def _of_plugin(part: Any) -> None:
    """Let a plugin have the code of it."""
    part.__class__ = type("Mine", (type(part),), {"__module__": "acme.twins"})


@pytest.mark.parametrize(
    "part",
    [
        lambda step: step.module.hidden,
        lambda step: step.objective.measures[0].loss.twin,
        lambda step: step.objective.measures[0].metrics["mae"],
    ],
)
def test_the_code_of_plugins_runs_in_every_step(part: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    reason = _reason(monkeypatch, lambda step: _of_plugin(part(step)))
    assert reason == "`Mine` is of a plugin"


def test_what_is_too_large_is_made_as_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_capture, "MOST_BYTES", 100)
    assert _reason(monkeypatch) == "batches are too large"
    monkeypatch.setattr(step_capture, "MOST_BYTES", 500)
    assert "makes more than" in str(_reason(monkeypatch))


def test_a_few_steps_are_made_as_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = graph_of_spec(DENSE)
    assert graph is not None
    monkeypatch.setattr(step_capture, "FEWEST_STEPS", 6)
    assert not steps_of(graph, 6).is_active


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda plan, state: plan.update(device=torch.device("meta")), "not on a CPU"),
        (lambda plan, state: plan.update(group=SimpleNamespace(size=2)), "several processes"),
        (lambda plan, state: state.update(compiled=True), "compiled"),
        (lambda plan, state: state.update(precision=SimpleNamespace(scales=True)), "is scaled"),
    ],
)
def test_what_is_no_plain_training_is_made_as_usual(change: Any, reason: str) -> None:
    plan: dict[str, Any] = {
        "device": torch.device("cpu"),
        "group": SimpleNamespace(size=1),
        "shuffle": True,
        "rows": None,
    }
    state: dict[str, Any] = {
        "module": torch.nn.Linear(1, 1),
        "compiled": False,
        "precision": SimpleNamespace(scales=False),
    }
    change(plan, state)
    capture = step_capture.StepCapture(SimpleNamespace(**plan), SimpleNamespace(**state))
    assert reason in str(capture.reason)
    assert capture.of(Batch({}, {}, 1), 1000) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda module: setattr(module.out.weight, "data", module.out.weight.data.clone()),
        lambda module: module.hidden.requires_grad_(False),
        lambda module: module.drop.eval(),
        lambda module: _hook(module),
    ],
)
def test_what_changes_ends_it(change: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    step, batches = made_step(DENSE, monkeypatch, 6)
    for batch in batches[:5]:
        step.learn(step.loss(batch, 9))
    step.capture.check()
    assert step.capture.is_active
    change(step.module)
    step.capture.check()
    assert not step.capture.is_active
    assert "changed" in str(step.capture.reason)
    step.learn(step.loss(batches[5], 9))


def _add_to_sum(replay: Any) -> None:
    accumulator = replay._graph.sums[0].accumulator
    accumulator.host_sums = (accumulator.host_sums[0] + 1, accumulator.host_sums[1])


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (lambda replay: replay.gradients["out.bias"].add_(1e-3), "the gradient of `out.bias`"),
        (lambda replay: replay.loss.add_(1.0), "the loss"),
        (lambda replay: replay.loss.resize_(3), "the memory"),
        (lambda replay: next(iter(replay._graph.held.values())).add_(1.0), "a buffer"),
        (_add_to_sum, "a sum"),
        (lambda replay: torch.rand(1), "the random numbers"),
    ],
)
def test_a_step_that_does_otherwise_is_not_repeated(
    wrong: Any, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something is changed behind the replay's back."""
    step, batches = made_step(DENSE, monkeypatch, 4)
    old = step_capture.Replay.run

    def run(self: Any) -> None:
        old(self)
        with torch.no_grad():
            wrong(self)

    monkeypatch.setattr(step_capture.Replay, "run", run)
    for batch in batches:
        step.learn(step.loss(batch, 9))
    assert step.capture.reason == f"{what} of a repeated step is another one"


def test_gradients_are_shown_after_other_steps_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short batch in between leaves gradients of its own."""
    step, batches = made_step(DENSE, monkeypatch, 7)
    for batch in batches[:5]:
        step.learn(step.loss(batch, 9))
    short = batches[5]
    few = _first_rows(short, 2)
    step.learn(step.loss(few, 0))
    own = step.module.out.bias.grad
    step.learn(step.loss(batches[6], 9))
    assert step.module.out.bias.grad is not own
    assert own is not None


def _first_rows(batch: Batch, rows: int) -> Batch:
    inputs = {name: each[:rows] for name, each in batch.inputs.items()}
    return Batch(inputs, {name: each[:rows] for name, each in batch.targets.items()}, rows)


def _hook(module: torch.nn.Module) -> None:
    module.out.register_forward_hook(lambda *_: None)  # type: ignore[operator,union-attr]


def _reason(monkeypatch: pytest.MonkeyPatch, change: Any = lambda step: None) -> str | None:
    step, batches = made_step(DENSE, monkeypatch, 4)
    change(step)
    for batch in batches:
        step.learn(step.loss(batch, 9))
    assert not step.capture.is_active
    return step.capture.reason


def test_batches_of_ever_other_shapes_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    step, batches = made_step(DENSE, monkeypatch, 2)
    monkeypatch.setattr(step_capture, "MOST_SEEN", 3)
    monkeypatch.setattr(step_capture, "FEWEST_STEPS", 1000)
    for rows in (5, 4, 3, 2):
        step.learn(step.loss(_first_rows(batches[0], rows), 9))
    assert step.capture.reason == "batches are of many shapes"


def test_a_batch_that_cannot_be_captured_does_not_end_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    step, batches = made_step(DENSE, monkeypatch, 5)
    for batch in batches:
        step.learn(step.loss(batch, 9))
    assert step.capture.is_active
    few = [_first_rows(batches[0], 2) for _ in range(3)]
    tried = []

    def fails(*_: Any) -> Any:
        tried.append(True)
        raise CaptureError("reads a number")

    monkeypatch.setattr(step_capture, "captured_step", fails)
    for batch in (*few, batches[0]):
        step.learn(step.loss(batch, 9))
    assert tried == [True]
    assert step.capture.is_active
    assert step.capture.reason is None


def test_batches_that_are_too_large_do_not_stand_against_smaller_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    step, batches = made_step(DENSE, monkeypatch, 6)
    monkeypatch.setattr(step_capture, "MOST_BYTES", SIZE * (6 + 3) * 4 - 1)
    for batch in batches[:2]:
        step.learn(step.loss(batch, 9))
    assert step.capture.reason == "batches are too large"
    monkeypatch.setattr(step_capture, "MOST_BYTES", 1 << 20)
    for batch in batches:
        step.learn(step.loss(_first_rows(batch, 3), 9))
    assert step.capture.is_active
    assert step.capture.reason is None
