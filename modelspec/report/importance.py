"""What each column is worth, as bars."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from modelspec.report.axes import Axis
from modelspec.report.markup import Html, element, together
from modelspec.report.names import readable
from modelspec.report.numbers import counted, short

if TYPE_CHECKING:
    from modelspec.report.contents import ColumnImportance, Importance

MOST_COLUMNS = 40
WIDE, HIGH = 300, 14
NAMED = 8
"""How many of the columns that were left out are named."""


def importance_drawn(found: Importance) -> Html:
    """A bar for each column, its deviation beside its length."""
    finite = [each for each in found.columns if isfinite(each.mean)]
    shown = finite[:MOST_COLUMNS]
    ends = [each.mean + sign * each.deviation for each in shown for sign in (-1, 1)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    scale = Axis(low, high if high > low else low + 1, 0, WIDE)
    rows = [_row(each, scale) for each in shown]
    left, broken = len(finite) - len(shown), len(found.columns) - len(finite)
    notes = []
    if broken:
        notes.append(f"of {counted(broken, 'column')} it is no finite number")
    if left:
        notes.append(f"and {counted(left, 'more column')} in importance.json")
    if found.left_out:
        named = ", ".join(found.left_out[:NAMED]) + (", …" if found.left_out[NAMED:] else "")
        notes.append(f"no time was left for {counted(len(found.left_out), 'column')}: {named}")
    told = (
        f"By how much {found.measure} ({short(found.baseline)}) gets worse when a column is "
        f"permuted: mean and standard deviation, {found.asked}. Columns that say the same stand in "
        "for each other, and seem worth little."
    )
    return together(
        element("p", told, class_="soft"),
        element("div", *rows, class_="bars importance card") if rows else None,
        *(element("p", each, class_="soft") for each in notes),
    )


def _row(each: ColumnImportance, scale: Axis) -> Html:
    zero, end = scale.at(0), scale.at(each.mean)
    low, high = (scale.at(each.mean + sign * each.deviation) for sign in (-1, 1))
    middle = HIGH / 2
    drawing = element(
        "svg",
        element(
            "rect",
            x=min(zero, end),
            y=3,
            width=max(abs(end - zero), 0.5),
            height=HIGH - 6,
            class_="bar" if each.mean >= 0 else "bar below",
        ),
        element("line", x1=low, x2=high, y1=middle, y2=middle, class_="whisker"),
        viewBox=f"0 0 {WIDE} {HIGH}",
        preserveAspectRatio="none",
        role="img",
        aria_label="importance",
    )
    told = f"{each.mean!r} ± {each.deviation!r}, {counted(each.repeats, 'permutation')}"
    return element(
        "div",
        element("span", readable(each.name), class_="name", title=each.name),
        drawing,
        element("span", f"{each.mean:.3g} ± {each.deviation:.2g}", class_="count"),
        title=told,
    )
