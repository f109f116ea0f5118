"""Parameter counts and cost of a whole graph."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

from modelspec.graph.block import inner_graph
from modelspec.shapes import total

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.graph.graph import Graph, Node
    from modelspec.layers.values import Weight
    from modelspec.shapes import Dim


class Totals(NamedTuple):
    """What a graph weighs.

    Attributes:
        trainable: Numbers that training changes; those of a shared layer count once.
        non_trainable: Numbers that it does not: frozen ones, moving averages.
        flops: Floating point operations a sample, all calls counted.
    """

    trainable: int
    non_trainable: int
    flops: Dim

    @property
    def parameters(self) -> int:
        """All numbers."""
        return self.trainable + self.non_trainable


def totals(graph: Graph) -> Totals:
    """The parameters and the cost of a graph with all blocks in it. Every body is counted once."""
    flops = total(node.flops for node in (graph.body or graph).nodes.values())
    return Totals(*_parameters(graph, {}), flops)


def node_parameters(node: Node) -> tuple[int, int]:
    """Trainable and other numbers of one node, whatever it shares."""
    return _of_node(node, {})


def _parameters(graph: Graph, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    body = graph.body or graph
    if id(body) not in known:
        owners: dict[str, Node] = {}
        for node in body.nodes.values():
            owner = f"shared {node.shared}" if node.shared else node.name
            if owner not in owners or not _known(owners[owner]):
                owners[owner] = node
        counts = [_of_node(node, known) for node in owners.values()]
        known[id(body)] = (sum(t for t, _ in counts), sum(n for _, n in counts))
    return known[id(body)]


def _known(node: Node) -> bool:
    return bool(node.weights) or inner_graph(node) is not None


def _of_node(node: Node, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    if node.graph is not None:
        return _parameters(node.graph, known)
    return _count(node.weights, frozen=not node.trainable)


def _count(weights: Iterable[Weight], *, frozen: bool) -> tuple[int, int]:
    trainable = non_trainable = 0
    for weight in weights:
        if weight.trainable and not frozen:
            trainable += prod(weight.shape)
        else:
            non_trainable += prod(weight.shape)
    return trainable, non_trainable
