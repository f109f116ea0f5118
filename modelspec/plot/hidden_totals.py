"""What a closed block hides: its parameters and its findings. Each body is looked at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.graph.block import inner_graph
from modelspec.plot.labels_text import weight_count

if TYPE_CHECKING:
    from modelspec.diagnostics import Diagnostic
    from modelspec.graph.graph import Graph, Node
    from modelspec.plot.marks import Findings


class Weighing:
    """Sums over bodies."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._counts: dict[int, int] = {}
        self._found: dict[int, list[Diagnostic]] = {}

    def of(self, node: Node) -> int:
        """How many parameters a node owns, with those inside a block."""
        return weight_count(node.weights) if node.graph is None else self.total(node.graph)

    def total(self, graph: Graph) -> int:
        """How many parameters a graph owns, those of a shared layer once."""
        for body in _inside_first(graph):
            if id(body) not in self._counts:
                self._counts[id(body)] = self._count(body)
        return self._counts[id(_original(graph))]

    def findings_in(self, graph: Graph) -> list[Diagnostic]:
        """All findings at places inside a block, at any depth."""
        found: list[Diagnostic] = []
        for body in _inside_first(graph):
            if id(body) not in self._found:
                here = [
                    finding for n in body.nodes.values() for finding in self._findings.at(n.place)
                ]
                here += [found for edges in body.nodes.values() for edge in edges.edges
                         for found in self._findings.on(edge)]  # fmt: skip
                self._found[id(body)] = here
            found += self._found[id(body)]
        return found

    def _count(self, body: Graph) -> int:
        total = 0
        seen: set[str] = set()
        for node in body.nodes.values():
            if node.shared:
                if node.shared in seen:
                    continue
                seen.add(node.shared)
            if node.graph is None:
                total += weight_count(node.weights)
            else:
                total += self._counts[id(_original(node.graph))]
        return total


def _original(graph: Graph) -> Graph:
    return graph.body or graph


def _inside_first(graph: Graph) -> list[Graph]:
    """A body and all bodies in it, each once, and each behind those that it contains."""
    order: list[Graph] = []
    seen: set[int] = set()
    stack = [(_original(graph), False)]
    while stack:
        body, done = stack.pop()
        if done:
            order.append(body)
        elif id(body) not in seen:
            seen.add(id(body))
            stack.append((body, True))
            inner = (inner_graph(node) for node in body.nodes.values())
            stack.extend((_original(inside), False) for inside in inner if inside is not None)
    return order
