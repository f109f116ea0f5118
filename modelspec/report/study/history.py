"""What each trial came to, in the order in which they were chosen, and the best so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.report.axes import Axis, axis_of
from modelspec.report.curves import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    below_drawn,
    grid_drawn,
    nothing_drawn,
    plot_drawn,
)
from modelspec.report.markup import Html, element
from modelspec.report.study.marks import cross, dot, key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.report.study.contents import Objective, StudyContents, TrialContents

_ROOM = 14
"""How far above the lower edge the least value lies: trials without a value stand below it."""


def history_drawn(contents: StudyContents, objective: Objective) -> Html:
    """A mark for each trial, and the best so far as a line of steps."""
    measured = [
        (each, value)
        for each in contents.trials
        if (value := each.value(objective.name)) is not None
    ]
    keys = list(_keys(contents, measured))
    if not measured:
        return nothing_drawn(objective.name, [], "no trial was measured")
    first, last = contents.trials[0].number, contents.trials[-1].number
    across = Axis(first - 0.5, last + 0.5, LEFT, RIGHT)
    bare = len(measured) < len(contents.trials)
    floor = BOTTOM - _ROOM if bare else BOTTOM
    up = axis_of([value for _, value in measured], floor, TOP, may_be_log=True)
    children = [
        *grid_drawn(up, LEFT, RIGHT),
        *below_drawn(across, BOTTOM, whole=True),
        _best_so_far(measured, objective, across, up),
        *_without_value(contents, objective, across),
        *(dot(contents, each, across.at(each.number), up.at(value)) for each, value in measured),
    ]
    return plot_drawn(objective.name, keys, children, "trial")


def _keys(contents: StudyContents, measured: list[tuple[TrialContents, float]]) -> Iterator[Html]:
    yield key("best so far", "validation")
    there = {each.status for each, _ in measured}
    if "pruned" in there:
        yield key("pruned", "ring")
    if len(measured) < len(contents.trials):
        yield key("no value", "none")


def _best_so_far(
    measured: list[tuple[TrialContents, float]], objective: Objective, across: Axis, up: Axis
) -> Html | None:
    best: float | None = None
    steps: list[str] = []
    for each, value in measured:
        if each.status != "complete":
            continue
        if best is None:
            steps.append(f"M{across.at(each.number):.1f},{up.at(value):.1f}")
            best = value
        elif value > best if objective.higher else value < best:
            steps.append(f"H{across.at(each.number):.1f}V{up.at(value):.1f}")
            best = value
    if not steps:
        return None
    return element("path", d="".join([*steps, f"H{RIGHT}"]), class_="line validation")


def _without_value(contents: StudyContents, objective: Objective, across: Axis) -> Iterator[Html]:
    for each in contents.trials:
        if each.value(objective.name) is None and each.status != "running":
            yield cross(contents, each, across.at(each.number), BOTTOM - 4)
