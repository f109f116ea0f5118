"""How well an output tells classes apart, and whether its probabilities can be taken at their word.

ROC, precision-recall and reliability, each with its numbers beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from modelspec.report.axes import Axis
from modelspec.report.curves import axes_drawn
from modelspec.report.markup import Html, element, together
from modelspec.report.names import readable
from modelspec.report.numbers import counted, exact, percent, short
from modelspec.report.ranking import (
    Ranking,
    calibration,
    corners,
    mean_roc,
    rankings,
)
from modelspec.report.tables import plain_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelspec.report.contents import Numbers, Scores
    from modelspec.report.ranking import Calibration

MOST_LINES = 20
"""Of more classes, the curves of those with the smallest areas are drawn."""
MOST_ROWS = 12
MOST_CLASSES = 1000
"""Of more classes, there are no curves."""
MOST_HINTS = 24
SIZE, LEFT, RIGHT, TOP, BOTTOM = 340, 50, 330, 12, 296
LOW_HEIGHT, LOW = 96, 66


def scores_drawn(names: Sequence[str], scores: Scores | None) -> Html | None:
    """The curves of an output's scores.

    Args:
        names: Of the classes or labels.
        scores: What it says for each; None for nothing.
    """
    if scores is None or not len(scores.values):
        return None
    reliability = _reliability(names, scores) if scores.probabilities else None
    if len(names) > MOST_CLASSES:
        figures: list[Html | None] = [
            _soft(f"Of more than {MOST_CLASSES:,} classes no curves are drawn."),
            reliability,
        ]
    else:
        *curves, numbers = _ranked(names, scores)
        figures = [*curves, reliability, element("div", numbers, class_="whole")]
    return together(_drawn_from(scores), element("div", *figures, class_="plots"))


def _drawn_from(scores: Scores) -> Html | None:
    taken = len(scores.values)
    if taken == scores.of:
        return None
    return _soft(f"Curves from {taken:,} of the {scores.of:,}, drawn at random.")


def _ranked(names: Sequence[str], scores: Scores) -> list[Html | None]:
    """ROC and precision-recall curves, and last the areas under them."""
    found = rankings(scores)
    if not found:
        told = "No ROC or precision-recall curve: all rows are of one class."
        if not scores.one_of_several:
            told = "No ROC or precision-recall curve: each label is always or never true."
        return [_soft(told)]
    areas = {number: _Areas(each.auc(), each.average_precision()) for number, each in found.items()}
    worst = sorted(found, key=lambda number: (areas[number].roc, number))
    shown = {number: found[number] for number in sorted(worst[:MOST_LINES])}
    single = scores.one_of_several and scores.values.shape[1] == 1
    if single:
        numbers, kind = _facts(names, found[1], areas[1]), ""
    else:
        numbers, kind = _area_table(names, found, areas, worst), _kind(len(shown), len(found))
    mean = element("span", "mean", class_="key validation") if len(found) > 1 else None
    return [
        _figure("ROC", kind, _roc(names, shown, found), mean),
        _figure("precision-recall", kind, _precision_recall(names, shown)),
        numbers,
    ]


@dataclass(frozen=True, slots=True)
class _Areas:
    """Under the ROC curve, and the average precision."""

    roc: float
    precision: float


def _kind(shown: int, of: int) -> str:
    if shown == of:
        return ", each against the rest"
    return f", {shown} of {of} against the rest: those of the smallest areas"


def _figure(name: str, more: str, drawing: Html, key: Html | None = None) -> Html:
    told = element("span", element("b", name), more)
    return element("figure", element("figcaption", told, key), drawing)


def _soft(text: str) -> Html:
    return element("p", text, class_="soft")


def _unit_axes() -> tuple[Axis, Axis]:
    return Axis(0, 1, LEFT, RIGHT), Axis(0, 1, BOTTOM, TOP)


def _path(x: Numbers, y: Numbers, *, stairs: bool = False) -> str:
    """A line through points between 0 and 1; with stairs, up or down first, then across."""
    across, up = _unit_axes()
    places = [(across.at(a), up.at(b)) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    start, rest = places[0], places[1:]
    steps = [f"V{b:.1f}H{a:.1f}" if stairs else f"L{a:.1f} {b:.1f}" for a, b in rest]
    return f"M{start[0]:.1f} {start[1]:.1f}{''.join(steps)}"


def _square(children: Sequence[Html], below: str, beside: str, label: str) -> Html:
    return element(
        "svg",
        *axes_drawn(*_unit_axes()),
        *children,
        element("text", below, x=RIGHT, y=SIZE - 12, class_="tick end"),
        element("text", beside, x=LEFT, y=TOP - 12, class_="tick"),
        viewBox=f"0 -12 {SIZE} {SIZE + 4}",
        role="img",
        aria_label=label,
    )


def _roc(names: Sequence[str], shown: Mapping[int, Ranking], found: Mapping[int, Ranking]) -> Html:
    several = len(found) > 1
    drawn = [
        element("path", d=f"M{LEFT} {BOTTOM}L{RIGHT} {TOP}", class_="ideal"),
    ]
    for number, each in shown.items():
        kept = corners(np.append(0, each.alarms), np.append(0, each.found))
        x, y = each.roc()
        line = _class_line(_path(x[kept], y[kept]), several=several)
        drawn.append(element("g", element("title", readable(names[number])), line))
        if not several:
            drawn += _hints(each)
    if several:
        x, y = mean_roc(list(found.values()))
        drawn.append(element("path", d=_path(x, y), class_="line validation"))
    return _square(drawn, "false positive rate", "true positive rate", "ROC curve")


def _class_line(path: str, *, several: bool) -> Html:
    return element("path", d=path, class_="line one" if several else "line")


def _hints(each: Ranking) -> list[Html]:
    """Points that tell the threshold at which they lie."""
    across, up = _unit_axes()
    kept = corners(each.alarms, each.found, MOST_HINTS)
    dots = []
    for at in kept.tolist():
        found, alarms = int(each.found[at]), int(each.alarms[at])
        told = (
            f"threshold {short(float(each.thresholds[at]))}\n"
            f"found {percent(found, each.positives)} ({found:,} of {each.positives:,})\n"
            f"false alarms {percent(alarms, each.negatives)} ({alarms:,} of {each.negatives:,})"
        )
        x, y = across.at(alarms / each.negatives), up.at(found / each.positives)
        dots.append(element("circle", element("title", told), cx=x, cy=y, r=3, class_="dot"))
    return dots


def _precision_recall(names: Sequence[str], shown: Mapping[int, Ranking]) -> Html:
    drawn = []
    for number, each in shown.items():
        recall, precision = each.precision_recall()
        kept = corners(recall, precision)
        x = np.concatenate([[0.0], recall[kept]])
        y = np.concatenate([precision[kept][:1], precision[kept]])
        line = _class_line(_path(x, y, stairs=True), several=len(shown) > 1)
        drawn.append(element("g", element("title", readable(names[number])), line))
    return _square(drawn, "recall", "precision", "precision-recall curve")


def _facts(names: Sequence[str], each: Ranking, areas: _Areas) -> Html:
    """What stands beside the curves of two classes."""
    rows = {
        "area under ROC": exact(areas.roc, "dd"),
        "average precision": exact(areas.precision, "dd"),
        f"rows of {readable(names[1])}": element("dd", f"{each.positives:,}"),
        f"rows of {readable(names[0])}": element("dd", f"{each.negatives:,}"),
    }
    return element(
        "dl",
        *(element("div", element("dt", name), value) for name, value in rows.items()),
        class_="facts",
    )


def _area_table(
    names: Sequence[str],
    found: Mapping[int, Ranking],
    areas: Mapping[int, _Areas],
    worst: Sequence[int],
) -> Html:
    """The areas of each class, of many those of the smallest."""
    listed = sorted(worst[:MOST_ROWS]) if len(found) <= MOST_ROWS else worst[:MOST_ROWS]
    rows = [
        (
            readable(names[number]),
            element("td", f"{found[number].positives:,}"),
            exact(areas[number].roc, "td"),
            exact(areas[number].precision, "td"),
        )
        for number in listed
    ]
    means = [
        float(np.mean([getattr(each, name) for each in areas.values()]))
        for name in ("roc", "precision")
    ]
    macro = ("macro average", element("td"), *(exact(mean, "td") for mean in means))
    head = ("", "rows", "area under ROC", "average precision")
    absent = len(names) - len(found)
    more = (
        f"{counted(absent, 'class', 'classes')} without a curve: in no row, or in all"
        if absent
        else None
    )
    left = len(found) - len(listed)
    rest = f"and {left:,} more with larger areas" if left else None
    return together(
        plain_table(head, [macro, *rows]),
        _soft(rest) if rest else None,
        _soft(more) if more else None,
    )


def _reliability(names: Sequence[str], scores: Scores) -> Html:
    """What came true of predictions of each probability, and how many there are."""
    found = calibration(scores)
    across, up = _unit_axes()
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
    line = element("path", d=_path(found.predicted[some], found.observed[some]), class_="line one")
    ideal = element("path", d=f"M{LEFT} {BOTTOM}L{RIGHT} {TOP}", class_="ideal")
    if not scores.one_of_several:
        what = "of all labels"
    elif scores.values.shape[1] > 1:
        what = "of the class predicted"
    else:
        what = f"of {readable(names[1])}"
    drawing = _square([ideal, line, *dots], "predicted", "observed", "reliability diagram")
    error = element(
        "p", "expected calibration error ", exact(found.expected_error(), "b"), class_="soft"
    )
    caption = element(
        "figcaption", element("span", element("b", "calibration"), f", probability {what}")
    )
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
