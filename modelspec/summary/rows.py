"""One row a node, blocks followed by what is in them."""

from collections.abc import Iterator
from dataclasses import dataclass

from modelspec.graph import Graph, Node, node_parameters
from modelspec.graph.block import inner_graph, type_text
from modelspec.layers.values import Value, tensors_of
from modelspec.shapes import Dim, text


@dataclass(frozen=True, slots=True)
class Row:
    """What is to say of one node.

    Attributes:
        name: Its name in its own graph.
        path: Its name in the whole, `stage_1/conv1`.
        type: The layer's type, the block's name, or `Input`; of a wrapper also what it holds:
            `Bidirectional(LSTM)`.
        level: How many blocks it is in.
        outputs: The shape at each output port, `""` being the default one: `[T-4, 32]`. All
            states of a recurrent layer are `[32] [32]`.
        dtype: Of the default output; empty where there is none.
        parameters: How many numbers its weights hold; 0 at the second call of a shared layer.
        trainable: Whether training changes them.
        inputs: Where its values come from, in order.
        shared: The shared layer that this is a call of.
        shared_with: The other calls of it at its first call, whose row has the parameters; that one
            at every other.
        flops: Operations a sample; an expression where sizes are symbols.
    """

    name: str
    path: str
    type: str
    level: int
    outputs: dict[str, str]
    dtype: str
    parameters: int
    trainable: bool
    inputs: tuple[str, ...]
    shared: str | None
    shared_with: tuple[str, ...]
    flops: Dim


def rows(graph: Graph, depth: int | None = None) -> Iterator[Row]:
    """The rows of a graph in topological order.

    Args:
        graph: The graph.
        depth: How many levels of blocks are opened; None for all.
    """
    pending = [_calls(graph, 0, counted=True)]
    while pending:
        call = next(pending[-1], None)
        if call is None:
            pending.pop()
            continue
        node, level, within, counted = call
        yield _row(node, level, within, counted=counted)
        inner = inner_graph(node) if depth is None or level < depth else None
        if inner is not None:
            pending.append(_calls(inner, level + 1, counted=counted and _owns(node, within)))


def _calls(graph: Graph, level: int, *, counted: bool) -> Iterator[tuple[Node, int, Graph, bool]]:
    return ((node, level, graph, counted) for node in graph.nodes.values())


def _row(node: Node, level: int, graph: Graph, *, counted: bool) -> Row:
    shared = graph.shared.get(node.shared or "")
    return Row(
        name=node.name,
        path=node.path,
        type=type_text(node),
        level=level,
        outputs={port: shape_text(value) for port, value in node.outputs.items()},
        dtype=getattr(node.outputs.get(""), "dtype", ""),
        parameters=sum(node_parameters(node)) if counted and _owns(node, graph) else 0,
        trainable=node.trainable,
        inputs=tuple(_inputs(node)),
        shared=node.shared,
        shared_with=_other_calls(node, shared.calls) if shared else (),
        flops=node.flops,
    )


def _other_calls(node: Node, calls: list[str]) -> tuple[str, ...]:
    return tuple(calls[1:] if calls[:1] == [node.name] else calls[:1])


def shape_text(value: Value) -> str:
    """`[T, 32]`; the parts of a bundle side by side."""
    parts = tensors_of(value)
    return " ".join(text(part.shape) for part in parts)


def _owns(node: Node, graph: Graph) -> bool:
    """Whether a node's weights count at this node: those of a shared layer do at its first call."""
    shared = graph.shared.get(node.shared or "")
    return shared is None or shared.calls[:1] == [node.name]


def _inputs(node: Node) -> Iterator[str]:
    """`conv1`; with the node's own port where it is not the default one: `state: encoder.state`."""
    for port, sources in node.operands.items():
        for source in sources:
            yield f"{port}: {source}" if port else str(source)
