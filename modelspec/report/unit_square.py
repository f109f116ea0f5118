"""Curves between 0 and 1, across and up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.report.axes import Axis
from modelspec.report.curves import axes_drawn
from modelspec.report.markup import Html, element

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.report.contents import Numbers

SIZE, LEFT, RIGHT, TOP, BOTTOM = 340, 50, 330, 12, 296
DIAGONAL = element("path", d=f"M{LEFT} {BOTTOM}L{RIGHT} {TOP}", class_="ideal")


def unit_axes() -> tuple[Axis, Axis]:
    """The axes across and up."""
    return Axis(0, 1, LEFT, RIGHT), Axis(0, 1, BOTTOM, TOP)


def path_of(x: Numbers, y: Numbers, *, stairs: bool = False) -> str:
    """A line through points between 0 and 1; with stairs, up or down first, then across."""
    across, up = unit_axes()
    places = [(across.at(a), up.at(b)) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    start, rest = places[0], places[1:]
    steps = [f"V{b:.1f}H{a:.1f}" if stairs else f"L{a:.1f} {b:.1f}" for a, b in rest]
    return f"M{start[0]:.1f} {start[1]:.1f}{''.join(steps)}"


def square_drawn(children: Sequence[Html], below: str, beside: str, label: str) -> Html:
    """A drawing around curves.

    Args:
        children: What is drawn.
        below: What stands across.
        beside: What stands up.
        label: What it is.
    """
    return element(
        "svg",
        *axes_drawn(*unit_axes()),
        *children,
        element("text", below, x=RIGHT, y=SIZE - 12, class_="tick end"),
        element("text", beside, x=LEFT, y=TOP - 12, class_="tick"),
        viewBox=f"0 -12 {SIZE} {SIZE + 4}",
        role="img",
        aria_label=label,
    )
