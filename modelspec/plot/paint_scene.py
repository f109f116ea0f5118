"""From a placed diagram to a scene."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.plot.cards import (
    arrow_head,
    paint_block,
    paint_card,
    paint_copies,
    paint_flag,
    paint_port,
    start_label,
)
from modelspec.plot.labels import label_beside, leans
from modelspec.plot.nested_layout import place
from modelspec.plot.orientation import Orientation
from modelspec.plot.scene import Group, Item, Line, Role, Scene, Text
from modelspec.plot.text_metrics import text_width

if TYPE_CHECKING:
    from modelspec.plot.diagram import Arrow, Box, Diagram
    from modelspec.plot.layout import Route
    from modelspec.plot.options import PlotOptions
    from modelspec.plot.placed import Placed

_MARGIN = 24.0
_TITLE = 16.0


def sketch(diagram: Diagram, options: PlotOptions, title: str, subtitle: str, text: str) -> Scene:
    """Lay a diagram out and draw it.

    Args:
        diagram: What to draw.
        options: How.
        title: The heading; empty for none.
        subtitle: A line under it.
        text: What the picture shows, for who cannot see it.
    """
    _hide_shapes(diagram, options)
    placed = place(diagram, options, Orientation(options.rankdir))
    heading = _heading(title, subtitle)
    top = _MARGIN + (46.0 if heading else 0.0)
    painter = _Painter(options, placed, top)
    painter.paint(placed, 0.0, 0.0, 0)
    width, height = painter.orientation.turned(placed.width, placed.height)
    texts = [item for item in heading if isinstance(item, Text)]
    notes = _notes(diagram, top + height + 22)
    widths = [width] + [text_width(t.text, t.size, t.bold) for t in [*texts, *notes]]
    scene = Scene(max(widths) + 2 * _MARGIN, 0.0, title or "model", text)
    scene.height = top + height + _MARGIN + 14.0 * len(notes)
    if heading:
        scene.groups.append(Group("decoration", items=heading))
    scene.groups += painter.groups
    if notes:
        scene.groups.append(Group("decoration", items=list(notes)))
    return scene


def _hide_shapes(diagram: Diagram, options: PlotOptions) -> None:
    """Leave out of the boxes what the options do not ask for there."""
    for box in diagram.walk():
        if not options.show_shapes or options.shapes_on == "edges":
            box.shape = ""
        closed = box.kind == "block" and box.body is None
        if not options.show_params and not closed:
            box.count = ""


def _heading(title: str, subtitle: str) -> list[Item]:
    if not title:
        return []
    items: list[Item] = [Text(_MARGIN, _MARGIN + 13, title, _TITLE, "ink", bold=True)]
    if subtitle:
        items.append(Text(_MARGIN, _MARGIN + 29, subtitle, 10.5, "soft"))
    return items


def _notes(diagram: Diagram, y: float) -> list[Text]:
    return [
        Text(_MARGIN, y + 14 * index, note, 10.5, "warning")
        for index, note in enumerate(diagram.notes)
    ]


class _Painter:
    def __init__(self, options: PlotOptions, placed: Placed, top: float) -> None:
        self.orientation = Orientation(options.rankdir, placed.width, placed.height)
        self.groups: list[Group] = []
        self._options = options
        self._top = top

    def paint(self, placed: Placed, dx: float, dy: float, level: int) -> None:
        """Paint arrows, then boxes, then what is inside open blocks."""
        diagram = placed.diagram
        starts = leans(placed)
        unsaid = dict(starts)
        for arrow, link in zip(diagram.arrows, placed.links, strict=True):
            if link.route:
                self._arrow(diagram, arrow, self._move(link.route, dx, dy), unsaid)
        kinds = [box.kind for box in diagram.boxes]
        for index, (box, vertex) in enumerate(zip(diagram.boxes, placed.vertices, strict=True)):
            x, y = vertex.x + dx, vertex.y + dy
            if box.kind in ("entry", "exit"):
                alone = kinds.count(box.kind) == 1
                self._port(box, x, y, alone=alone, lean=starts.get((index, ""), 0))
                continue
            left, top, width, height = self._rect(x, y, vertex.width, vertex.height)
            inner = placed.inner.get(index)
            copies = paint_copies(box, left, top, width, height, self.orientation.onward)
            if inner is None:
                items = copies + paint_card(box, left, top, width, height)
                self._add("node", (box.key,), _tooltip(box), box.faded, items)
                self._flag(box, left, top, width)
                continue
            items = copies + paint_block(box, left, top, width, height, level)
            self._add("block", (box.key,), _tooltip(box), box.faded, items)
            self._flag(box, left, top, width)
            pad = inner.padding
            self.paint(
                inner, x - inner.width / 2 + pad.left, y - inner.height / 2 + pad.top, level + 1
            )

    def _move(self, route: Route, dx: float, dy: float) -> Route:
        moved = self.orientation.route(route, dx, dy)
        return [
            step._replace(points=tuple((x + _MARGIN, y + self._top) for x, y in step.points))
            for step in moved
        ]

    def _rect(
        self, x: float, y: float, across: float, along: float
    ) -> tuple[float, float, float, float]:
        width, height = self.orientation.turned(across, along)
        centre = self.orientation.point(x, y)
        return (
            centre[0] - width / 2 + _MARGIN,
            centre[1] - height / 2 + self._top,
            width,
            height,
        )

    def _add(
        self, role: Role, keys: tuple[str, ...], tooltip: str, faded: bool, items: list[Item]
    ) -> None:
        self.groups.append(Group(role, keys, tooltip, faded, items))

    def _flag(self, box: Box, left: float, top: float, width: float) -> None:
        if box.mark:
            self._add("decoration", (), "\n".join(box.mark.messages), False,
                      paint_flag(box, left, top, width))  # fmt: skip

    def _port(self, box: Box, x: float, y: float, *, alone: bool, lean: int) -> None:
        across, down = self.orientation.point(x, y)
        at = (across + _MARGIN, down + self._top)
        items: list[Item] = [paint_port(*at)]
        if not alone:
            onward = box.kind == "entry"
            rankdir = self._options.rankdir
            items.append(label_beside(at, box.name, rankdir, onward=onward, lean=lean))
        self._add("node", (box.key,), box.name, False, items)

    def _arrow(
        self, diagram: Diagram, arrow: Arrow, route: Route, unsaid: dict[tuple[int, str], int]
    ) -> None:
        source, target = diagram.boxes[arrow.source], diagram.boxes[arrow.target]
        colour = arrow.mark.level or "line"
        items: list[Item] = [Line(route, stroke=colour, width=2.0 if arrow.mark else 1.4)]
        if target.kind != "exit":
            items.append(arrow_head(route, colour))
        items += self._labels(arrow, route, unsaid)
        name = f"{_end(source, arrow.source_port)} \u2192 {_end(target, arrow.target_port)}"
        tooltip = "\n".join(filter(None, (name, arrow.value, *arrow.mark.messages)))
        self._add("edge", (source.key, target.key), tooltip, arrow.faded, items)

    def _labels(self, arrow: Arrow, route: Route, unsaid: dict[tuple[int, str], int]) -> list[Item]:
        items: list[Item] = []
        rankdir = self._options.rankdir
        words = start_label(arrow, self._options)
        start = (arrow.source, arrow.source_port)
        if words and start in unsaid:
            lean = unsaid.pop(start)
            items.append(label_beside(_start(route), words, rankdir, onward=True, lean=lean))
        if arrow.entering:
            room = 10.0 if self.orientation.sideways else 5.0
            at = route[-1].points[-1]
            items.append(label_beside(at, arrow.entering, rankdir, onward=False, room=room))
        return items


def _start(route: Route) -> tuple[float, float]:
    return route[0].points[0]


def _end(box: Box, port: str) -> str:
    return f"{box.name}.{port}" if port else box.name


def _tooltip(box: Box) -> str:
    title = f"{box.name} \u00b7 {box.type}" if box.type else box.name
    rows = [f"{name}: {value}" for name, value in box.facts]
    shared = [f"shared: {box.shared}"] if box.shared else []
    times = [f"{box.times} equal copies"] if box.times > 1 else []
    return "\n".join([title, *box.mark.messages, *shared, *times, *rows])
