"""Which calls of a step are needed, and what memory they make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.torch.capture.step_graph import Slot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.torch.capture.step_graph import Call, StepGraph


def memories(graph: StepGraph, slots: Iterable[int | None]) -> set[int]:
    """The memories that slots lie in."""
    return {graph.layouts[slot].memory for slot in slots if slot is not None}


def made_by(graph: StepGraph, call: Call) -> set[int]:
    """The memories that a call makes."""
    return memories(graph, call.results) - memories(graph, call.reads)


def results_of(graph: StepGraph) -> set[int]:
    """The memories of what is looked at when the step is over."""
    return memories(graph, [graph.loss, *graph.gradients.values()])


def live_calls(graph: StepGraph) -> list[int]:
    """The places of the calls that results, sums, random numbers or what is held need."""
    needed = results_of(graph) | memories(graph, graph.held)
    for each in graph.sums:
        divisor = [each.divisor] if isinstance(each.divisor, Slot) else []
        needed |= memories(graph, [each.value, *divisor])
    live = []
    for place in reversed(range(len(graph.calls))):
        call = graph.calls[place]
        changed = memories(graph, call.writes) | memories(graph, call.results)
        if changed & needed or call.draws:
            live.append(place)
            needed |= memories(graph, call.reads)
    return live[::-1]
