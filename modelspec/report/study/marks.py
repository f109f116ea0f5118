"""What the charts of a study have in common: the marks of trials, and what they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.report.curves import BOTTOM
from modelspec.report.markup import Html, element
from modelspec.report.numbers import short
from modelspec.report.study.scale import beginning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.report.study.contents import StudyContents, TrialContents
    from modelspec.report.study.scale import Scale

FEW = 80
"""More trials have smaller marks."""


def dot(contents: StudyContents, trial: TrialContents, x: float, y: float) -> Html:
    """The mark of a measured trial, which tells what it is."""
    big = len(contents.trials) <= FEW
    kind = {"complete": "", "pruned": " pruned", "failed": " failed"}.get(trial.status, " running")
    radius = 3.6 if big else 2.4
    if trial.number == contents.best:
        kind, radius = kind + " top", radius + 1.6
    return element(
        "circle",
        element("title", tip(contents, trial)),
        cx=x,
        cy=y,
        r=radius,
        class_=f"dot trial{kind}",
    )


def cross(contents: StudyContents, trial: TrialContents, x: float, y: float) -> Html:
    """The mark of a trial that has no value."""
    path = f"M{x - 3:.1f} {y - 3:.1f}l6 6m0 -6l-6 6"
    return element(
        "g",
        element("title", tip(contents, trial)),
        element("path", d=path, class_="cross"),
        element("circle", cx=x, cy=y, r=5, class_="strip"),
    )


def tip(contents: StudyContents, trial: TrialContents) -> str:
    """What is told of a trial to whoever points at it."""
    lines = [f"trial {trial.number}" + ("" if trial.status == "complete" else f", {trial.status}")]
    lines += [
        f"{each.name} {short(trial.objectives[each.name])}"
        for each in contents.objectives
        if each.name in trial.objectives
    ]
    lines += [f"{path}: {value_text(value)}" for path, value in trial.values.items()]
    return "\n".join([*lines, trial.why] if trial.why else lines)


def value_text(value: object) -> str:
    """A value of a column as it is read: choices are texts already."""
    return short(value) if isinstance(value, int | float) else str(value)


def across_drawn(scale: Scale, most: int = 11) -> Iterator[Html]:
    """What stands below a chart: round numbers, or choices, each in the room that it has."""
    ticks = scale.ticks(5)
    room = (scale.axis.stop - scale.axis.start) / max(1, len(ticks))
    letters = max(3, min(int(room / 6.2), 60)) if scale.choices else most
    for x, text in ticks:
        shown = beginning(text, letters)
        title = element("title", text) if shown != text else None
        yield element("text", title, shown, x=x, y=BOTTOM + 17, class_="tick middle")


def key(name: str, kind: str) -> Html:
    """What a mark means, beside the name of a chart."""
    return element("span", name, class_=f"key {kind}")
