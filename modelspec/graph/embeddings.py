"""How many ids a model has vectors for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelspec.graph.resolve import innermost
from modelspec.layers.core import Embedding

if TYPE_CHECKING:
    from modelspec.graph.graph import Graph


class Limit(NamedTuple):
    """The rows of an embedding, and the node that it is."""

    rows: int
    node: str


def smallest_embedding(graph: Graph, name: str) -> Limit | None:
    """The smallest embedding that reads an input straight, also inside blocks.

    Args:
        graph: The model.
        name: The input.
    """
    found: list[Limit] = []
    ahead = [(graph, name)]
    while ahead:
        body, source = ahead.pop()
        for node in body.nodes.values():
            for port, endpoints in node.operands.items():
                if any(endpoint.node == source for endpoint in endpoints):
                    layer = innermost(node.layer) if node.layer else None
                    if isinstance(layer, Embedding):
                        found.append(Limit(layer.input_dim, node.path))
                    elif node.graph is not None:
                        ahead.append((node.graph, port))
    return min(found, default=None)
