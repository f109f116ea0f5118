"""Which calls of a step are needed, and which memory need not be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from modelspec.torch.capture.step_graph import Slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from modelspec.torch.capture.step_graph import Call, StepGraph

_aten = torch.ops.aten


def draws(call: Call) -> bool:
    """Whether a call draws random numbers."""
    return torch.Tag.nondeterministic_seeded in call.op.tags


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
        if changed & needed or draws(call):
            live.append(place)
            needed |= memories(graph, call.reads)
    return live[::-1]


def spared_copies(graph: StepGraph, live: Sequence[int]) -> tuple[dict[int, int], set[int]]:
    """Copies that need not be made, for nobody changes either side afterwards.

    Returns:
        The memory that stands for another one by that; the places of the copies.
    """
    outside = memories(graph, [*graph.held, *graph.inputs])
    results = results_of(graph)
    instead: dict[int, int] = {}
    spared: set[int] = set()
    for place in live:
        sides = _sides(graph.calls[place])
        if sides is None:
            continue
        source, target = (graph.layouts[each] for each in sides)
        origin = instead.get(source.memory, source.memory)
        apart = {origin, source.memory, target.memory}
        if (
            source._replace(memory=0) == target._replace(memory=0)
            and len(apart) > 1
            and not apart & outside
            and not {origin, target.memory} <= results
            and _writers(graph, live, target.memory) <= {-1, place}
            and max(_writers(graph, live, origin) | _writers(graph, live, source.memory)) < place
        ):
            instead[target.memory] = origin
            spared.add(place)
            results |= {origin} if target.memory in results else set()
    return instead, spared


def _sides(call: Call) -> tuple[int, int] | None:
    """The source and the target of a copy."""
    if call.op is _aten.clone.default:
        source = call.args[0]
    elif call.op is _aten.copy_.default:
        source = call.args[1]
    else:
        return None
    target = call.results[0]
    return (source, target) if isinstance(source, Slot) and target is not None else None


def _writers(graph: StepGraph, live: Sequence[int], memory: int) -> set[int]:
    """The places of the calls that write into a memory; -1 stands for the one that made it."""
    found = {place for place in live if memory in memories(graph, graph.calls[place].writes)}
    return found | {-1}
