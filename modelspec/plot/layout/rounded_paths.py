"""Drawing routes: lines along the flow, soft curves across it, round corners."""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING

from modelspec.plot.layout.model import Route, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

_CORNER = 6.0


class Pen:
    """Draws a route from the top down."""

    def __init__(self, start: tuple[float, float]) -> None:
        self._at = start
        self.route: Route = [Step("move", (start,))]

    def down(self, y: float) -> None:
        """A line along the flow to `y`; one that goes on a line is one line with it."""
        x = self._at[0]
        if abs(y - self._at[1]) < 0.01:
            return
        self._at = (x, y)
        step = Step("line", (self._at,))
        if self.route[-1].kind == "line":
            self.route[-1] = step
        else:
            self.route.append(step)

    def curve(self, x: float, y: float) -> None:
        """A curve to a point further down, which leaves and arrives along the flow."""
        x0, y0 = self._at
        if abs(x - x0) < 0.5:
            self.down(y)
            return
        middle = (y0 + y) / 2
        self._at = (x, y)
        self.route.append(Step("curve", ((x0, middle), (x, middle), (x, y))))


def rounded(points: Sequence[tuple[float, float]]) -> Route:
    """Straight lines through these points, with round corners."""
    route = [Step("move", (points[0],))]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        near = _toward(corner, before)
        far = _toward(corner, after)
        route.append(Step("line", (near,)))
        route.append(Step("curve", (_mix(near, corner), _mix(far, corner), far)))
    route.append(Step("line", (points[-1],)))
    return route


def _toward(corner: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = hypot(dx, dy)
    share = min(_CORNER, length / 2) / length if length else 0.0
    return corner[0] + dx * share, corner[1] + dy * share


def _mix(near: tuple[float, float], corner: tuple[float, float]) -> tuple[float, float]:
    return near[0] + (corner[0] - near[0]) * 0.55, near[1] + (corner[1] - near[1]) * 0.55
