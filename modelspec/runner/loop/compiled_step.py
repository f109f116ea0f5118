"""Compiling the steps of a training: what stands against it, recording, trying."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np
import torch

from modelspec.runner.input.batches import InMemoryRows
from modelspec.runner.loop.compile_gain import compile_clock, measured_gain, unchanged
from modelspec.runner.loop.step_capture import named_tensors, unrepeatable
from modelspec.runner.loop.train_step import TrainStep
from modelspec.torch.capture import CaptureError, StepGraph, captured_step
from modelspec.torch.compiled import CompiledStep, step_module
from modelspec.torch.optimizers.functional import FunctionalStep, why_not

if TYPE_CHECKING:
    from torch import Tensor

    from modelspec.runner.input.batches import Batch
    from modelspec.runner.loop.compile_gain import CompileGain
    from modelspec.runner.loop.train_state import TrainPlan, TrainState


MOST_BYTES = 1 << 30
"""Of all that a step makes, which recording keeps at once."""
UNTIL_CAPTURED = 6
"""Steps after which those that are not compiled are repeated calls, if they can be."""
MOST_CALLS = 2000
"""Calls of kernels in a step. Compiling takes about 10 ms for each."""


def compiled_step(train_state: TrainState, plan: TrainPlan, *, guarded: bool) -> CompiledStep:
    """A whole step of a training, compiled and tried out. It has learnt nothing.

    Args:
        train_state: What it changes, in this process alone.
        plan: Has the rows.
        guarded: Whether nothing is learnt of a loss that is not finite.

    Raises:
        CaptureError: Something stands against it, which the message names.
        CompileError: There is no compiler, or it failed.
    """
    reason = _obstacle(train_state, plan)
    if reason is not None:
        raise CaptureError(reason)
    assert isinstance(plan.rows, InMemoryRows)
    batch = next(plan.rows.batches(plan.batch_size, np.arange(plan.batch_size)))
    optimizer = train_state.optimizer
    with unchanged(train_state, plan):
        learning = _learning(train_state, batch)
    optimizer.lay_out(learning)
    with unchanged(train_state, plan):
        graph = _recorded(train_state, batch)
        if len(graph.calls) > MOST_CALLS:
            raise CaptureError(f"its {len(graph.calls):,} calls would take minutes to compile")
        update = FunctionalStep(optimizer, learning)
        made = step_module(graph, optimizer, update, guarded=guarded)
        step = CompiledStep(graph, made, optimizer, update, _all(plan.rows), plan.batch_size)
    _try_out(train_state, plan, step, batch)
    return step


def _try_out(train_state: TrainState, plan: TrainPlan, step: CompiledStep, batch: Batch) -> None:
    """Hold a compiled step against an ordinary one.

    Raises:
        CaptureError: It fails, or has other gradients.
    """
    with unchanged(train_state, plan):
        _learn(train_state, batch)
        wanted = _gradients(train_state)
    with unchanged(train_state, plan):
        try:
            step.run(torch.arange(plan.batch_size))
        except (RuntimeError, TypeError, AssertionError) as error:  # Inductor mistook a kernel
            raise CaptureError(str(error).strip().partition("\n")[0]) from error
        found = _gradients(train_state)
    norm = torch.linalg.vector_norm
    if norm(found - wanted) > train_state.precision.tolerance * norm(wanted):
        raise CaptureError("it would learn by other gradients")


def step_gain(
    train_state: TrainState, plan: TrainPlan, step: CompiledStep, warm_up: float, left: int
) -> CompileGain:
    """Measure whole steps, compiled and as they are made else; it learns nothing.

    Args:
        train_state: What they change.
        plan: Has the rows.
        step: Compiled.
        warm_up: What compiling took, in seconds of `compile_clock`.
        left: How many batches are still to come, by which steps are captured.
    """
    size = plan.batch_size
    assert isinstance(plan.rows, InMemoryRows)
    some = plan.rows.indices(size)[: min(plan.rows.count // size, UNTIL_CAPTURED)]
    batches = cycle(some)
    other = TrainStep(plan, replace(train_state, compiled=False))

    def plain() -> None:
        other.learn(other.loss(next(batches), left))

    with unchanged(train_state, plan):
        for _ in range(UNTIL_CAPTURED):
            plain()
        clock = compile_clock(plan.device)
        return measured_gain(warm_up, lambda: step.run(some[0]), plain, clock)


def _learn(train_state: TrainState, batch: Batch) -> None:
    """A whole step that is not compiled."""
    train_state.precision.differentiate(_loss(train_state, batch), train_state.optimizer)
    train_state.precision.update(train_state.optimizer)


def _obstacle(train_state: TrainState, plan: TrainPlan) -> str | None:
    """What stands against compiling whole steps, as far as that can be said at once."""
    if not isinstance(plan.rows, InMemoryRows):
        return "rows are read, decoded or padded batch by batch"
    if plan.rows.count < plan.batch_size:
        return "no batch is whole"
    if train_state.constraints:
        return "weights are held to constraints after each update"
    if train_state.precision.scales:
        return "`float16` skips updates whose gradients overflow"
    return why_not(train_state.optimizer)


def _recorded(train_state: TrainState, batch: Batch) -> StepGraph:
    if (reason := unrepeatable(train_state.module, train_state.objective)) is not None:
        raise CaptureError(reason)

    def step() -> Tensor:
        loss = _loss(train_state, batch)
        train_state.precision.backward(loss)
        return loss

    module = train_state.module
    owners = [module, train_state.objective, train_state.precision, train_state.forward]
    return captured_step(step, module, named_tensors(batch), owners, MOST_BYTES)


def _loss(train_state: TrainState, batch: Batch) -> Tensor:
    with train_state.precision.context():
        outputs = train_state.objective.run(train_state.forward, batch.inputs)
    return train_state.objective.add(outputs, batch.targets, batch.rows)


def _learning(train_state: TrainState, batch: Batch) -> list[str]:
    """The parameters that get gradients: of an ordinary step, which also makes what is kept."""
    train_state.optimizer.zero_grad()
    train_state.precision.backward(_loss(train_state, batch))
    named = train_state.module.named_parameters()
    return [name for name, each in named if each.grad is not None]


def _gradients(train_state: TrainState) -> Tensor:
    """All gradients in one."""
    found = [each.grad for each in train_state.module.parameters() if each.grad is not None]
    return torch.cat([each.flatten().double() for each in found])


def _all(rows: InMemoryRows) -> dict[tuple[str, str], Tensor]:
    found = {("inputs", name): each for name, each in rows.inputs.items()}
    return found | {("targets", name): each for name, each in rows.targets.items()}
