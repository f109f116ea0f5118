"""How many levels of blocks a diagram can open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.graph.block import inner_graph
from modelspec.plot.repeats import runs

if TYPE_CHECKING:
    from modelspec.graph.graph import Graph

MOST_BOXES = 20_000
MOST_LEVELS = 30


def depth_to_open(graph: Graph, wanted: int | None, *, fold: bool) -> tuple[int, str]:
    """The levels to open, and what to say where it is fewer than wanted (None: all of them).

    Counts boxes without making them: each body once, times how often it is called.
    """
    level: dict[int, tuple[Graph, int]] = {id(graph): (graph, 1)}
    boxes = len(graph.nodes)
    depth = 0
    while wanted is None or depth < wanted:
        level = _inside(level, fold=fold)
        if not level:
            return depth, ""
        boxes += sum(len(body.nodes) * times for body, times in level.values())
        if boxes > MOST_BOXES or depth >= MOST_LEVELS:
            return depth, f"blocks below level {depth} are closed: {boxes:,} nodes are too many"
        depth += 1
    return depth, ""


def _inside(level: dict[int, tuple[Graph, int]], *, fold: bool) -> dict[int, tuple[Graph, int]]:
    inside: dict[int, tuple[Graph, int]] = {}
    for graph, times in level.values():
        hidden: set[str] = set()
        if fold:
            hidden = {node.name for run in runs(graph).values() for node in run[1:]}
        for node in graph.nodes.values():
            inner = inner_graph(node)
            if inner is None or node.name in hidden:
                continue
            body = inner.body or inner
            inside[id(body)] = (body, inside.get(id(body), (body, 0))[1] + times)
    return inside
