"""The order of the vertices in each layer, with few crossings."""

from collections.abc import Sequence

from modelspec.plot.layout.chains import Layered

_QUIET = 3
"""Sweeps without a gain before the search ends."""


def order_layers(layered: Layered) -> None:
    """Fill `layered.layers` with an order of few crossings. Always the same for the same graph."""
    neighbours = _Neighbours(layered)
    _first_order(layered, neighbours)
    best = [list(layer) for layer in layered.layers]
    fewest = _crossings(layered)
    sweeps = 16 if layered.count < 1500 else 8 if layered.count < 8000 else 3
    quiet = 0
    for sweep in range(sweeps):
        if not fewest or quiet > _QUIET:
            break
        _sweep(layered, neighbours, down=sweep % 2 == 0)
        if layered.count < 3000:
            _transpose(layered, neighbours)
        now = _crossings(layered)
        quiet += 1
        if now < fewest:
            best, fewest, quiet = [list(layer) for layer in layered.layers], now, 0
    layered.layers = best


class _Neighbours:
    """Who stands above and below each vertex, with how far from its middle the edge meets it."""

    def __init__(self, layered: Layered) -> None:
        count = layered.count
        self.above: list[list[tuple[int, float]]] = [[] for _ in range(count)]
        self.below: list[list[tuple[int, float]]] = [[] for _ in range(count)]
        for segment in layered.segments:
            leaves = segment.leaves / (layered.widths[segment.upper] + 1)
            enters = segment.enters / (layered.widths[segment.lower] + 1)
            self.above[segment.lower].append((segment.upper, leaves))
            self.below[segment.upper].append((segment.lower, enters))


def _first_order(layered: Layered, neighbours: _Neighbours) -> None:
    """Depth-first from the top in vertex order: what belongs together starts together."""
    placed = [False] * layered.count
    roots = [v for v in range(layered.count) if not neighbours.above[v]]
    for root in [*roots, *range(layered.count)]:
        stack = [root]
        while stack:
            vertex = stack.pop()
            if placed[vertex]:
                continue
            placed[vertex] = True
            layered.layers[layered.layer_of[vertex]].append(vertex)
            stack.extend(below for below, _ in reversed(neighbours.below[vertex]))


def _sweep(layered: Layered, neighbours: _Neighbours, *, down: bool) -> None:
    """Order each layer by the mean place of its vertices' neighbours in the layer before it."""
    layers = layered.layers if down else layered.layers[::-1]
    toward = neighbours.above if down else neighbours.below
    place = [0.0] * layered.count
    for layer in layers:
        means: dict[int, float] = {}
        for index, vertex in enumerate(layer):
            near = toward[vertex]
            total = sum(place[other] + offset for other, offset in near)
            means[vertex] = total / len(near) if near else float(index)
        if any(toward[vertex] for vertex in layer):
            _sort_movable(layer, means, toward)
        for index, vertex in enumerate(layer):
            place[vertex] = index


def _sort_movable(
    layer: list[int], means: dict[int, float], toward: list[list[tuple[int, float]]]
) -> None:
    """Sort a layer by its means; who has no neighbour keeps the place that it has."""
    movable = sorted((v for v in layer if toward[v]), key=means.__getitem__)
    following = iter(movable)
    layer[:] = [next(following) if toward[vertex] else vertex for vertex in layer]


def _transpose(layered: Layered, neighbours: _Neighbours) -> None:
    """Swap neighbours in a layer where that saves crossings."""
    place = [0.0] * layered.count
    for layer in layered.layers:
        for index, vertex in enumerate(layer):
            place[vertex] = index
    for layer in layered.layers:
        if len(layer) < 2:
            continue
        ends = {v: (_places(neighbours.above[v], place), _places(neighbours.below[v], place))
                for v in layer}  # fmt: skip
        for _ in range(3):
            if not _swap_pass(layer, ends):
                break
        for index, vertex in enumerate(layer):
            place[vertex] = index


def _places(near: list[tuple[int, float]], place: list[float]) -> list[float]:
    return sorted(place[other] + offset for other, offset in near)


def _swap_pass(layer: list[int], ends: dict[int, tuple[list[float], list[float]]]) -> bool:
    swapped = False
    for index in range(len(layer) - 1):
        left, right = ends[layer[index]], ends[layer[index + 1]]
        as_is = _inversions(left[0], right[0]) + _inversions(left[1], right[1])
        if not as_is:
            continue
        turned = _inversions(right[0], left[0]) + _inversions(right[1], left[1])
        if turned < as_is:
            layer[index], layer[index + 1] = layer[index + 1], layer[index]
            swapped = True
    return swapped


def _inversions(left: Sequence[float], right: Sequence[float]) -> int:
    """How many pairs cross if all of `left` starts before all of `right`; both are sorted."""
    total = passed = 0
    for place in left:
        while passed < len(right) and right[passed] < place:
            passed += 1
        total += passed
    return total


def _crossings(layered: Layered) -> int:
    place = [0] * layered.count
    for layer in layered.layers:
        for index, vertex in enumerate(layer):
            place[vertex] = index
    ends: list[list[tuple[float, float]]] = [[] for _ in layered.layers]
    for upper, lower, leaves, enters, _ in layered.segments:
        start = place[upper] + leaves / (layered.widths[upper] + 1)
        end = place[lower] + enters / (layered.widths[lower] + 1)
        ends[layered.layer_of[upper]].append((start, end))
    return sum(map(_crossings_between, ends))


def _crossings_between(ends: list[tuple[float, float]]) -> int:
    """Inversions of the lower ends when the upper ones are sorted, by merging."""
    ends.sort()
    total, values = 0, [end for _, end in ends]
    width = 1
    while width < len(values):
        for start in range(0, len(values), 2 * width):
            left = values[start : start + width]
            right = values[start + width : start + 2 * width]
            total += _inversions(left, right)
            values[start : start + 2 * width] = sorted(left + right)
        width *= 2
    return total
