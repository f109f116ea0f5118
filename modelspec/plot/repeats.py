"""Which copies that `repeat` made are drawn as one."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from modelspec.graph.block import inner_graph

if TYPE_CHECKING:
    from modelspec.graph.graph import Graph, Node


def runs(graph: Graph) -> dict[str, list[Node]]:
    """Copies that are equal and chained one behind the other, by the name of their first one.

    Copies are equal where what they own and give is; a first copy that changes the size of
    what goes through therefore stands by itself.
    """
    copies: dict[str, list[Node]] = {}
    for node in graph.nodes.values():
        if node.repeat is not None:
            copies.setdefault(node.repeat.name, []).append(node)
    if not copies:
        return {}
    consumers = _consumers(graph)
    found: dict[str, list[Node]] = {}
    for nodes in copies.values():
        nodes.sort(key=lambda node: node.repeat.index if node.repeat else 0)
        run = nodes[:1]
        for before, node in pairwise(nodes):
            if _chained(before, node, consumers) and _equal(before, node):
                run.append(node)
                continue
            _keep(run, found)
            run = [node]
        _keep(run, found)
    return found


def _keep(run: list[Node], found: dict[str, list[Node]]) -> None:
    if len(run) > 1:
        found[run[0].name] = run


def _consumers(graph: Graph) -> dict[str, list[str]]:
    consumers: dict[str, list[str]] = {}
    for node in graph.nodes.values():
        for edge in node.edges:
            consumers.setdefault(edge.source.node, []).append(node.name)
    for output in graph.outputs.values():
        consumers.setdefault(output.source.node, []).append("")
    return consumers


def _chained(before: Node, node: Node, consumers: dict[str, list[str]]) -> bool:
    only_heir = set(consumers.get(before.name, ())) == {node.name}
    return only_heir and all(edge.source.node == before.name for edge in node.edges)


def _equal(before: Node, node: Node) -> bool:
    return (
        _body(before) is _body(node)
        and (before.type, before.shared, before.trainable, before.alive)
        == (node.type, node.shared, node.trainable, node.alive)
        and before.weights == node.weights
        and before.outputs == node.outputs
        and (_body(node) is not None or before.layer == node.layer)
    )


def _body(node: Node) -> Graph | None:
    inner = inner_graph(node)
    return inner and (inner.body or inner)
