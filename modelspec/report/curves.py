"""What every epoch measured, as line charts of training and validation."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from modelspec.report.axes import Axis, axis_of, tick_text
from modelspec.report.markup import Html, element, together
from modelspec.report.numbers import short
from modelspec.training.callback import LEARNING_RATE, measured_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

MOST_CHARTS = 60
MOST_LINES = 20
"""How many classes a chart has lines of."""
MOST_POINTS = 400
"""A longer line is drawn by the least and the greatest value of each stretch."""
MOST_HINTS = 120
"""How many epochs of a chart can be pointed at."""
WIDTH, HEIGHT = 420, 244
LEFT, RIGHT, TOP, BOTTOM = 50, 408, 22, 206
VALIDATION = "val_"

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart.

    Attributes:
        name: `train`, `validation`.
        points: Epochs and values, all finite.
    """

    name: str
    points: list[Point]


def charts(history: Sequence[dict[str, float]], best_epoch: int | None) -> Html:
    """One chart for each logged value; a value of the validation rows joins that of training.

    The values of a metric that has one a class, `f1_score_0`, `f1_score_1`, share a chart. A
    learning rate that never changes has none.
    """
    names = dict.fromkeys(
        key.removeprefix(VALIDATION) for row in history for key in measured_keys(row)
    )
    if len({row.get(LEARNING_RATE) for row in history}) > 1:
        names[LEARNING_RATE] = None
    kinds = families(names)
    drawn = [
        _chart(members[0], history, best_epoch)
        if len(members) == 1
        else _family(name, members, history)
        for name, members in list(kinds.items())[:MOST_CHARTS]
    ]
    left = len(kinds) - MOST_CHARTS
    more = element("p", f"and {left} more in history.csv", class_="soft") if left > 0 else None
    return together(element("div", *drawn, class_="charts"), more)


def families(names: Iterable[str]) -> dict[str, list[str]]:
    """Names that differ only in the number at their end, by what they share; others alone."""
    found: dict[str, list[str]] = {}
    for name in names:
        stem, _, number = name.rpartition("_")
        found.setdefault(stem if number.isdigit() else name, []).append(name)
    return found


def _chart(name: str, history: Sequence[dict[str, float]], best_epoch: int | None) -> Html:
    lines = [
        Line(label, finite_points(key, history))
        for label, key in (("train", name), ("validation", VALIDATION + name))
        if any(key in row for row in history)
    ]
    keys = [element("span", line.name, class_=f"key {line.name}") for line in lines]

    def inside(across: Axis, up: Axis) -> Iterator[Html | None]:
        yield _best(across, best_epoch, lines)
        yield from (line_drawn(line, across, up) for line in lines)
        yield from _hints(lines, across, up)

    return chart_drawn(name, keys, [point for line in lines for point in line.points], inside)


def _family(name: str, members: list[str], history: Sequence[dict[str, float]]) -> Html:
    """A thin line for each, of the validation rows where there are any."""
    validated = any(VALIDATION + members[0] in row for row in history)
    part, prefix = ("validation", VALIDATION) if validated else ("train", "")
    lines = [Line(each, finite_points(prefix + each, history)) for each in members[:MOST_LINES]]
    told = f"{part}, " + (f"{len(lines)} of {len(members)}" if members[MOST_LINES:] else "each")
    keys = [element("span", f"{told} class", class_=f"key {part}")]

    def inside(across: Axis, up: Axis) -> Iterator[Html | None]:
        for line in lines:
            if line.points:
                drawn = line_drawn(Line(f"{part} one", line.points), across, up)
                title = element("title", f"{line.name}, in the end {short(line.points[-1][1])}")
                yield element("g", title, drawn)

    return chart_drawn(name, keys, [point for line in lines for point in line.points], inside)


def chart_drawn(
    name: str,
    keys: Sequence[Html],
    points: Sequence[Point],
    inside: Callable[[Axis, Axis], Iterator[Html | None]],
) -> Html:
    """A chart around all points.

    Args:
        name: What is drawn.
        keys: What the lines are, beside the name.
        points: All epochs and values, which have room.
        inside: Draws the lines, given the axes.
    """
    if not points:
        return nothing_drawn(name, keys, "no finite value")
    across = _epochs(points)
    up = axis_of([value for _, value in points], BOTTOM, TOP, may_be_log=True)
    return plot_drawn(name, keys, [*axes_drawn(across, up, whole=True), *inside(across, up)])


def plot_drawn(
    name: str, keys: Sequence[Html], children: Sequence[Html | None], below: str = "epoch"
) -> Html:
    """A figure of what is drawn into a chart.

    Args:
        name: What stands up.
        keys: What the marks are, beside the name.
        children: Axes and marks.
        below: What stands across.
    """
    drawing = element(
        "svg",
        *children,
        element("text", below, x=RIGHT, y=HEIGHT - 4, class_="tick end"),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=f"{name} by {below}",
    )
    return element("figure", _caption(name, keys), drawing, class_="card chart")


def nothing_drawn(name: str, keys: Sequence[Html], why: str) -> Html:
    """A figure that says why there is no chart."""
    return element(
        "figure", _caption(name, keys), element("p", why, class_="soft"), class_="card chart"
    )


def _caption(name: str, keys: Sequence[Html]) -> Html:
    return element("figcaption", element("b", name), element("span", *keys, class_="keys"))


def finite_points(key: str, history: Sequence[dict[str, float]]) -> list[Point]:
    """The epochs and values of what is logged, those left out that are no finite number."""
    found = [(row["epoch"], row[key]) for row in history if key in row]
    return [point for point in found if isfinite(point[1])]


def _epochs(points: Sequence[Point]) -> Axis:
    first, last = min(points)[0], max(points)[0]
    return Axis(*((first, last) if first < last else (first - 0.5, last + 0.5)), LEFT, RIGHT)


def axes_drawn(across: Axis, up: Axis, *, whole: bool = False, most: int = 6) -> Iterator[Html]:
    """Grid lines with the values that they stand for.

    Args:
        across: From left to right.
        up: From below.
        whole: Whether only whole numbers stand across.
        most: How many grid lines there are at most.
    """
    yield from grid_drawn(up, across.start, across.stop, most)
    yield from below_drawn(across, up.start, whole=whole)


def below_drawn(across: Axis, low: float, *, whole: bool = False) -> Iterator[Html]:
    """The values below a chart whose lower edge is at `low`."""
    for value in across.ticks():
        if not whole or value == round(value):
            x = across.at(value)
            yield element("text", tick_text(value), x=x, y=low + 17, class_="tick middle")


def grid_drawn(up: Axis, left: float, right: float, most: int = 6) -> Iterator[Html]:
    """Grid lines of the axis from below alone."""
    for value in up.ticks(most):
        y = up.at(value)
        yield element("line", x1=left, x2=right, y1=y, y2=y, class_="grid")
        yield element("text", tick_text(value), x=left - 7, y=y + 3.5, class_="tick end")
    if up.logarithmic:
        yield element("text", "logarithmic", x=left, y=TOP - 9, class_="tick")


def _best(across: Axis, epoch: int | None, lines: Sequence[Line]) -> Html | None:
    if epoch is None or len(lines[0].points) < 2:
        return None
    x = across.at(epoch)
    return together(
        element("line", x1=x, x2=x, y1=TOP, y2=BOTTOM, class_="best"),
        element("title", f"best epoch: {epoch}"),
    )


def line_drawn(line: Line, across: Axis, up: Axis) -> Html | None:
    """A line, or a dot where there is but one point."""
    found = [(across.at(epoch), up.at(value)) for epoch, value in thinned(line.points)]
    if len(found) == 1:
        return element("circle", cx=found[0][0], cy=found[0][1], r=3.5, class_=f"dot {line.name}")
    path = "L".join(f"{x:.1f},{y:.1f}" for x, y in found)
    return element("path", d=f"M{path}", class_=f"line {line.name}") if found else None


def thinned(points: Sequence[Point], most: int = MOST_POINTS) -> list[Point]:
    """At most so many points, the least and the greatest of each stretch of a longer line."""
    if len(points) <= most:
        return list(points)
    stretch = -(-len(points) // (most // 2))
    found: list[Point] = []
    for start in range(0, len(points), stretch):
        part = points[start : start + stretch]
        ends = {min(part, key=lambda point: point[1]), max(part, key=lambda point: point[1])}
        found += sorted(ends)
    return found


def _hints(lines: Sequence[Line], across: Axis, up: Axis) -> Iterator[Html]:
    """For each epoch a strip that shows its values when it is pointed at."""
    epochs = sorted({epoch for line in lines for epoch, _ in line.points})
    epochs = epochs[:: -(-len(epochs) // MOST_HINTS)]
    values = [dict(line.points) for line in lines]
    width = (RIGHT - LEFT) / max(1, len(epochs) - 1)
    for epoch in epochs:
        x = across.at(epoch)
        known = [
            (line.name, found[epoch])
            for line, found in zip(lines, values, strict=True)
            if epoch in found
        ]
        said = " · ".join(f"{name} {short(value)}" for name, value in known)
        yield element(
            "g",
            element("title", f"epoch {epoch:g}\n" + "\n".join(f"{n} {v!r}" for n, v in known)),
            element(
                "rect", x=x - width / 2, y=TOP, width=width, height=BOTTOM - TOP, class_="strip"
            ),
            element("line", x1=x, x2=x, y1=TOP, y2=BOTTOM, class_="rule"),
            *(element("circle", cx=x, cy=up.at(v), r=3.5, class_=f"dot {n}") for n, v in known),
            element("text", f"epoch {epoch:g} · {said}", x=RIGHT, y=TOP - 9, class_="tip end"),
            class_="hint",
        )
