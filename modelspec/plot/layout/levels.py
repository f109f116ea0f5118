"""Which layer each vertex stands in."""

from collections.abc import Sequence

from modelspec.plot.layout.components import cyclic_parts
from modelspec.plot.layout.model import Vertex

_ROUNDS = 12


def back_edges(count: int, pairs: Sequence[tuple[int, int]]) -> set[int]:
    """The indices of edges that are turned around so that no cycle is left.

    They are the edges of cycles that lead back in vertex order, loops at one vertex included.
    """
    if all(source < target for source, target in pairs):
        return set()
    parts = cyclic_parts(count, pairs)
    return {
        index
        for index, (source, target) in enumerate(pairs)
        if source >= target and parts[source] >= 0 and parts[source] == parts[target]
    }


def assign_layers(vertices: Sequence[Vertex], pairs: Sequence[tuple[int, int]]) -> list[int]:
    """A layer for each vertex, so that all of these acyclic edges point down and are short."""
    layers = _longest_paths(vertices, pairs)
    _tighten(vertices, pairs, layers)
    lowest = min(layers, default=0)
    return [layer - lowest for layer in layers]


def _longest_paths(vertices: Sequence[Vertex], pairs: Sequence[tuple[int, int]]) -> list[int]:
    below: list[list[int]] = [[] for _ in vertices]
    waiting = [0] * len(vertices)
    for source, target in pairs:
        below[source].append(target)
        waiting[target] += 1
    start = 1 if any(vertex.pin == "first" for vertex in vertices) else 0
    layers = [0 if vertex.pin == "first" else start for vertex in vertices]
    ready = [index for index, missing in enumerate(waiting) if not missing]
    while ready:
        vertex = ready.pop()
        for target in below[vertex]:
            layers[target] = max(layers[target], layers[vertex] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    _pin_last(vertices, layers)
    return layers


def _pin_last(vertices: Sequence[Vertex], layers: list[int]) -> None:
    inner = [layer for vertex, layer in zip(vertices, layers, strict=True) if vertex.pin != "last"]
    last = max(inner, default=0) + 1
    for index, vertex in enumerate(vertices):
        if vertex.pin == "last":
            layers[index] = last


def _tighten(
    vertices: Sequence[Vertex], pairs: Sequence[tuple[int, int]], layers: list[int]
) -> None:
    """Move groups that hang together by edges of length 1 where that shortens other edges."""
    for _ in range(_ROUNDS):
        groups = _Groups(len(vertices))
        for source, target in pairs:
            if layers[target] - layers[source] == 1:
                groups.join(source, target)
        members: dict[int, list[int]] = {}
        for index in range(len(vertices)):
            members.setdefault(groups.find(index), []).append(index)
        if len(members) == 1:
            return
        fixed = {groups.find(index) for index, vertex in enumerate(vertices) if vertex.pin}
        loose: dict[int, list[tuple[int, int, bool]]] = {}
        for source, target in pairs:
            above, under = groups.find(source), groups.find(target)
            if above != under:
                loose.setdefault(above, []).append((source, target, True))
                loose.setdefault(under, []).append((source, target, False))
        moves = [
            _shift(members[group], edges, layers)
            for group, edges in loose.items()
            if group not in fixed
        ]
        if not any(moves):
            return


def _shift(members: list[int], edges: list[tuple[int, int, bool]], layers: list[int]) -> bool:
    """Move one group towards where more of its edges lead, as far as they are loose."""
    leaving = [layers[target] - layers[source] - 1 for source, target, out in edges if out]
    coming = [layers[target] - layers[source] - 1 for source, target, out in edges if not out]
    if len(leaving) > len(coming):
        step = min(leaving)
    elif len(coming) > len(leaving):
        step = -min(coming)
    else:
        return False
    for index in members:
        layers[index] += step
    return step != 0


class _Groups:
    """Disjoint sets."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def find(self, index: int) -> int:
        parent = self._parent
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    def join(self, left: int, right: int) -> None:
        self._parent[self.find(left)] = self.find(right)
