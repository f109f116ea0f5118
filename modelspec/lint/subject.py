"""What rules look at: a spec, its graph, and who consumes what."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelspec.graph import Graph, GraphOutput, Node, bodies
from modelspec.layers import Layer
from modelspec.layers.values import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.diagnostics import Report
    from modelspec.language.model import Endpoint, Spec

SHAPE_ONLY = frozenset({"Flatten", "Reshape", "Permute"})
"""Layers that leave every number as it is."""

PASSING = SHAPE_ONLY | {"Dropout"}
"""Layers that leave the numbers of a prediction as they are."""


class At(NamedTuple):
    """A node, and the body that it is in."""

    body: Graph
    node: Node


class Subject:
    """A spec whose graph stands.

    Attributes:
        spec: The spec.
        graph: Its graph.
        broken: Whether errors have been found, so that not all is known.
        bodies: The graph and every block in it, each once.
    """

    def __init__(self, spec: Spec, graph: Graph, report: Report) -> None:
        self.spec = spec
        self.graph = graph
        self.broken = report.failed
        self.bodies = list(bodies(graph))
        self._by_type: dict[str, list[At]] = {}
        for body in self.bodies:
            for node in body.nodes.values():
                self._by_type.setdefault(node.type, []).append(At(body, node))
        self._consumers: dict[int, dict[str, list[Node]]] = {}

    def of_type(self, *types: str) -> Iterator[At]:
        """The nodes of some types, those inside blocks once."""
        for type in types:
            yield from self._by_type.get(type, ())

    @property
    def types(self) -> list[str]:
        """The types of all nodes."""
        return list(self._by_type)

    def consumers(self, at: At) -> list[Node]:
        """The nodes that take a value of a node, once for each value."""
        body = at.body
        if id(body) not in self._consumers:
            found: dict[str, list[Node]] = {}
            for node in body.nodes.values():
                for sources in node.operands.values():
                    for source in sources:
                        found.setdefault(source.node, []).append(node)
            self._consumers[id(body)] = found
        return self._consumers[id(body)].get(at.node.name, [])

    def is_output(self, at: At) -> bool:
        """Whether an output of its body takes its value from a node."""
        return any(output.source.node == at.node.name for output in at.body.outputs.values())


def inner_layer(layer: Layer | None) -> Layer | None:
    """The layer inside `TimeDistributed`, however deep; None where it is a block or broken."""
    while layer is not None and type(layer).__name__ == "TimeDistributed":
        inner = layer.layer  # type: ignore[attr-defined]
        layer = inner if isinstance(inner, Layer) else None
    return layer


def last_layer(graph: Graph, source: Endpoint, *, through: frozenset[str] = PASSING) -> Node | None:
    """The layer whose numbers an output shows: past layers that pass it on, into blocks.

    None where an input or something broken shows.
    """
    for _ in range(10_000):
        node = graph.nodes.get(source.node)
        if node is None or node.kind == "input":
            return None
        if node.graph is not None:
            graph = node.graph.body or node.graph
            output = graph.outputs.get(source.port) or next(iter(graph.outputs.values()), None)
            if output is None:
                return None
            source = output.source
        elif node.type in through and len(node.operands.get("", ())) == 1:
            source = node.operands[""][0]
        else:
            return node
    return None


def activation(node: Node | None) -> str | None:
    """The function that a node ends in: `linear` for none; None where it has no such argument."""
    layer = inner_layer(node.layer) if node else None
    if layer is None or "activation" not in type(layer).model_fields:
        return None
    return layer.activation or "linear"  # type: ignore[attr-defined]


def last_size(output: GraphOutput) -> int | None:
    """The size of an output's last axis, where it is known."""
    value = output.value
    if isinstance(value, Tensor) and value.shape and isinstance(value.shape[-1], int):
        return value.shape[-1]
    return None
