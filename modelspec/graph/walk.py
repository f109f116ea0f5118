"""Looking at every node of a graph once, however often its block is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.graph.block import inner_graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.graph.graph import Graph


def bodies(graph: Graph) -> Iterator[Graph]:
    """The graph, and each body of a block in it once, the outer before the inner."""
    first = graph.body or graph
    seen = {id(first)}
    waiting = [first]
    for body in waiting:
        yield body
        for node in body.nodes.values():
            inner = inner_graph(node)
            inner = inner and (inner.body or inner)
            if inner is not None and id(inner) not in seen:
                seen.add(id(inner))
                waiting.append(inner)
