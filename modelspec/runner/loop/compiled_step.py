"""Compiling the steps of a training: what stands against it, recording, trying."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from modelspec.runner.input.batches import InMemoryRows
from modelspec.runner.loop.compile_gain import compile_clock, measured_gain, unchanged
from modelspec.runner.loop.step_capture import named_tensors, recorded_step, unrepeatable
from modelspec.runner.loop.train_step import TrainStep
from modelspec.torch.capture import CaptureError, StepGraph
from modelspec.torch.compiled import CompiledStep, StepModule, step_module
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


class StepToCompile(NamedTuple):
    """A step that was recorded, and its graph with the update."""

    graph: StepGraph
    made: StepModule
    update: FunctionalStep
    batch: Batch


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
    graph, made, update, batch = step_to_compile(train_state, plan, guarded=guarded)
    optimizer, rows = train_state.optimizer, all_rows(plan)
    with unchanged(train_state, plan):
        step = CompiledStep(graph, made, optimizer, update, rows, plan.batch_size)
    _try_out(train_state, plan, step, batch)
    return step


def step_to_compile(train_state: TrainState, plan: TrainPlan, *, guarded: bool) -> StepToCompile:
    """Record a whole step of a training. It has learnt nothing.

    Args:
        train_state: What it changes, in this process alone.
        plan: Has the rows.
        guarded: Whether nothing is learnt of a loss that is not finite.

    Raises:
        CaptureError: Something stands against it, which the message names.
    """
    reason = _obstacle(train_state, plan)
    if reason is not None:
        raise CaptureError(reason)
    batch = next(plan.rows.batches(plan.batch_size, np.arange(plan.batch_size)))
    optimizer = train_state.optimizer
    with unchanged(train_state, plan):
        learning = _learning(train_state, batch)
    optimizer.lay_out(learning)
    with unchanged(train_state, plan):
        graph = recorded_step(train_state, batch, MOST_BYTES)
        if len(graph.calls) > MOST_CALLS:
            raise CaptureError(f"its {len(graph.calls):,} calls would take minutes to compile")
        update = FunctionalStep(optimizer, learning)
        made = step_module(graph, optimizer, update, guarded=guarded)
    return StepToCompile(graph, made, update, batch)


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
    train_state.precision.differentiate(train_state.loss(batch), train_state.optimizer)
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
    module, objective = train_state.module, train_state.objective
    return why_not(train_state.optimizer) or unrepeatable(module, objective)


def _learning(train_state: TrainState, batch: Batch) -> list[str]:
    """The parameters that get gradients: of an ordinary step, which also makes what is kept."""
    train_state.optimizer.zero_grad()
    train_state.precision.backward(train_state.loss(batch))
    named = train_state.module.named_parameters()
    return [name for name, each in named if each.grad is not None]


def _gradients(train_state: TrainState) -> Tensor:
    """All gradients in one."""
    found = [each.grad for each in train_state.module.parameters() if each.grad is not None]
    return torch.cat([each.flatten().double() for each in found])


def all_rows(plan: TrainPlan) -> dict[tuple[str, str], Tensor]:
    """All rows of each input and target, by kind (`inputs`, `targets`) and name."""
    assert isinstance(plan.rows, InMemoryRows)
    return named_tensors(plan.rows)
