"""Heights of layers, and the way of each link through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.plot.layout.heads import spread_heads
from modelspec.plot.layout.model import Arrangement, Link, Route, Step, Vertex
from modelspec.plot.layout.rounded_paths import Pen, rounded
from modelspec.plot.layout.route_around import LANE_GAP, Around, plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.plot.layout.chains import Layered, Span

LOOP_ROOM = 34.0
_STUB = 7.0
"""The straight end of each link, which its arrow head covers."""


def draw_routes(
    vertices: Sequence[Vertex],
    links: Sequence[Link],
    spans: Sequence[Span],
    layered: Layered,
    across: list[float],
    gap: float,
) -> Arrangement:
    """Place the vertices along the flow and route the links."""
    around = plan(layered, spans)
    heads = _heads(vertices, links, spans, layered, across)
    rows = _Rows(vertices, layered, across, around, gap)
    for index, vertex in enumerate(vertices):
        layer = layered.layer_of[index]
        vertex.y = (rows.top[layer] + rows.bottom[layer]) / 2
    sides = [x + width / 2 for x, width in zip(across, layered.widths, strict=True)]
    right = max(sides, default=0.0)
    for span in spans:
        route = _route(span, vertices, layered, across, rows, heads[span.link], right)
        links[span.link].route = _turned(route) if span.turned else route
    for link in links:
        if link.source == link.target:
            link.route = _loop(vertices[link.source])
    width = right + (around.lanes + 0.5) * LANE_GAP if around.lanes else right
    return Arrangement(width, rows.bottom[-1] if rows.bottom else 0.0)


def _heads(
    vertices: Sequence[Vertex],
    links: Sequence[Link],
    spans: Sequence[Span],
    layered: Layered,
    across: list[float],
) -> dict[int, float]:
    """Where across the flow each link meets its lower end."""
    chosen: dict[int, float] = {}
    free: dict[int, list[tuple[float, int]]] = {}
    for span in spans:
        if links[span.link].enters is not None or span.turned:
            chosen[span.link] = across[span.lower] + span.enters
            continue
        path = layered.paths[span.link]
        if path is None:
            came = across[span.lower] + 1e6
        else:
            came = across[path[-1]] if path else across[span.upper] + span.leaves
        free.setdefault(span.lower, []).append((came, span.link))
    for target, arrivals in free.items():
        arrivals.sort()
        came_from = [came for came, _ in arrivals]
        room = max(links[link].room for _, link in arrivals)
        places = spread_heads(came_from, across[target], vertices[target].width, room)
        chosen.update({link: x for (_, link), x in zip(arrivals, places, strict=True)})
    return chosen


class _Rows:
    """Where each layer begins and ends, and where the curves between them do."""

    def __init__(
        self,
        vertices: Sequence[Vertex],
        layered: Layered,
        across: list[float],
        around: Around,
        gap: float,
    ) -> None:
        self.around = around
        count = len(layered.layers)
        heights = [0.0] * count
        for index, vertex in enumerate(vertices):
            layer = layered.layer_of[index]
            heights[layer] = max(heights[layer], vertex.height)
        gaps = _gaps(layered, across, gap)
        self.top: list[float] = []
        self.bottom: list[float] = []
        self.curve_top: list[float] = []
        self.curve_bottom: list[float] = []
        y = 0.0
        for layer in range(count):
            if layer:
                self.curve_bottom.append(y)
            y += around.height(layer, above=True)
            self.top.append(y)
            y += heights[layer]
            self.bottom.append(y)
            y += around.height(layer, above=False)
            self.curve_top.append(y)
            y += gaps[layer]


def _gaps(layered: Layered, across: list[float], gap: float) -> list[float]:
    """The room for the curves below each layer: more where they go far aside."""
    aside = [0.0] * len(layered.layers)
    for segment in layered.segments:
        layer = layered.layer_of[segment.upper]
        off = abs(across[segment.upper] + segment.leaves - across[segment.lower])
        aside[layer] = max(aside[layer], off)
    return [gap + min(0.09 * off, 100.0) for off in aside]


def _route(
    span: Span,
    vertices: Sequence[Vertex],
    layered: Layered,
    across: list[float],
    rows: _Rows,
    head: float,
    right: float,
) -> Route:
    upper, lower = vertices[span.upper], vertices[span.lower]
    start = (across[span.upper] + span.leaves, upper.y + upper.height / 2)
    end = (head, lower.y - lower.height / 2)
    path = layered.paths[span.link]
    first, last = layered.layer_of[span.upper], layered.layer_of[span.lower]
    if path is None:
        lane = right + (rows.around.lane[span.link] + 1) * LANE_GAP
        out = rows.bottom[first] + rows.around.track(span.link, first, above=False)
        back = rows.curve_bottom[last - 1] + rows.around.track(span.link, last, above=True)
        return rounded([start, (start[0], out), (lane, out), (lane, back), (head, back), end])
    pen = Pen(start)
    for layer, x in zip(range(first, last), [*(across[d] for d in path), head], strict=True):
        pen.down(rows.curve_top[layer])
        stub = _STUB if layer + 1 == last and not span.turned else 0.0
        pen.curve(x, rows.curve_bottom[layer] - stub)
    pen.down(end[1])
    return pen.route


def _turned(route: Route) -> Route:
    """The same way, walked from its end to its start."""
    stops = [step.points[-1] for step in route]
    turned = [Step("move", (stops[-1],))]
    for before, step in zip(reversed(stops[:-1]), reversed(route[1:]), strict=True):
        controls = tuple(reversed(step.points[:-1]))
        turned.append(Step(step.kind, (*controls, before)))
    return turned


def _loop(vertex: Vertex) -> Route:
    right = vertex.x + vertex.width / 2
    half = min(9.0, vertex.height / 3)
    low, high = (right, vertex.y + half), (right, vertex.y - half)
    far = right + LOOP_ROOM
    return [
        Step("move", (low,)),
        Step("curve", ((far, vertex.y + 26), (far, vertex.y - 26), (right + _STUB, high[1]))),
        Step("line", (high,)),
    ]
