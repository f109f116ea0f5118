"""Cycles, each with its shortest way round."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from modelspec.diagnostics import Related

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.diagnostics import Diagnostic, Report
    from modelspec.graph.structure import Structure
    from modelspec.language.model import Edge, Model

MOST_CYCLES = 20
"""How many cycles of one model are reported."""

MOST_STEPS = 100_000
"""How many edges a search for the shortest cycle looks at; then the best so far must do."""

MOST_EDGES_SHOWN = 12


def report_cycles(model: Model, structure: Structure, report: Report) -> None:
    """Report MS401 for every cycle that shares no edge with one already reported.

    Where two cycles share an edge, one wrong edge may well have closed both.
    """
    rank = {name: index for index, name in enumerate([*model.inputs, *model.nodes])}
    for cycle in _disjoint_cycles(structure, rank):
        report.add(_finding(cycle, rank))


def _finding(cycle: list[Edge], rank: dict[str, int]) -> Diagnostic:
    first = min(range(len(cycle)), key=lambda index: rank[cycle[index].source.node])
    cycle = cycle[first:] + cycle[:first]
    names = [edge.source.node for edge in cycle] + [cycle[0].source.node]
    shown = names if len(names) <= MOST_EDGES_SHOWN else [*names[:8], "...", *names[-3:]]
    closing = cycle[-1]
    loop = len(cycle) == 1
    return closing.place.finding(
        "MS401",
        f"`{names[0]}` leads into itself" if loop else f"cycle `{' -> '.join(shown)}`",
        span=closing.target_span,
        help="remove one of its edges; a recurrent layer's own loop is inside the layer",
        related=tuple(
            Related(edge.target_span, f"`{edge.source} -> {edge.target}`")
            for edge in cycle[:MOST_EDGES_SHOWN]
            if not loop
        ),
    )


def _disjoint_cycles(structure: Structure, rank: dict[str, int]) -> Iterator[list[Edge]]:
    ways = {
        name: [edge for edge in structure.outgoing[name] if edge.target.node in structure.unordered]
        for name in sorted(structure.unordered, key=rank.__getitem__)
    }
    for _ in range(MOST_CYCLES):
        _trim(ways)
        cycle = _shortest(ways)
        if not cycle:
            return
        yield cycle
        for edge in cycle:
            ways[edge.source.node] = [
                other for other in ways[edge.source.node] if other.target.node != edge.target.node
            ]


def _trim(ways: dict[str, list[Edge]]) -> None:
    """Drop the nodes that lead to no cycle."""
    entering: dict[str, list[str]] = {name: [] for name in ways}
    for name, edges in ways.items():
        for edge in edges:
            entering[edge.target.node].append(name)
    leaving = {name: len(edges) for name, edges in ways.items()}
    gone: set[str] = set()
    waiting = [name for name, count in leaving.items() if not count]
    while waiting:
        name = waiting.pop()
        gone.add(name)
        for before in entering[name]:
            leaving[before] -= 1
            if not leaving[before]:
                waiting.append(before)
    for name in gone:
        del ways[name]
    for name in ways:
        ways[name] = [edge for edge in ways[name] if edge.target.node not in gone]


def _shortest(ways: dict[str, list[Edge]]) -> list[Edge]:
    """A shortest cycle, the first of the file among equals; empty if there is none."""
    best: list[Edge] = []
    steps = 0
    for start in ways:
        found, looked_at = _way_back(start, ways, len(best) or len(ways) + 1)
        best = found or best
        steps += looked_at
        if len(best) == 1 or (best and steps > MOST_STEPS):
            break
    return best


def _way_back(start: str, ways: dict[str, list[Edge]], shorter_than: int) -> tuple[list[Edge], int]:
    """The shortest way from a node back to it, if it is short enough, and the edges looked at."""
    came_by: dict[str, Edge] = {}
    depth = {start: 0}
    waiting = deque([start])
    looked_at = 0
    while waiting:
        name = waiting.popleft()
        if depth[name] + 1 >= shorter_than:
            break
        for edge in ways[name]:
            looked_at += 1
            target = edge.target.node
            if target == start:
                return _trace(edge, start, came_by), looked_at
            if target not in depth:
                depth[target] = depth[name] + 1
                came_by[target] = edge
                waiting.append(target)
    return [], looked_at


def _trace(last: Edge, start: str, came_by: dict[str, Edge]) -> list[Edge]:
    way = [last]
    while way[-1].source.node != start:
        way.append(came_by[way[-1].source.node])
    return way[::-1]
