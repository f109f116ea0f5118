"""The tensors of a step that stay where they are from one step to the next."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from modelspec.torch.capture.arena import LINE, Use, arranged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.torch.capture.step_graph import Layout, StepGraph


class MemoryPlan:
    """Which memory each slot of a step has.

    Args:
        graph: The step.
        alignment: Where the data of each input begin, in bytes after a multiple of `LINE`.

    Attributes:
        bytes: What was allocated.
    """

    def __init__(self, graph: StepGraph, alignment: Mapping[int, int]) -> None:
        self._graph = graph
        self._storages: dict[int, tuple[torch.UntypedStorage, int]] = {}
        self._tensors: dict[int, Tensor] = {}
        self.bytes = 0
        self._extents: defaultdict[int, int] = defaultdict(int)
        for slot, layout in enumerate(graph.layouts):
            memory = self.memory(slot)
            self._extents[memory] = max(self._extents[memory], _end(layout))
        for slot, tensor in graph.held.items():
            self.keep(self.memory(slot), tensor)
        for slot in graph.inputs:
            self._place_input(slot, alignment[slot])

    def memory(self, slot: int) -> int:
        """The memory that a slot lies in."""
        return self._graph.layouts[slot].memory

    def keep(self, memory: int, tensor: Tensor) -> None:
        """Let a memory be that of a tensor."""
        self._storages[memory] = tensor.untyped_storage(), 0

    def place(self, memory: int, tensor: Tensor) -> None:
        """Let a memory begin where a tensor begins."""
        start = int(tensor.storage_offset()) * tensor.element_size()
        self._storages[memory] = tensor.untyped_storage(), start

    def extent(self, memory: int) -> int:
        """How many bytes a memory needs."""
        return self._extents[memory]

    def is_fixed(self, slot: int) -> bool:
        """Whether a slot's tensor stays where it is."""
        return self.memory(slot) in self._storages

    def arrange(self, spans: Mapping[int, tuple[int, int]]) -> None:
        """Give the memories that are in use from one call to another one a common buffer."""
        uses = {memory: Use(*span, self._extents[memory]) for memory, span in spans.items()}
        starts, total = arranged(uses)
        storage = torch.empty(total, dtype=torch.uint8).untyped_storage()
        self.bytes += total
        self._storages |= {memory: (storage, start) for memory, start in starts.items()}

    def tensor(self, slot: int) -> Tensor:
        """The tensor of a slot that stays where it is."""
        if slot not in self._tensors:
            layout = self._graph.layouts[slot]
            storage, start = self._storages[self.memory(slot)]
            tensor = torch.empty(0, dtype=layout.dtype)
            offset = start // tensor.element_size() + layout.offset
            self._tensors[slot] = tensor.set_(storage, offset, layout.shape, layout.stride)
        return self._tensors[slot]

    @property
    def is_intact(self) -> bool:
        """Whether no call has resized a tensor, or given it other memory."""
        return all(
            tuple(tensor.shape) == self._graph.layouts[slot].shape
            and tensor.untyped_storage()._cdata == self._storages[self.memory(slot)][0]._cdata
            for slot, tensor in self._tensors.items()
        )

    def _place_input(self, slot: int, beyond: int) -> None:
        """An input of its own memory, which begins as the batch's does."""
        layout = self._graph.layouts[slot]
        skipped = layout.offset * layout.dtype.itemsize
        size = self._extents[self.memory(slot)] - skipped + LINE
        self.bytes += size
        storage = torch.empty(size, dtype=torch.uint8).untyped_storage()
        self._storages[self.memory(slot)] = storage, beyond - skipped


def _end(layout: Layout) -> int:
    """Where a tensor ends, in bytes after the begin of its memory."""
    if 0 in layout.shape:
        return 0
    sides = zip(layout.shape, layout.stride, strict=True)
    last = layout.offset + sum((size - 1) * stride for size, stride in sides)
    return (last + 1) * layout.dtype.itemsize
