"""Where the values of a column lie on an axis, and what stands beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelspec.report.axes import Axis, axis_of, tick_text

if TYPE_CHECKING:
    from modelspec.report.study.contents import Column

MOST_CHOICES = 14
"""Of more choices, some stand beside the axis."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A column along an axis."""

    axis: Axis
    choices: tuple[str, ...] = ()
    whole: bool = False

    def at(self, value: Any) -> float:
        """Where a value lies, in pixels."""
        return self.axis.at(self.choices.index(value) if self.choices else value)

    def ticks(self, most: int = 6) -> list[tuple[float, str]]:
        """Places with what stands beside them."""
        if not self.choices:
            values = self.axis.ticks(most)
            return [
                (self.axis.at(value), tick_text(value))
                for value in values
                if not self.whole or value == round(value)
            ]
        step = -(-len(self.choices) // MOST_CHOICES)
        return [
            (self.axis.at(index), text) for index, text in list(enumerate(self.choices))[::step]
        ]


def scale_of(column: Column, start: float, stop: float, *, room: float = 0.0) -> Scale:
    """The scale of a column.

    Args:
        column: What is searched over.
        start: Where it begins, in pixels.
        stop: Where it ends.
        room: How much of a range is left free at both ends.
    """
    if column.choices:
        return Scale(Axis(-0.5, len(column.choices) - 0.5, start, stop), column.choices)
    low, high = column.low, column.high
    if low >= high:
        return Scale(axis_of([low], start, stop), whole=column.whole)
    if column.log:
        factor = (high / low) ** room
        return Scale(
            Axis(low / factor, high * factor, start, stop, logarithmic=True), whole=column.whole
        )
    free = (high - low) * room
    return Scale(Axis(low - free, high + free, start, stop), whole=column.whole)


def beginning(text: str, most: int) -> str:
    """A text in so many characters, its end cut off."""
    return text if len(text) <= most else text[: most - 1] + "…"


def lines_of(path: str, most: int, lines: int = 3) -> list[str]:
    """A path in a few lines, broken at its dots; what does not fit is cut off at its beginning.

    Args:
        path: As of `--set`: its end tells most.
        most: How many characters a line has.
        lines: How many there are.
    """
    found: list[str] = []
    for part in reversed(path.split(".")):
        joined = f"{part}.{found[0]}" if found else part
        if found and len(joined) <= most:
            found[0] = joined
        else:
            found.insert(0, part)
    left_out = found[:-lines]
    shown = [part if len(part) <= most else "…" + part[1 - most :] for part in found[-lines:]]
    if left_out:
        shown[0] = "…" + shown[0].removeprefix("…")[-(most - 1) :]
    return shown
