"""Each path by itself: what trials came to by the value that they had there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.report.axes import axis_of
from modelspec.report.curves import BOTTOM, LEFT, RIGHT, TOP, grid_drawn, plot_drawn
from modelspec.report.markup import Html, element
from modelspec.report.study.marks import across_drawn, dot
from modelspec.report.study.scale import scale_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.report.study.contents import Column, Objective, StudyContents, TrialContents

MOST_SLICES = 24
_SPREAD = 0.6
"""How much of the room of a choice its dots take, side by side."""


def slices_drawn(contents: StudyContents, objective: Objective) -> list[Html]:
    """A chart for each path, those that matter most first."""
    worth = contents.importance if not isinstance(contents.importance, str) else {}
    columns = sorted(contents.columns, key=lambda each: -worth.get(each.path, 0.0))
    drawn = (_slice(contents, objective, column) for column in columns[:MOST_SLICES])
    return [each for each in drawn if each is not None]


def _slice(contents: StudyContents, objective: Objective, column: Column) -> Html | None:
    shown = [
        (each, value)
        for each in contents.trials
        if column.path in each.values
        and (value := each.value(objective.name)) is not None
        and each.status in ("complete", "pruned")
    ]
    if not shown:
        return None
    shown.sort(key=lambda pair: pair[0].status == "complete")
    scale = scale_of(column, LEFT, RIGHT, room=0.04)
    up = axis_of([value for _, value in shown], BOTTOM, TOP, may_be_log=True)
    places = _places(column, [each for each, _ in shown])
    children = [
        *grid_drawn(up, LEFT, RIGHT),
        *across_drawn(scale),
        *(
            dot(contents, each, scale.at(each.values[column.path]) + beside, up.at(value))
            for (each, value), beside in zip(shown, places, strict=True)
        ),
    ]
    log = element("span", "logarithmic") if column.log else None
    return plot_drawn(column.path, [log] if log else [], children, "")


def _places(column: Column, trials: Sequence[TrialContents]) -> list[float]:
    """How far each dot stands beside its choice, so that they do not hide each other."""
    if not column.choices:
        return [0.0] * len(trials)
    room = (RIGHT - LEFT) / len(column.choices) * _SPREAD
    found: dict[int, float] = {}
    for choice in column.choices:
        own = sorted(each.number for each in trials if each.values[column.path] == choice)
        for place, number in enumerate(own):
            found[number] = room * ((place + 0.5) / len(own) - 0.5)
    return [found[each.number] for each in trials]
