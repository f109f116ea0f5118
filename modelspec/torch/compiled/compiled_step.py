"""A training step as one compiled call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from modelspec.torch.capture import Slot
from modelspec.torch.compiled.compiler import compiled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from modelspec.torch.capture import StepGraph
    from modelspec.torch.compiled.step_module import StepModule
    from modelspec.torch.optimizers import Optimizer
    from modelspec.torch.optimizers.functional import FunctionalStep


class CompiledStep:
    """Forward pass, objective, backward pass and update of a batch, in one call of machine code.

    Every step is the same code, whatever comes between: nothing hangs on where steps are cut. Its
    results are those of the recorded step up to rounding; its random draws are the same.

    Args:
        graph: The recorded step.
        made: Its graph with the update.
        optimizer: Counts the batches.
        update: Says the numbers of a step.
        rows: All rows of each input and target, by kind (`inputs`, `targets`) and name.
        size: How many rows a batch has.

    Raises:
        CompileError: It cannot be compiled.
    """

    def __init__(
        self,
        graph: StepGraph,
        made: StepModule,
        optimizer: Optimizer,
        update: FunctionalStep,
        rows: Mapping[tuple[str, str], Tensor],
        size: int,
    ) -> None:
        self._optimizer, self._update = optimizer, update
        self._draws = made.draws
        self._held = made.held
        self._rows = [rows[name] for name in made.inputs]
        self._scalars: tuple[float, ...] = ()
        self._scalars_tensor = torch.empty(0)
        self._sums = [
            (each.accumulator, isinstance(each.divisor, Slot), each.divisor, each.times, each.each)
            for each in graph.sums
        ]
        self._numbers = 1 + sum(1 + counted for _, counted, *_ in self._sums)
        self._learning = optimizer.sources(made.learning)
        self._call = compiled(made.module, step_arguments(made, update, rows, size))

    @torch.no_grad()
    def run(self, rows: Tensor) -> Tensor:
        """Learn from a batch; its loss. Parameters have its gradients afterwards.

        Args:
            rows: The indices of its rows, int64.
        """
        self._optimizer.count_batch()
        drawn = [draw() for draw in self._draws]
        found = self._call(rows, *self._rows, self._now(), *drawn, *self._held)
        self._add_up(found)
        for parameter, gradient in zip(self._learning, found[self._numbers :], strict=True):
            parameter.grad = gradient
        return found[0]

    @property
    def changed(self) -> list[Tensor]:
        """All that a step may change, beside what is added up and counted on the host."""
        return self._held

    def _now(self) -> Tensor:
        """The numbers of this step."""
        scalars = self._update.scalars()
        if scalars != self._scalars:
            self._scalars = scalars
            self._scalars_tensor = torch.tensor(scalars, dtype=torch.float32)
        return self._scalars_tensor

    def _add_up(self, found: Sequence[Tensor]) -> None:
        """Add up what a step returned after the loss."""
        numbers = iter(found[1 : self._numbers])
        for accumulator, counted, divisor, times, each in self._sums:
            value = next(numbers)
            taken = next(numbers) if counted else divisor
            accumulator.take(value, taken, times=times, each=each)


def step_arguments(
    made: StepModule, update: FunctionalStep, rows: Mapping[tuple[str, str], Tensor], size: int
) -> list[Tensor]:
    """Arguments like those that a step's graph gets; nothing is drawn or counted for them.

    Args:
        made: The graph.
        update: Says how many numbers a step has.
        rows: All rows of each input and target, by kind (`inputs`, `targets`) and name.
        size: How many rows a batch has.
    """
    state = torch.get_rng_state()
    drawn = [draw() for draw in made.draws]
    torch.set_rng_state(state)
    taken = [rows[name] for name in made.inputs]
    return [torch.arange(size), *taken, torch.zeros(update.count), *drawn, *made.held]
