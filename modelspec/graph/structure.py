"""What a model's edges say by themselves: neighbours, order, and what leads where."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.language.model import Edge, Model

Arrows: TypeAlias = "dict[str, list[Edge]]"


class Structure(NamedTuple):
    """The edges of one model, looked at from its nodes. Edges into inputs are left out.

    Attributes:
        incoming: The edges into each node, in file order; every node has an entry.
        outgoing: The edges out of each node, likewise.
        order: All nodes in topological order, file order where it is free. Those that lie on a
            cycle or behind one stand last.
        unordered: The nodes on a cycle or behind one.
        reached: The nodes that an input leads to, inputs included.
        useful: The nodes that lead to an output, sources of outputs included.
    """

    incoming: Arrows
    outgoing: Arrows
    order: list[str]
    unordered: frozenset[str]
    reached: set[str]
    useful: set[str]


def structure(model: Model) -> Structure:
    """The structure of a model. Linear in nodes and edges, but for a logarithm in the order."""
    names = [*model.inputs, *model.nodes]
    incoming: Arrows = {name: [] for name in names}
    outgoing: Arrows = {name: [] for name in names}
    for edge in model.edges:
        if edge.target.node in model.inputs:
            continue
        incoming[edge.target.node].append(edge)
        outgoing[edge.source.node].append(edge)
    order = _order(names, incoming, outgoing)
    ordered = set(order)
    unordered = [name for name in names if name not in ordered]
    sources = (output.source.node for output in model.outputs.values())
    return Structure(
        incoming,
        outgoing,
        order + unordered,
        frozenset(unordered),
        descendants(model.inputs, outgoing),
        ancestors((name for name in sources if name in incoming), incoming),
    )


def descendants(starts: Iterable[str], outgoing: Arrows) -> set[str]:
    """The starts and all that they lead to."""
    found = set(starts)
    waiting = list(found)
    while waiting:
        for edge in outgoing[waiting.pop()]:
            if edge.target.node not in found:
                found.add(edge.target.node)
                waiting.append(edge.target.node)
    return found


def ancestors(ends: Iterable[str], incoming: Arrows) -> set[str]:
    """The ends and all that leads to them."""
    found = set(ends)
    waiting = list(found)
    while waiting:
        for edge in incoming[waiting.pop()]:
            if edge.source.node not in found:
                found.add(edge.source.node)
                waiting.append(edge.source.node)
    return found


def components(structure: Structure) -> list[list[str]]:
    """The weakly connected parts in file order, each with its nodes in file order."""
    part: dict[str, int] = {}
    count = 0
    for start in structure.incoming:
        if start in part:
            continue
        part[start] = count
        waiting = [start]
        while waiting:
            name = waiting.pop()
            neighbours = [edge.target.node for edge in structure.outgoing[name]]
            neighbours += [edge.source.node for edge in structure.incoming[name]]
            for neighbour in neighbours:
                if neighbour not in part:
                    part[neighbour] = count
                    waiting.append(neighbour)
        count += 1
    found: list[list[str]] = [[] for _ in range(count)]
    for name in structure.incoming:
        found[part[name]].append(name)
    return found


def joined(parts: list[list[str]], shared: list[set[str]]) -> list[list[str]]:
    """The parts, those as one that have something in common beside edges.

    Args:
        parts: As of `components`.
        shared: What each part has: the names of the shared layers that it calls.
    """
    homes: dict[str, int] = {}
    leads = list(range(len(parts)))

    def head(part: int) -> int:
        while leads[part] != part:
            leads[part] = leads[leads[part]]
            part = leads[part]
        return part

    for part, names in enumerate(shared):
        for name in names:
            one, other = sorted((head(part), head(homes.setdefault(name, part))))
            leads[other] = one
    found: dict[int, list[str]] = {}
    for part, nodes in enumerate(parts):
        found.setdefault(head(part), []).extend(nodes)
    return list(found.values())


def _order(names: list[str], incoming: Arrows, outgoing: Arrows) -> list[str]:
    """Kahn's algorithm; of the nodes that are ready, the first of the file goes first."""
    rank = {name: index for index, name in enumerate(names)}
    missing = {name: len(edges) for name, edges in incoming.items()}
    ready = [rank[name] for name, count in missing.items() if not count]
    heapify(ready)
    order: list[str] = []
    while ready:
        name = names[heappop(ready)]
        order.append(name)
        for edge in outgoing[name]:
            target = edge.target.node
            missing[target] -= 1
            if not missing[target]:
                heappush(ready, rank[target])
    return order
