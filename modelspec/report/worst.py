"""The rows that an output is furthest off at, with what their columns hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.report.markup import Html, element, together
from modelspec.report.names import readable
from modelspec.report.numbers import counted, exact
from modelspec.report.tables import plain_table

if TYPE_CHECKING:
    from modelspec.report.contents import Worst

LONGEST = 40
"""A cell is shown up to so many characters."""


def worst_drawn(worst: Worst) -> Html:
    """A line for each row."""
    told = any(row.true or row.predicted for row in worst.rows)
    head = ["", *(["true", "predicted"] if told else []), worst.measure[0], *worst.columns]
    rows = [
        [
            row.where,
            *([_cell(row.true), _cell(row.predicted)] if told else []),
            exact(row.off, "td"),
            *map(_cell, row.cells),
        ]
        for row in worst.rows
    ]
    left = f"{counted(worst.left_out, 'more column')} not shown" if worst.left_out else ""
    said = "; ".join(each for each in (f"by the {worst.measure[1]}", worst.note, left) if each)
    return together(
        element("h4", "Worst rows"),
        element("p", said, class_="soft"),
        plain_table(head, rows, "worst lines"),
    )


def _cell(text: str) -> Html:
    if len(text) <= LONGEST:
        return element("td", readable(text) if text else "")
    return element("td", text[: LONGEST - 1] + "…", title=text[:1000])
