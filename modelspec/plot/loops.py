"""Which nodes lie on a cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.plot.layout import cyclic_parts

if TYPE_CHECKING:
    from modelspec.graph.graph import Graph


def on_cycles(graph: Graph) -> dict[str, int]:
    """The nodes that lie on a cycle, each with a number that those of one cycle share."""
    rank = {name: index for index, name in enumerate(graph.nodes)}
    pairs = [
        (rank[edge.source.node], rank[name])
        for name, node in graph.nodes.items()
        for edge in node.edges
        if edge.source.node in rank
    ]
    if all(source < target for source, target in pairs):
        return {}
    parts = cyclic_parts(len(rank), pairs)
    return {name: parts[index] for name, index in rank.items() if parts[index] >= 0}
