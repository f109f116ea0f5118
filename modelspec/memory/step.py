"""A training step played through: what is allocated and freed at each call, in order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.memory.calls import CallMemory, Calls


class Event(NamedTuple):
    """Memory that is taken or given back.

    Attributes:
        block: Names what is taken, and what of that is given back.
        fixed: Bytes, whatever the batch; 0 where it is given back.
        per_sample: Bytes for each sample of the batch; 0 where it is given back.
    """

    block: int
    fixed: int = 0
    per_sample: int = 0


def forward_events(calls: Calls) -> list[Event]:
    """Of a pass that nothing is learnt from: each value goes after its last reader."""
    step = _Step(calls, training=False)
    step.forward()
    step.end()
    return step.events


def training_events(calls: Calls, losses: list[int], passing: int) -> list[Event]:
    """Of a forward and a backward pass, and of an update.

    The gradients of weights stay until the next step's backward pass; a first step gives back
    some that were never taken.

    Args:
        calls: The model.
        losses: Bytes a sample of each output with a loss: of what the loss keeps of it, and of
            its gradient.
        passing: Bytes that the optimizer makes while it updates.
    """
    step = _Step(calls, training=True)
    step.forward()
    step.backward(losses)
    step.pass_by(passing, 0)
    step.end()
    return step.events


class _Step:
    def __init__(self, calls: Calls, *, training: bool) -> None:
        self.events: list[Event] = []
        self._calls, self._training = calls, training
        self._readers = Counter(value for call in calls.calls for value in set(call.operands))
        self._keepers: Counter[int] = Counter()
        self._stay = {*calls.inputs, *calls.results}
        self._values: dict[int, int] = {}
        self._blocks = 0
        self._more: list[int] = []
        for value in calls.inputs:
            self._make(value)

    def forward(self) -> None:
        """Play the forward pass through."""
        for call in self._calls.calls:
            for value in call.outputs:
                self._make(value)
            if self._training:
                self._more.append(self._take(0, call.more))
                self._keepers.update(call.kept)
            self.pass_by(0, call.passing)
            for value in set(call.operands):
                self._readers[value] -= 1
            for value in {*call.operands, *call.outputs}:
                self._drop(value)

    def backward(self, losses: list[int]) -> None:
        """Play the backward pass through; afterwards all gradients of weights are there."""
        weights = [place for place, call in enumerate(self._calls.calls) if call.gradients]
        self._give(-place - 1 for place in weights)
        kept = [self._take(0, size) for size in losses]
        first = [self._take(0, size) for size in losses]
        self._give(kept)
        gradients: dict[int, int] = {}
        for place, call in reversed([*enumerate(self._calls.calls)]):
            if call.gradients:
                self.events.append(Event(-place - 1, call.gradients))
            self._backward_call(call, gradients)
            self._give(first)
            first = []

    def _backward_call(self, call: CallMemory, gradients: dict[int, int]) -> None:
        sizes = self._calls.sizes
        wanted = [each for each in set(call.operands) if self._calls.trained[each]]
        again = sum(sizes[each] for each in wanted if each in gradients)
        for each in wanted:
            if each not in gradients:
                gradients[each] = self._take(0, sizes[each])
        self.pass_by(0, call.passing + again)
        self._give(gradients.pop(value) for value in call.outputs if value in gradients)
        self._give([self._more.pop()])
        for value in call.kept:
            self._keepers[value] -= 1
            self._drop(value)

    def pass_by(self, fixed: int, per_sample: int) -> None:
        """Take something and give it back at once."""
        self._give([self._take(fixed, per_sample)])

    def end(self) -> None:
        """Let go of all that is left."""
        self._give(self._values.values())

    def _take(self, fixed: int, per_sample: int) -> int:
        self._blocks += 1
        if fixed or per_sample:
            self.events.append(Event(self._blocks, fixed, per_sample))
            return self._blocks
        return 0

    def _give(self, blocks: Iterable[int]) -> None:
        self.events += (Event(each) for each in blocks if each)

    def _make(self, value: int) -> None:
        if value not in self._values:
            self._values[value] = self._take(0, self._calls.sizes[value])

    def _drop(self, value: int) -> None:
        """Let go of a value that nobody needs any more."""
        needed = self._readers[value] > 0 or self._keepers[value] > 0 or value in self._stay
        if not needed and value in self._values:
            self._give([self._values.pop(value)])
