"""Where each vertex stands across the flow, after Brandes and Koepf (2001).

Four extreme placements (from above or below, packed to the left or right) align each
vertex with its median neighbour; the mean of their middle two is balanced. Differs from the
paper: edges meet boxes at any point of a side, vertices have widths, an edge that only
skips layers does not pull its ends, and packing is two longest-path passes over the blocks.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from modelspec.plot.layout.chains import Layered

BOX_GAP = 30.0
LINE_GAP = 16.0


class _Pull(NamedTuple):
    """A neighbour in the layer before, and how far from it a straight edge puts the vertex."""

    other: int
    shift: float


def place_across(layered: Layered) -> list[float]:
    """The centre of each vertex across the flow; the leftmost box starts at 0."""
    crossing = _conflicts(layered)
    above, below = _pulls(layered, crossing)
    runs: list[list[float]] = []
    for pulls, layers in ((above, layered.layers), (below, layered.layers[::-1])):
        runs += (_extreme(layered, layers, pulls, mirrored=side) for side in (False, True))
    _level(layered, runs)
    middle = [sum(sorted(places)[1:3]) / 2 for places in zip(*runs, strict=True)]
    left = min((x - width / 2 for x, width in zip(middle, layered.widths, strict=True)), default=0)
    return [round(x - left, 3) for x in middle]


def _conflicts(layered: Layered) -> set[int]:
    """The indices of segments that give way to one that they cross.

    All give way to the links of a chain, and those at boxes to those between dummies.
    """
    chained = _chain_links(layered)
    found = _giving_way(layered, chained)
    straight = {
        index
        for index, segment in enumerate(layered.segments)
        if min(segment.upper, segment.lower) >= layered.real and index not in found
    }
    return found | (_giving_way(layered, straight) - chained)


def _chain_links(layered: Layered) -> set[int]:
    """Segments from a box with one strong way down to a box with one strong way up."""
    down, up = [0] * layered.count, [0] * layered.count
    for segment in layered.segments:
        down[segment.upper] += segment.strong
        up[segment.lower] += segment.strong
    return {
        index
        for index, (upper, lower, _, _, strong) in enumerate(layered.segments)
        if strong and max(upper, lower) < layered.real and down[upper] == up[lower] == 1
    }


def _giving_way(layered: Layered, prior: set[int]) -> set[int]:
    """The indices of segments that cross a prior one and are none themselves."""
    place = _places(layered.layers, layered.count)
    coming: list[list[int]] = [[] for _ in range(layered.count)]
    for index, segment in enumerate(layered.segments):
        coming[segment.lower].append(index)
    found: set[int] = set()
    for upper, lower in pairwise(layered.layers):
        first, scanned = 0, 0
        for index, vertex in enumerate(lower):
            above = [layered.segments[edge].upper for edge in coming[vertex] if edge in prior]
            if not above and index + 1 < len(lower):
                continue
            last = place[above[0]] if above else len(upper) - 1
            found.update(
                edge
                for passed in lower[scanned : index + 1]
                for edge in coming[passed]
                if edge not in prior and not first <= place[layered.segments[edge].upper] <= last
            )
            first, scanned = last, index + 1
    return found


def _pulls(layered: Layered, crossing: set[int]) -> tuple[list[list[_Pull]], list[list[_Pull]]]:
    """Who may be aligned with whom: above and below each vertex, in order."""
    has_above, has_below = [False] * layered.count, [False] * layered.count
    for segment in layered.segments:
        if segment.strong:
            has_above[segment.lower] = has_below[segment.upper] = True
    place = _places(layered.layers, layered.count)
    above: list[list[_Pull]] = [[] for _ in range(layered.count)]
    below: list[list[_Pull]] = [[] for _ in range(layered.count)]
    for index, segment in enumerate(layered.segments):
        upper, lower = segment.upper, segment.lower
        if index in crossing:
            continue
        if segment.strong or not (has_above[lower] or has_below[upper]):
            shift = segment.leaves - segment.enters
            above[lower].append(_Pull(upper, shift))
            below[upper].append(_Pull(lower, -shift))
    for pulls in (*above, *below):
        pulls.sort(key=lambda pull: (place[pull.other], pull.shift))
    return above, below


def _places(layers: list[list[int]], count: int) -> list[int]:
    place = [0] * count
    for layer in layers:
        for index, vertex in enumerate(layer):
            place[vertex] = index
    return place


def _extreme(
    layered: Layered, layers: list[list[int]], pulls: list[list[_Pull]], *, mirrored: bool
) -> list[float]:
    if mirrored:
        layers = [layer[::-1] for layer in layers]
        pulls = [[_Pull(p.other, -p.shift) for p in reversed(near)] for near in pulls]
    root, shift = _align(layered, layers, pulls)
    x = _pack(layered, layers, root, shift)
    return [-place for place in x] if mirrored else x


def _align(
    layered: Layered, layers: list[list[int]], pulls: list[list[_Pull]]
) -> tuple[list[int], list[float]]:
    """Blocks of vertices that stand under one another: each one's first, and its shift to it."""
    root = list(range(layered.count))
    shift = [0.0] * layered.count
    place = _places(layers, layered.count)
    for layer in layers:
        reached = -1
        for vertex in layer:
            near = pulls[vertex]
            for pull in near[(len(near) - 1) // 2 : len(near) // 2 + 1]:
                if place[pull.other] > reached:
                    root[vertex] = root[pull.other]
                    shift[vertex] = shift[pull.other] + pull.shift
                    reached = place[pull.other]
                    break
    return root, shift


def _pack(
    layered: Layered, layers: list[list[int]], root: list[int], shift: list[float]
) -> list[float]:
    """Put the blocks side by side, as far to the left as they go, then close gaps."""
    after: dict[int, dict[int, float]] = {block: {} for block in root}
    waiting = dict.fromkeys(after, 0)
    for layer in layers:
        for left, right in pairwise(layer):
            start, end = root[left], root[right]
            room = shift[left] + _distance(layered, left, right) - shift[right]
            if end not in after[start]:
                waiting[end] += 1
            after[start][end] = max(after[start].get(end, room), room)
    order = _sorted_blocks(after, waiting)
    x = dict.fromkeys(order, 0.0)
    for block in order:
        for end, room in after[block].items():
            x[end] = max(x[end], x[block] + room)
    for block in reversed(order):
        if after[block]:
            x[block] = max(x[block], min(x[end] - room for end, room in after[block].items()))
    return [x[root[vertex]] + shift[vertex] for vertex in range(layered.count)]


def _distance(layered: Layered, left: int, right: int) -> float:
    lines = (left >= layered.real) + (right >= layered.real)
    gap = (BOX_GAP, (BOX_GAP + LINE_GAP) / 2, LINE_GAP)[lines]
    return (layered.widths[left] + layered.widths[right]) / 2 + gap


def _sorted_blocks(after: dict[int, dict[int, float]], waiting: dict[int, int]) -> list[int]:
    order = [block for block, missing in waiting.items() if not missing]
    for block in order:
        for end in after[block]:
            waiting[end] -= 1
            if not waiting[end]:
                order.append(end)
    return order


def _level(layered: Layered, runs: list[list[float]]) -> None:
    """Move the four placements over the narrowest: left-packed ones to its left, others right."""
    half = [width / 2 for width in layered.widths]
    sides = [
        (
            min((x - h for x, h in zip(run, half, strict=True)), default=0.0),
            max((x + h for x, h in zip(run, half, strict=True)), default=0.0),
        )
        for run in runs
    ]
    narrow = min(sides, key=lambda side: side[1] - side[0])
    for index, run in enumerate(runs):
        side = index % 2
        move = narrow[side] - sides[index][side]
        runs[index] = [x + move for x in run]
