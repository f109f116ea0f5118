"""The parts of a graph that lie on common cycles."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def cyclic_parts(count: int, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """For each vertex the number of its strongly connected part; -1 where it lies on no cycle.

    Tarjan's algorithm without recursion.
    """
    near: list[list[int]] = [[] for _ in range(count)]
    for source, target in pairs:
        near[source].append(target)
    index, low, part = [-1] * count, [0] * count, [-1] * count
    on_trail = [False] * count
    trail: list[int] = []
    met = 0
    for root in range(count):
        stack = [(root, 0)] if index[root] < 0 else []
        while stack:
            vertex, step = stack.pop()
            if not step:
                index[vertex] = low[vertex] = met
                met += 1
                trail.append(vertex)
                on_trail[vertex] = True
            elif on_trail[other := near[vertex][step - 1]]:
                low[vertex] = min(low[vertex], low[other])
            if step < len(near[vertex]):
                stack.append((vertex, step + 1))
                if index[near[vertex][step]] < 0:
                    stack.append((near[vertex][step], 0))
            elif low[vertex] == index[vertex]:
                _close(vertex, trail, on_trail, part, near)
    return part


def _close(
    root: int, trail: list[int], on_trail: list[bool], part: list[int], near: list[list[int]]
) -> None:
    """Take a finished part off the trail."""
    alone = trail[-1] == root and root not in near[root]
    while True:
        vertex = trail.pop()
        on_trail[vertex] = False
        if not alone:
            part[vertex] = root
        if vertex == root:
            return
