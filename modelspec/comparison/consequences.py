"""What follows from changes, node by node: shapes, numbers of parameters, FLOPs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.comparison.changes import Consequence, Pairs
from modelspec.comparison.scope import innermost
from modelspec.graph.block import inner_graph
from modelspec.graph.totals import node_parameters
from modelspec.language.model import Model, Use
from modelspec.layers.values import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.graph import Graph
    from modelspec.graph.graph import Node
    from modelspec.language.model import Declared

    Names = dict[tuple[Model, Model], dict[str, str]]


def node_pairs(graphs: tuple[Graph, Graph], models: tuple[Model, Model], names: Names) -> Pairs:
    """Which node of one graph is which of another, by paths, in blocks too.

    Args:
        graphs: The two graphs.
        models: What they were built from.
        names: Which entry is which, by pair of models.
    """
    return Pairs({first.path: second.path for first, second in _pairs(graphs, models, names)})


def consequences(
    graphs: tuple[Graph, Graph], models: tuple[Model, Model], names: Names
) -> list[Consequence]:
    """What became of the nodes that are in both graphs. Arguments as for `node_pairs`."""
    found = []
    for before, after in _pairs(graphs, models, names):
        for what, old, new in _facts(before, after):
            if old != new:
                found.append(Consequence(after.path, what, old, new))
    return found


def _facts(before: Node, after: Node) -> Iterator[tuple[str, object, object]]:
    first, second = (_tensors(node) for node in (before, after))
    yield (
        "shape",
        _one([str_shape(each) for each in first]),
        _one([str_shape(each) for each in second]),
    )
    yield "dtype", _one([each.dtype for each in first]), _one([each.dtype for each in second])
    if inner_graph(before) is None and inner_graph(after) is None:
        yield "parameters", sum(node_parameters(before)), sum(node_parameters(after))


def str_shape(value: Tensor) -> str:
    """A shape as text, `[26, 26, 32]`."""
    if value.shape is None:
        return "unknown"
    return "[" + ", ".join(map(str, value.shape)) + "]"


def _tensors(node: Node) -> list[Tensor]:
    """What it gives; of a block with one output, which has a name too, that one."""
    values = [node.outputs[""]] if "" in node.outputs else list(node.outputs.values())
    return [value for value in values if isinstance(value, Tensor)]


def _one(found: list[str] | list[str | None]) -> object:
    return found[0] if len(found) == 1 else tuple(found)


def _pairs(
    graphs: tuple[Graph, Graph], models: tuple[Model, Model], names: Names
) -> Iterator[tuple[Node, Node]]:
    first, second = graphs
    known = names.get(models, {})
    for name, node in first.nodes.items():
        other = second.nodes.get(_counterpart(node, name, known))
        if other is None:
            continue
        yield node, other
        inner = inner_graph(node), inner_graph(other)
        if inner[0] is not None and inner[1] is not None:
            bodies = [_body(model, each) for model, each in zip(models, (node, other), strict=True)]
            if bodies[0] is not None and bodies[1] is not None:
                yield from _pairs((inner[0], inner[1]), (bodies[0], bodies[1]), names)


def _counterpart(node: Node, name: str, known: dict[str, str]) -> str:
    if node.repeat is None:
        return known.get(name, "")
    called = known.get(node.repeat.name, "")
    return f"{called}_{node.repeat.index}" if called else ""


def _body(model: Model, node: Node) -> Model | None:
    """The block that a node calls, also through a shared layer or a wrapper."""
    declared: Declared | None = model.nodes.get(node.name)
    while declared is not None and isinstance(declared.what, Use):
        declared = model.shared.get(declared.what.shared)
    found = innermost(declared.what) if declared else None
    return found if isinstance(found, Model) else None
