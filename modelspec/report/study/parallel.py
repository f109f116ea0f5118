"""Parallel coordinates: an axis for each path, and a line for each trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.report.axes import axis_of
from modelspec.report.markup import Html, element, together
from modelspec.report.study.marks import key, tip
from modelspec.report.study.scale import Scale, beginning, lines_of, scale_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelspec.report.study.contents import StudyContents, TrialContents

APART, FAR_APART = 138, 240
"""Pixels between two axes, where there are many and where there are few."""
LEFT, RIGHT, TOP, BOTTOM, HEIGHT = 60, 92, 70, 326, 362
ABSENT = 348
"""Where the lines pass that have no value at an axis, below it."""
MOST_LINES = 400
EMPHASISED = 5
_LETTER = 6.3
"""How wide a letter is, in pixels."""


def parallel_drawn(contents: StudyContents) -> Html:
    """A line for each trial that was measured through its value at each path; the best on top.

    The lines of trials in which a path is not searched over pass below its axis.
    """
    shown = _shown(contents)
    if not shown or not contents.columns:
        return element("p", "No trial came to its end.", class_="soft")
    axes = _axes(contents, shown)
    apart = max(APART, min(FAR_APART, 760 // (len(axes) - 1)))
    places = [LEFT + apart * number for number in range(len(axes))]
    width = places[-1] + RIGHT
    drawing = element(
        "svg",
        *(child for x, axis in zip(places, axes, strict=True) for child in axis.drawn(x)),
        *(_line(contents, each, axes, places) for each in shown),
        *(child for x, axis in zip(places, axes, strict=True) for child in axis.texts(x)),
        viewBox=f"0 0 {width} {HEIGHT}",
        role="img",
        aria_label="parallel coordinates of the trials",
        style=f"min-width:{width * 0.82:.0f}px;max-width:{width * 1.25:.0f}px",
    )
    first = contents.objectives[0].name
    keys = element(
        "p",
        key(f"best {min(EMPHASISED, len(shown))}", "validation"),
        key(f"others, the stronger the better by {first}", "train")
        if len(shown) > EMPHASISED
        else None,
        class_="keys",
    )
    left = len(contents.ordered) - len(shown)
    more = element("p", f"and {left:,} more, which are worse", class_="soft") if left > 0 else None
    scroll = element("div", drawing, class_="scroll", tabindex=0)
    return together(element("div", keys, scroll, class_="card parallel"), more)


def _shown(contents: StudyContents) -> list[TrialContents]:
    """Those that came to their end, the best last: it is drawn on top."""
    return [contents.by_number[number] for number in reversed(contents.ordered[:MOST_LINES])]


class _Drawn:
    """An axis with its name."""

    def __init__(self, name: str, scale: Scale, values: dict[int, Any]) -> None:
        self.name, self.scale, self.values = name, scale, values
        self.is_objective = self.is_partial = False

    def at(self, trial: TrialContents) -> float:
        """Where a trial's line meets it, or passes below it."""
        value = self.values.get(trial.number)
        return ABSENT if value is None else self.scale.at(value)

    def drawn(self, x: float) -> Iterator[Html]:
        """The line."""
        yield element("line", x1=x, x2=x, y1=TOP, y2=BOTTOM, class_="rule axis")

    def texts(self, x: float) -> Iterator[Html]:
        """Its name, and its values beside it."""
        kind = "tip" if self.is_objective else "tick"
        lines = lines_of(self.name, int((APART - 4) / _LETTER))
        for place, text in enumerate(reversed(lines)):
            title = element("title", self.name)
            above = TOP - 20 - 13 * place
            yield element("text", title, text, x=x, y=above, class_=f"{kind} middle")
        for y, text in self.scale.ticks(5):
            short = beginning(text, int((APART - 22) / _LETTER))
            told = element("title", text) if short != text else None
            yield element("line", x1=x - 3, x2=x + 3, y1=y, y2=y, class_="rule axis")
            yield element("text", told, short, x=x + 6, y=y + 3.5, class_="tick halo")
        if self.is_partial:
            yield element("text", "not searched", x=x + 6, y=ABSENT + 3.5, class_="tick halo faint")
        if self.scale.axis.logarithmic:
            yield element("text", "logarithmic", x=x, y=TOP - 8, class_="tick middle faint")


def _axes(contents: StudyContents, shown: Sequence[TrialContents]) -> list[_Drawn]:
    found: list[_Drawn] = []
    for column in contents.columns:
        values = {e.number: e.values[column.path] for e in shown if column.path in e.values}
        if not values:
            continue
        axis = _Drawn(column.path, scale_of(column, BOTTOM, TOP), values)
        axis.is_partial = len(values) < len(shown)
        found.append(axis)
    for objective in contents.objectives:
        values = {each.number: each.objectives[objective.name] for each in shown}
        scale = Scale(axis_of(list(values.values()), BOTTOM, TOP, may_be_log=True))
        axis = _Drawn(objective.name, scale, values)
        axis.is_objective = True
        found.append(axis)
    return found


def _line(
    contents: StudyContents, trial: TrialContents, axes: Sequence[_Drawn], places: Sequence[float]
) -> Html:
    place = contents.ordered.index(trial.number)
    kind = "validation" if place < EMPHASISED else "shade"
    path = "L".join(f"{x:.0f} {axis.at(trial):.1f}" for x, axis in zip(places, axes, strict=True))
    return element(
        "path",
        element("title", tip(contents, trial)),
        d=f"M{path}",
        class_=f"line {kind}",
        style=f"--v:{contents.shades[trial.number]:.3f}",
    )
