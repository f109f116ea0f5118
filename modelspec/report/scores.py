"""How well an output tells classes apart, and whether its probabilities can be taken at their word.

ROC, precision-recall and reliability, each with its numbers beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from modelspec.report.markup import Html, element, together
from modelspec.report.names import readable
from modelspec.report.numbers import counted, exact, percent, short
from modelspec.report.ranking import Ranking, corners, mean_roc, rankings
from modelspec.report.reliability import reliability_drawn
from modelspec.report.tables import plain_table
from modelspec.report.unit_square import DIAGONAL, path_of, square_drawn, unit_axes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelspec.report.contents import Scores

MOST_LINES = 20
"""Of more classes, the curves of those with the smallest areas are drawn."""
MOST_ROWS = 12
MOST_CLASSES = 1000
"""Of more classes, there are no curves."""
MOST_HINTS = 24


def scores_drawn(names: Sequence[str], scores: Scores | None) -> Html | None:
    """The curves of an output's scores.

    Args:
        names: Of the classes or labels.
        scores: What it says for each; None for nothing.
    """
    if scores is None or not len(scores.values):
        return None
    reliability = reliability_drawn(names, scores) if scores.probabilities else None
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


def _roc(names: Sequence[str], shown: Mapping[int, Ranking], found: Mapping[int, Ranking]) -> Html:
    several = len(found) > 1
    drawn = [
        DIAGONAL,
    ]
    for number, each in shown.items():
        kept = corners(np.append(0, each.alarms), np.append(0, each.found))
        x, y = each.roc()
        line = _class_line(path_of(x[kept], y[kept]), several=several)
        drawn.append(element("g", element("title", readable(names[number])), line))
        if not several:
            drawn += _hints(each)
    if several:
        x, y = mean_roc(list(found.values()))
        drawn.append(element("path", d=path_of(x, y), class_="line validation"))
    return square_drawn(drawn, "false positive rate", "true positive rate", "ROC curve")


def _class_line(path: str, *, several: bool) -> Html:
    return element("path", d=path, class_="line one" if several else "line")


def _hints(each: Ranking) -> list[Html]:
    """Points that tell the threshold at which they lie."""
    across, up = unit_axes()
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
        line = _class_line(path_of(x, y, stairs=True), several=len(shown) > 1)
        drawn.append(element("g", element("title", readable(names[number])), line))
    return square_drawn(drawn, "recall", "precision", "precision-recall curve")


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
