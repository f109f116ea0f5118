"""What the epochs of the best trials measured, and how far the pruned ones came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.report.curves import Line, chart_drawn, finite_points, line_drawn
from modelspec.report.markup import Html, element
from modelspec.report.study.marks import key, tip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.report.axes import Axis
    from modelspec.report.study.contents import Objective, StudyContents

MOST_BEST = 8
MOST_PRUNED = 80


def epochs_drawn(contents: StudyContents, objective: Objective) -> Html | None:
    """A line for each of the best trials, faint ones for the pruned; None where none has epochs."""
    best = [contents.by_number[number] for number in contents.ordered[:MOST_BEST]]
    best.sort(key=lambda each: each.number == contents.best)  # the best lies on top
    pruned = contents.of_status("pruned")
    lines = [
        (each, Line(_kind(each.number == contents.best, each.status), points))
        for each in [*pruned[:MOST_PRUNED], *best]
        if (points := finite_points(objective.name, each.history))
    ]
    if not lines:
        return None

    def inside(across: Axis, up: Axis) -> Iterator[Html | None]:
        for each, line in lines:
            yield element("g", element("title", tip(contents, each)), line_drawn(line, across, up))

    keys = (
        [key("best", "validation")] if contents.best in {each.number for each, _ in lines} else []
    )
    others = len(best) - len(keys)
    if others > 0:
        keys.append(key(f"next {others}" if keys else "best", "train"))
    if pruned:
        shown = f"{MOST_PRUNED} of {len(pruned)} pruned" if pruned[MOST_PRUNED:] else "pruned"
        keys.append(key(shown, "pruned"))
    points = [point for _, line in lines for point in line.points]
    return chart_drawn(f"{objective.name} of the best", keys, points, inside)


def _kind(is_best: bool, status: str) -> str:
    if status == "pruned":
        return "pruned"
    return "validation" if is_best else "train one"
