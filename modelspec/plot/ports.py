"""Which ports an edge meets, and what the diagram says there."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from modelspec.graph.block import inner_graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.graph.graph import Node
    from modelspec.language.model import Edge
    from modelspec.plot.diagram import Box


class Entry(NamedTuple):
    """An edge into a node: the port, and what stands at the arrow's head."""

    edge: Edge
    port: str
    label: str


def port_left(node: Node, port: str) -> str:
    """The port that an edge leaves from: the only output of a block is its default one too."""
    if port or node.graph is None:
        return port
    return next(iter(node.graph.outputs), "")


def leaving_label(node: Node, box: Box, port: str) -> str:
    """The port at an arrow's start; none at an open block, which shows its ports by itself."""
    if not port or box.body is not None:
        return ""
    return "" if node.graph is not None and len(node.graph.outputs) == 1 else f".{port}"


def entries(node: Node, box: Box) -> Iterator[Entry]:
    """The edges into a node, in the order of its operands."""
    totals = Counter(edge.target.port for edge in node.edges)
    seen: Counter[str] = Counter()
    for edge in node.edges:
        port = edge.target.port
        seen[port] += 1
        if inner_graph(node) is None:
            yield Entry(edge, port, _operand_label(node, port, seen[port], totals[port]))
            continue
        inputs = list(node.graph.inputs) if node.graph is not None else []
        port = port or next(iter(inputs), "")
        yield Entry(edge, port, f".{port}" if len(inputs) > 1 and box.body is None else "")


def _operand_label(node: Node, port: str, operand: int, total: int) -> str:
    """The port, or which operand it is where that matters."""
    if port:
        return f".{port}"
    ordered = node.layer is not None and node.layer.has_order
    return str(operand) if ordered and total > 1 else ""
