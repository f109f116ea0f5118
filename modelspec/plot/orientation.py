"""Which way the data flows on paper. The layout always flows down; the result is turned."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelspec.plot.layout import Route, Step

if TYPE_CHECKING:
    from modelspec.plot.options import Rankdir


class Padding(NamedTuple):
    """Room around the body of an open block, as the layout sees it."""

    left: float
    right: float
    top: float
    bottom: float


class Orientation:
    """Turns sizes into the layout's and points into the paper's.

    Args:
        rankdir: The way of the flow.
        width: The finished layout's, across the flow.
        height: The finished layout's, along the flow.
    """

    def __init__(self, rankdir: Rankdir, width: float = 0.0, height: float = 0.0) -> None:
        self.rankdir = rankdir
        self.sideways = rankdir in ("LR", "RL")
        self._width = width
        self._height = height

    @property
    def onward(self) -> tuple[int, int]:
        """The corner on paper that lies onward in the flow, as signs of x and y."""
        return (-1 if self.rankdir == "RL" else 1, -1 if self.rankdir == "BT" else 1)

    def turned(self, width: float, height: float) -> tuple[float, float]:
        """A size on paper as the layout's, and back."""
        return (height, width) if self.sideways else (width, height)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point of the layout on paper."""
        if self.rankdir in ("BT", "RL"):
            y = self._height - y
        return (y, x) if self.sideways else (x, y)

    def route(self, route: Route, dx: float, dy: float) -> Route:
        """A route of the layout, moved and put on paper."""
        return [
            Step(step.kind, tuple(self.point(x + dx, y + dy) for x, y in step.points))
            for step in route
        ]

    def padding(self, header: float, side: float, entry: float, exit_: float) -> Padding:
        """The padding of a block whose header is on top on paper."""
        if self.rankdir == "TB":
            return Padding(side, side, header + entry, exit_)
        if self.rankdir == "BT":
            return Padding(side, side, entry, header + exit_)
        return Padding(header + side / 2, side, entry, exit_)
