"""A block in the place of a layer, and the same body at several places."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from modelspec.graph.graph import Graph, Node
from modelspec.graph.resolve import innermost, with_innermost
from modelspec.layers.values import Inference, Operands, Weight

if TYPE_CHECKING:
    from collections.abc import Callable


class BlockCallee:
    """A block inside a wrapper: implements `layers.Callee`.

    Attributes:
        block: The block's name.
        infer_body: What infers the body for some operands.
        graph: The body of the last call, None before it.
    """

    __slots__ = ("block", "graph", "infer_body")

    def __init__(
        self,
        block: str,
        infer_body: Callable[[Operands], tuple[Graph, Inference]],
        graph: Graph | None = None,
    ) -> None:
        self.block = block
        self.infer_body = infer_body
        self.graph = graph

    def infer(self, operands: Operands) -> Inference:
        """The outputs, weights and cost of one call."""
        self.graph, inference = self.infer_body(operands)
        return inference


def inner_graph(node: Node) -> Graph | None:
    """The body that a node runs: its own, or that of the block inside a wrapper."""
    if node.graph is not None or node.layer is None:
        return node.graph
    inner = innermost(node.layer)
    return inner.graph if isinstance(inner, BlockCallee) else None


def type_text(node: Node) -> str:
    """`Conv2D`; a block's name; a wrapper with what it holds: `TimeDistributed(vision)`."""
    words = [node.type]
    inner: object = getattr(node.layer, "layer", None)
    while inner is not None:
        words.append(inner.block if isinstance(inner, BlockCallee) else type(inner).__name__)
        inner = getattr(inner, "layer", None)
    return "(".join(words) + ")" * (len(words) - 1)


def placed(body: Graph, path: str) -> Graph:
    """A body as the call at `path` sees it. Its nodes are made when they are first asked for."""
    graph: Graph = object.__new__(Graph)
    for name in ("name", "place", "outputs", "description", "minimums"):
        setattr(graph, name, getattr(body, name))
    graph.path = path
    graph.body = body
    graph.fill = _fill
    return graph


def _fill(graph: Graph) -> None:
    assert graph.body is not None
    graph.nodes = {name: _moved(node, graph.path) for name, node in graph.body.nodes.items()}
    graph.inputs = {name: graph.nodes[name] for name in graph.body.inputs}
    graph.shared = {
        name: replace(shared, graph=inner_graph(graph.nodes[shared.calls[0]]))
        for name, shared in graph.body.shared.items()
    }


def _moved(node: Node, prefix: str) -> Node:
    moved = copy(node)
    moved.path = f"{prefix}/{node.name}"
    if node.graph is not None:
        moved.graph = placed(node.graph.body or node.graph, moved.path)
    elif node.layer is not None and (inside := inner_graph(node)):
        held = innermost(node.layer)
        assert isinstance(held, BlockCallee)
        body = placed(inside.body or inside, moved.path)
        moved.layer = with_innermost(node.layer, BlockCallee(held.block, held.infer_body, body))
    return moved


def flat_weights(body: Graph) -> tuple[Weight, ...]:
    """All weights of a body, named `conv1/kernel`; those of a shared layer once."""
    weights: list[Weight] = []
    shared: set[str] = set()
    for node in body.nodes.values():
        if node.shared:
            if node.shared in shared:
                continue
            shared.add(node.shared)
        inside = node.weights
        if node.graph is not None:
            inside = flat_weights(node.graph.body or node.graph)
        owner = node.shared or node.name
        weights += (
            Weight(f"{owner}/{weight.name}", weight.shape, weight.trainable and node.trainable)
            for weight in inside
        )
    return tuple(weights)
