"""Repeating a recorded step: its kernels one after the other, without autograd and modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from modelspec.torch.capture.call_lines import CallLines
from modelspec.torch.capture.memory_plan import MemoryPlan
from modelspec.torch.capture.out_forms import fill_value, leaves_memory, out_form
from modelspec.torch.capture.prune import live_calls, made_by, memories
from modelspec.torch.capture.step_graph import Slot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from modelspec.torch.capture.step_graph import StepGraph


class Replay:
    """A recorded step that can be repeated on other batches of the same shapes.

    The kernels are those of the step, on the same values, in the same order. What a kernel can
    write into memory that is given lies in one buffer, where memory that is no longer needed is
    used again; views are made once.

    Args:
        graph: The step.
        alignment: Of each input, where its data begin, in bytes after a multiple of 64.
        homes: Where the gradients of some parameters are to be, by name: contiguous tensors.

    Attributes:
        inputs: What a batch is copied into, by its names.
        loss: The loss, a number.
        gradients: Of each parameter by name; None where it has none.
        bytes: Of the memory that it keeps.
    """

    def __init__(
        self, graph: StepGraph, alignment: Mapping[int, int], homes: Mapping[str, Tensor]
    ) -> None:
        self._graph = graph
        self._plan = MemoryPlan(graph, alignment)
        self._live = self._without_constants(live_calls(graph))
        self.gradients: dict[str, Tensor | None] = {}
        moves = self._settle(homes)
        self.inputs = {key: self._plan.tensor(slot) for slot, key in graph.inputs.items()}
        self._run = self._compiled(moves)
        self.bytes = self._plan.bytes

    def run(self) -> None:
        """Make the step on what is in `inputs`."""
        with torch._C._AutoDispatchBelowAutograd():
            self._run()

    @property
    def is_intact(self) -> bool:
        """Whether all of its memory is as it was planned."""
        return self._plan.is_intact

    def _without_constants(self, live: list[int]) -> list[int]:
        """The calls whose results are not the same in each step; the others are made once."""
        graph, plan = self._graph, self._plan
        written: set[int] = set()
        for place in live:
            written |= memories(graph, graph.calls[place].writes)
        left, constant = [], set[int]()
        for place in live:
            call = graph.calls[place]
            made = made_by(graph, call)
            known = memories(graph, call.reads) <= constant or fill_value(call) is not None
            if known and made and not (made & written or call.draws or leaves_memory(call.op)):
                lines = CallLines(graph, plan)
                result = lines.called(call)
                results = result if isinstance(result, list | tuple) else (result,)
                for slot, each in zip(call.results, results, strict=True):
                    if slot is not None:
                        plan.keep(plan.memory(slot), each)
                constant |= made
            else:
                left.append(place)
        return left

    def _settle(self, homes: Mapping[str, Tensor]) -> list[tuple[Tensor, int]]:
        """Give memories their places. Returns the gradients that are copied at the end."""
        graph, plan = self._graph, self._plan
        spans = self._spans()
        end = len(graph.calls)
        moves = []
        taken: set[int] = set()
        for name, slot in graph.gradients.items():
            if slot is None:
                self.gradients[name] = None
                continue
            memory, layout, home = plan.memory(slot), graph.layouts[slot], homes.get(name)
            alone = memory in spans and memory not in taken and self._fills_memory(slot)
            taken.add(memory)
            if alone and home is None:
                spans[memory] = spans[memory][0], end
            elif alone and home is not None and home.stride() == layout.stride:
                plan.place(memory, home)
                del spans[memory]
            else:
                if home is None:
                    home = torch.empty_strided(layout.shape, layout.stride, dtype=layout.dtype)
                self.gradients[name] = home
                moves.append((home, slot))
        loss = plan.memory(graph.loss)
        if loss in spans:
            spans[loss] = spans[loss][0], end
        plan.arrange(spans)
        for name, slot in graph.gradients.items():
            if slot is not None and name not in self.gradients:
                self.gradients[name] = plan.tensor(slot)
        return moves

    def _fills_memory(self, slot: int) -> bool:
        layout = self._graph.layouts[slot]
        size = layout.dtype.itemsize * torch.Size(layout.shape).numel()
        return layout.offset == 0 and size == self._plan.extent(self._plan.memory(slot))

    def _spans(self) -> dict[int, tuple[int, int]]:
        """From which call to which one each memory is in use that may lie in the buffer."""
        graph = self._graph
        spans: dict[int, tuple[int, int]] = {}
        for place in self._live:
            call = graph.calls[place]
            made = made_by(graph, call)
            given = leaves_memory(call.op) or fill_value(call) is not None
            if made and (given or out_form(call.op) is not None):
                spans |= {memory: (place, place) for memory in made if memory not in spans}
            for memory in memories(graph, [*call.reads, *call.results]) & spans.keys():
                spans[memory] = spans[memory][0], place
        for each in graph.sums:
            divisor = [each.divisor] if isinstance(each.divisor, Slot) else []
            for memory in memories(graph, [each.value, *divisor]) & spans.keys():
                first, last = spans[memory]
                spans[memory] = first, max(last, each.after - 1)
        return spans

    def _compiled(self, moves: list[tuple[Tensor, int]]) -> Callable[[], None]:
        graph, lines = self._graph, CallLines(self._graph, self._plan)
        sums = list(graph.sums)
        for place in self._live:
            while sums and sums[0].after <= place:
                lines.add_sum(sums.pop(0))
            lines.add(graph.calls[place])
        for each in sums:
            lines.add_sum(each)
        for home, slot in moves:
            lines.add_copy(home, slot)
        self.loss = lines.kept(graph.loss)
        return lines.function()
