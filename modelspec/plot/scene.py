"""Primitives: what painters paint. Lengths are CSS pixels, y grows downwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from modelspec.plot.layout import Route

Anchor: TypeAlias = Literal["start", "middle", "end"]
Role: TypeAlias = Literal["node", "block", "edge", "decoration"]


class Rect(NamedTuple):
    """A rectangle with round corners. Colours are keys of `theme.PAINTS`, empty for none."""

    x: float
    y: float
    width: float
    height: float
    radius: float = 0.0
    fill: str = ""
    stroke: str = ""
    stroke_width: float = 1.0
    upper: bool = False
    """Whether only the upper corners are round."""


class Text(NamedTuple):
    """One line of text; `y` is its baseline."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    bold: bool = False
    anchor: Anchor = "start"


class Line(NamedTuple):
    """A line or, with `fill`, a closed area."""

    route: Route
    stroke: str = ""
    width: float = 1.4
    fill: str = ""
    dash: bool = False


@dataclass(slots=True)
class Group:
    """What belongs together: a box or an arrow, with all that is to know of it.

    Attributes:
        role: "node", "block", "edge" or "decoration".
        keys: The box's path; of an arrow both ends', its source first.
        tooltip: What is shown on hovering.
    """

    role: Role
    keys: tuple[str, ...] = ()
    tooltip: str = ""
    faded: bool = False
    items: list[Item] = field(default_factory=list)


Item: TypeAlias = Rect | Text | Line


@dataclass(slots=True)
class Scene:
    """A finished picture; groups are painted in order."""

    width: float
    height: float
    title: str
    description: str
    groups: list[Group] = field(default_factory=list)
