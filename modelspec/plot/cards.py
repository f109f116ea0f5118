"""What boxes look like: their size, and their primitives on paper."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from modelspec.plot.labels import LABEL_SIZE
from modelspec.plot.labels_text import TIMES
from modelspec.plot.layout import Route, Step
from modelspec.plot.scene import Item, Line, Rect, Text
from modelspec.plot.text_metrics import fitted, text_width
from modelspec.plot.theme import TINTS

if TYPE_CHECKING:
    from modelspec.plot.diagram import Arrow, Box
    from modelspec.plot.options import PlotOptions

BAND = 27.0
"""The height of an open block's heading."""

NAME_SIZE = 12.0
SMALL_SIZE = 10.5

_HEADER = 25.0
_ROW = 16.0
_PAD = 10.0
_RADIUS = 6.0
_LEAST = 116.0
_MOST = 300.0
_STEP = 12.0
"""Widths are multiples of this, so that boxes under one another are mostly equally wide."""

_PORT = 3.2
_CHIP = 15.0


def card_size(box: Box) -> tuple[float, float]:
    """The size of a closed box on paper."""
    if box.kind in ("entry", "exit"):
        return 2 * (text_width(box.name, LABEL_SIZE) + 8), 0.0
    if box.kind in ("input", "output"):
        return _pill_size(box)
    wide = [_heading_width(box) + 14]
    wide += [text_width(row, SMALL_SIZE) for row in _rows(box)]
    if box.shared:
        wide.append(_chip_width(box))
    width = _rounded(max(wide) + 2 * _PAD)
    rows = len(_rows(box)) + bool(box.shared) * 1.25
    return width, _HEADER + (rows * _ROW + 9 if rows else 0.0)


def block_width(box: Box) -> float:
    """The least width of an open block on paper, for its heading."""
    wide = _heading_width(box) + 10
    if box.count:
        wide += 24 + text_width(box.count, SMALL_SIZE)
    if box.shared:
        wide += 10 + _chip_width(box)
    return min(wide + 2 * _PAD, 560.0)


def label_room(arrow: Arrow, sideways: bool) -> float:
    """How far an arrow's head stays from its neighbours, so that their labels do not touch."""
    if not arrow.entering:
        return 14.0
    return LABEL_SIZE + 4 if sideways else max(14.0, text_width(arrow.entering, LABEL_SIZE) + 9)


def start_label(arrow: Arrow, options: PlotOptions) -> str:
    """What stands at an arrow's start: the port, and the shape if the edges show it."""
    words = [arrow.leaving] if arrow.leaving else []
    if options.show_shapes and options.shapes_on == "edges" and arrow.value:
        words.append(fitted(arrow.value, LABEL_SIZE, 150))
    return " ".join(words)


def start_room(arrow: Arrow, options: PlotOptions, sideways: bool) -> float:
    """How far an arrow's start stays from its neighbours' on the same box."""
    label = start_label(arrow, options)
    return LABEL_SIZE + 5 if sideways or not label else text_width(label, LABEL_SIZE) + 14


def paint_card(box: Box, x: float, y: float, width: float, height: float) -> list[Item]:
    """A closed box with its upper left corner at (x, y)."""
    if box.kind in ("entry", "exit"):
        return []
    if box.kind in ("input", "output"):
        return _pill(box, x, y, width, height)
    rim = box.mark.level or box.accent or "rim"
    stroke = 2.0 if box.mark else 1.3 if box.accent else 1.0
    header = _HEADER if height > _HEADER else height
    items: list[Item] = [
        Rect(x, y, width, height, _RADIUS, fill="card"),
        Rect(x, y, width, header, _RADIUS, fill=box.family, upper=height > _HEADER),
        Rect(x, y, width, height, _RADIUS, stroke=rim, stroke_width=stroke),
        *_heading(box, x, y + (header + NAME_SIZE) / 2 - 2, width, "on-colour", "on-colour-soft"),
    ]
    baseline = y + _HEADER + _ROW - 1
    for row, colour in zip(_rows(box), _row_colours(box), strict=True):
        items.append(Text(x + _PAD, baseline, row, SMALL_SIZE, colour))
        baseline += _ROW
    if box.shared:
        items += _chip(box, x + _PAD, baseline - _ROW + 7)
    return items


def paint_block(
    box: Box, x: float, y: float, width: float, height: float, level: int
) -> list[Item]:
    """An open block's ground and heading."""
    tint = level % TINTS
    rim = box.mark.level or box.accent or "rim"
    stroke = 2.0 if box.mark else 1.3 if box.accent else 1.0
    items: list[Item] = [
        Rect(x, y, width, height, _RADIUS + 3, fill=f"tint-{tint}"),
        Rect(x, y, width, BAND, _RADIUS + 3, fill=f"band-{tint}", upper=True),
        Rect(x, y, width, height, _RADIUS + 3, stroke=rim, stroke_width=stroke),
    ]
    baseline = y + (BAND + NAME_SIZE) / 2 - 2
    limit = width - 2 * _PAD
    name = fitted(box.name, NAME_SIZE, limit, bold=True)
    items.append(Text(x + _PAD, baseline, name, NAME_SIZE, "ink", bold=True))
    used = text_width(name, NAME_SIZE, True) + 8
    for word, colour, bold in ((box.type, "soft", False), (_times(box), "ink", True)):
        if word and text_width(word, SMALL_SIZE, bold) < limit - used:
            items.append(Text(x + _PAD + used, baseline, word, SMALL_SIZE, colour, bold))
            used += text_width(word, SMALL_SIZE, bold) + 8
    if box.shared:
        items += _chip(box, x + _PAD + used, y + (BAND - _CHIP) / 2)
        used += _chip_width(box) + 10
    if box.count and used + text_width(box.count, SMALL_SIZE) <= limit:
        right = x + width - _PAD
        items.append(Text(right, baseline, box.count, SMALL_SIZE, "soft", anchor="end"))
    return items


def paint_copies(
    box: Box, x: float, y: float, width: float, height: float, aside: tuple[int, int]
) -> list[Item]:
    """The rims of further copies of a folded box, which peep out behind it on one side."""
    if box.times < 2:
        return []
    radius = _RADIUS + (3 if box.body else 0)
    return [
        Rect(x + off * aside[0], y + off * aside[1], width, height, radius, "card", "rim")
        for off in (6.0, 3.0)
    ]


def paint_port(x: float, y: float) -> Rect:
    """A port on the border of an open block."""
    return Rect(x - _PORT, y - _PORT, 2 * _PORT, 2 * _PORT, _PORT, fill="card", stroke="line")


def _rounded(width: float) -> float:
    return min(max(ceil(width / _STEP) * _STEP, _LEAST), _MOST)


def _times(box: Box) -> str:
    return f"{TIMES} {box.times}" if box.times > 1 else ""


def _rows(box: Box) -> list[str]:
    numbers = "  \u00b7  ".join(filter(None, (box.shape, box.count)))
    limit = _MOST - 2 * _PAD
    return [fitted(row, SMALL_SIZE, limit) for row in (box.detail, numbers) if row]


def _row_colours(box: Box) -> list[str]:
    return [
        colour for row, colour in ((box.detail, "soft"), (box.shape or box.count, "ink")) if row
    ]


def _heading(
    box: Box, x: float, baseline: float, width: float, colour: str, soft: str
) -> list[Item]:
    limit = width - 2 * _PAD
    name = fitted(box.name, NAME_SIZE, limit, bold=True)
    items: list[Item] = [Text(x + _PAD, baseline, name, NAME_SIZE, colour, bold=True)]
    left = limit - text_width(name, NAME_SIZE, True) - 10
    right = x + width - _PAD
    times = _times(box)
    if times and text_width(times, SMALL_SIZE, True) <= left:
        items.append(Text(right, baseline, times, SMALL_SIZE, colour, True, "end"))
        right -= text_width(times, SMALL_SIZE, True) + 5
        left -= text_width(times, SMALL_SIZE, True) + 5
    kind = box.type
    if text_width(kind, SMALL_SIZE) > left:
        kind = fitted(kind, SMALL_SIZE, left) if left > 30 else ""
    if kind:
        items.append(Text(right, baseline, kind, SMALL_SIZE, soft, anchor="end"))
    return items


def _heading_width(box: Box) -> float:
    wide = text_width(box.name, NAME_SIZE, True) + text_width(box.type, SMALL_SIZE)
    return wide + (text_width(_times(box), SMALL_SIZE, True) + 8 if box.times > 1 else 0.0)


def _pill_size(box: Box) -> tuple[float, float]:
    wide = [text_width(box.name, NAME_SIZE, True)]
    wide += [text_width(row, SMALL_SIZE) for row in _rows(box)]
    rows = len(_rows(box))
    return _rounded(max(wide) + 32), 26.0 + rows * 14.0


def _pill(box: Box, x: float, y: float, width: float, height: float) -> list[Item]:
    given = box.kind == "output"
    fill, colour, soft = (
        ("output", "on-output", "on-output-soft") if given else ("input", "ink", "soft")
    )
    rim = box.mark.level or ("output" if given else "input-rim")
    stroke = 2.0 if box.mark else 1.2
    middle = x + width / 2
    name = fitted(box.name, NAME_SIZE, width - 24, bold=True)
    radius = min(height / 2, 20.0)
    top = y + (height - _pill_size(box)[1]) / 2
    items: list[Item] = [
        Rect(x, y, width, height, radius, fill, rim, stroke),
        Text(middle, top + 17, name, NAME_SIZE, colour, bold=True, anchor="middle"),
    ]
    for index, row in enumerate(_rows(box)):
        items.append(Text(middle, top + 31 + 14 * index, row, SMALL_SIZE, soft, anchor="middle"))
    return items


def _chip_text(box: Box) -> str:
    return f"shared: {fitted(box.shared, LABEL_SIZE, 160)}"


def _chip_width(box: Box) -> float:
    return text_width(_chip_text(box), LABEL_SIZE) + 14


def _chip(box: Box, x: float, y: float) -> list[Item]:
    return [
        Rect(x, y, _chip_width(box), _CHIP, _CHIP / 2, fill=box.accent),
        Text(x + 7, y + _CHIP - 4.4, _chip_text(box), LABEL_SIZE, "on-colour"),
    ]


def paint_flag(box: Box, x: float, y: float, width: float) -> list[Item]:
    """The codes of a box's findings, at its upper right corner."""
    if not box.mark:
        return []
    more = len(box.mark.codes) - 2
    words = ", ".join(box.mark.codes[:2]) + (f" +{more}" if more > 0 else "")
    wide = text_width(words, LABEL_SIZE, True) + 10
    left = x + width - wide + 8
    return [
        Rect(left, y - 9, wide, 15, 4, fill=box.mark.level, stroke="card"),
        Text(left + 5, y + 2, words, LABEL_SIZE, "on-colour", bold=True),
    ]


def arrow_head(route: Route, colour: str) -> Line:
    """The head at a route's end."""
    (x, y), (bx, by) = route[-1].points[-1], _before_last(route)
    dx, dy = x - bx, y - by
    length = max((dx * dx + dy * dy) ** 0.5, 1e-6)
    ux, uy = dx / length, dy / length
    back = (x - 7.5 * ux, y - 7.5 * uy)
    left = (back[0] - 3.6 * uy, back[1] + 3.6 * ux)
    right = (back[0] + 3.6 * uy, back[1] - 3.6 * ux)
    steps = [Step("move", ((x, y),)), Step("line", (left,)), Step("line", (right,))]
    return Line(steps, fill=colour)


def _before_last(route: Route) -> tuple[float, float]:
    return route[-1].points[-2] if len(route[-1].points) > 1 else route[-2].points[-1]
