"""Whether a replay does to the bit what the step does that it was recorded of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

_SMALL = 1 << 20
"""Bytes of the largest tensors of which it is looked at whether they stay, though no call says
that it writes there."""

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.torch.capture.replay import Replay
    from modelspec.torch.capture.step_graph import StepGraph


class Trial:
    """A replay on one batch, whose results are kept, and undone.

    Args:
        graph: The step.
        replay: Of it.
        batch: By the names that the step has.
    """

    def __init__(
        self, graph: StepGraph, replay: Replay, batch: Mapping[tuple[str, str], Tensor]
    ) -> None:
        self._graph = graph
        self._replay = replay
        drawn = torch.get_rng_state()
        self._watched = {
            slot: each
            for slot, each in graph.held.items()
            if slot in graph.written or each.nbytes <= _SMALL
        }
        before, sums = _copies(self._watched), self._sums()
        for key, tensor in batch.items():
            replay.inputs[key].copy_(tensor)
        replay.run()
        self._loss = replay.loss.clone()
        self._gradients = {
            name: None if each is None else each.clone() for name, each in replay.gradients.items()
        }
        self._held, self._found_sums = _copies(self._watched), self._sums()
        self._drawn = torch.get_rng_state()
        with torch.no_grad():
            for slot, tensor in self._watched.items():
                tensor.copy_(before[slot])
        for each, one in zip(graph.sums, sums, strict=True):
            each.accumulator.host_sums = one
        torch.set_rng_state(drawn)

    def difference(self, loss: Tensor, gradients: Mapping[str, Tensor | None]) -> str | None:
        """What the step itself, which has been made by now, did differently; None for nothing.

        Args:
            loss: Its loss.
            gradients: Its gradients, before anybody has changed them.
        """
        if not self._replay.is_intact:
            return "the memory"
        if not _equal(loss.detach(), self._loss):
            return "the loss"
        for name, found in self._gradients.items():
            own = gradients[name]
            if (found is None) != (own is None):
                return f"the gradient of `{name}`"
            if found is not None and own is not None and not _equal(found, own):
                return f"the gradient of `{name}`"
        if not all(_equal(each, self._held[slot]) for slot, each in self._watched.items()):
            return "a buffer"
        if self._sums() != self._found_sums:
            return "a sum"
        return None if torch.equal(self._drawn, torch.get_rng_state()) else "the random numbers"

    def _sums(self) -> list[tuple[float, float]]:
        return [each.accumulator.host_sums for each in self._graph.sums]


def _copies(tensors: Mapping[int, Tensor]) -> dict[int, Tensor]:
    return {slot: each.detach().clone() for slot, each in tensors.items()}


def _equal(one: Tensor, other: Tensor) -> bool:
    """Whether all bits are the same, those of what is no number too."""
    same = one.dtype == other.dtype and one.shape == other.shape
    return same and torch.equal(_bits(one), _bits(other))


def _bits(tensor: Tensor) -> Tensor:
    return tensor.detach().reshape(-1).view(torch.uint8)
