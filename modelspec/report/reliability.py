"""Whether probabilities can be taken at their word: what came true of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from modelspec.report.axes import Axis
from modelspec.report.curves import axes_drawn
from modelspec.report.markup import Html, element
from modelspec.report.names import readable
from modelspec.report.numbers import counted, exact, short
from modelspec.report.ranking import calibration
from modelspec.report.tables import plain_table
from modelspec.report.unit_square import (
    DIAGONAL,
    LEFT,
    RIGHT,
    SIZE,
    path_of,
    square_drawn,
    unit_axes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.report.contents import Calibration, Scores

LOW_HEIGHT, LOW = 96, 66


def reliability_drawn(names: Sequence[str], scores: Scores) -> Html:
    """What came true of predictions of each probability, and how many there are."""
    if not scores.one_of_several:
        what = "of all labels"
    elif scores.values.shape[1] > 1:
        what = "of the class predicted"
    else:
        what = f"of {readable(names[1])}"
    return calibration_drawn(calibration(scores), f"probability {what}")


def calibration_drawn(found: Calibration, what: str) -> Html:
    """A reliability diagram.

    Args:
        found: What came true, in intervals of the probability.
        what: Of which probabilities.
    """
    across, up = unit_axes()
    most = found.counts.max()
    dots = [
        element(
            "circle",
            element("title", _told(found, at)),
            cx=across.at(float(found.predicted[at])),
            cy=up.at(float(found.observed[at])),
            r=3 + 6 * float(np.sqrt(found.counts[at] / most)),
            class_="dot bubble",
        )
        for at in np.flatnonzero(found.counts).tolist()
    ]
    some = found.counts > 0
    line = element(
        "path", d=path_of(found.predicted[some], found.observed[some]), class_="line one"
    )
    drawing = square_drawn([DIAGONAL, line, *dots], "predicted", "observed", "reliability diagram")
    error = element(
        "p", "expected calibration error ", exact(found.expected_error(), "b"), class_="soft"
    )
    caption = element("figcaption", element("span", element("b", "calibration"), f", {what}"))
    return element("figure", caption, drawing, _counts(found), error, _intervals(found))


def _told(found: Calibration, at: int) -> str:
    low, high = found.edges[at : at + 2].tolist()
    return (
        f"{low:.1f} to {high:.1f}: {counted(int(found.counts[at]), 'prediction')}\n"
        f"predicted {short(float(found.predicted[at]))}, "
        f"observed {short(float(found.observed[at]))}"
    )


def _counts(found: Calibration) -> Html:
    """How many predictions there are of each probability."""
    across = Axis(0, 1, LEFT, RIGHT)
    up = Axis(0, float(found.counts.max()) * 1.08, LOW, 6)
    bars = [
        element(
            "rect",
            element("title", _told(found, at)),
            x=across.at(float(found.edges[at])) + 0.8,
            y=up.at(float(found.counts[at])),
            width=across.at(0.1) - across.at(0) - 1.6,
            height=LOW - up.at(float(found.counts[at])),
            rx=1.5,
            class_="bar",
        )
        for at in np.flatnonzero(found.counts).tolist()
    ]
    return element(
        "svg",
        *axes_drawn(across, up, most=2),
        *bars,
        viewBox=f"0 0 {SIZE} {LOW_HEIGHT}",
        role="img",
        aria_label="how many predictions of each probability",
    )


def _intervals(found: Calibration) -> Html:
    """The numbers of the diagram, folded up."""
    rows = [
        (
            f"{found.edges[at]:.1f} to {found.edges[at + 1]:.1f}",
            element("td", f"{found.counts[at]:,}"),
            exact(float(found.predicted[at]), "td"),
            exact(float(found.observed[at]), "td"),
        )
        for at in np.flatnonzero(found.counts).tolist()
    ]
    head = ("probability", "count", "predicted", "observed")
    return element("details", element("summary", "numbers"), plain_table(head, rows))
