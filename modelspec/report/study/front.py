"""Two objectives against each other, and the trials that no other one is better than in both."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from modelspec.report.axes import axis_of
from modelspec.report.curves import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    axes_drawn,
    nothing_drawn,
    plot_drawn,
)
from modelspec.report.markup import Html, element
from modelspec.report.study.marks import dot, key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.report.axes import Axis
    from modelspec.report.study.contents import Objective, StudyContents, TrialContents

MOST_PAIRS = 10


def fronts_drawn(contents: StudyContents) -> list[Html]:
    """A chart for each two objectives."""
    pairs = list(combinations(contents.objectives, 2))
    return [_pair(contents, below, beside) for beside, below in pairs[:MOST_PAIRS]]


def _pair(contents: StudyContents, below: Objective, beside: Objective) -> Html:
    shown = [
        (each, x, y)
        for each in contents.trials
        if (x := each.value(below.name)) is not None and (y := each.value(beside.name)) is not None
    ]
    if not shown:
        return nothing_drawn(f"{beside.name} against {below.name}", [], "no trial was measured")
    across = axis_of([x for _, x, _ in shown], LEFT, RIGHT, may_be_log=True)
    up = axis_of([y for _, _, y in shown], BOTTOM, TOP, may_be_log=True)
    front = [one for one in shown if one[0].number in contents.front]
    others = [one for one in shown if one[0].number not in contents.front]
    keys = [key("front", "validation disc"), key("others", "train disc")]
    if contents.of_status("pruned"):
        keys.append(key("pruned", "ring"))
    children = [
        *axes_drawn(across, up),
        _stairs(front, below, across, up) if len(contents.objectives) == 2 else None,
        *(dot(contents, each, across.at(x), up.at(y)) for each, x, y in others),
        *_on_front(contents, front, across, up),
    ]
    return plot_drawn(beside.name, keys, children, f"{below.name} ({_way(below)})")


def _way(objective: Objective) -> str:
    return "more is better" if objective.higher else "less is better"


def _on_front(
    contents: StudyContents, front: list[tuple[TrialContents, float, float]], across: Axis, up: Axis
) -> Iterator[Html]:
    for each, x, y in front:
        yield element("g", dot(contents, each, across.at(x), up.at(y)), class_="front")


def _stairs(
    front: list[tuple[TrialContents, float, float]],
    below: Objective,
    across: Axis,
    up: Axis,
) -> Html | None:
    """Where the front runs: on its other side nothing was found."""
    places = sorted({(across.at(x), up.at(y)) for _, x, y in front})
    if len(places) < 2:
        return None
    first = "V" if below.higher else "H"  # a step goes where the worse of both points meet
    path = f"M{places[0][0]:.1f} {places[0][1]:.1f}"
    for x, y in places[1:]:
        path += f"V{y:.1f}H{x:.1f}" if first == "V" else f"H{x:.1f}V{y:.1f}"
    return element("path", d=path, class_="ideal")
