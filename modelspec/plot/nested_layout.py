"""Lays out a diagram from the inside out: an open block is one big box to what is around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.plot.cards import (
    BAND,
    block_width,
    card_size,
    label_room,
    start_label,
    start_room,
)
from modelspec.plot.labels import LABEL_SIZE
from modelspec.plot.layout import Link, Vertex, arrange
from modelspec.plot.orientation import Orientation, Padding
from modelspec.plot.placed import Placed
from modelspec.plot.text_metrics import text_width

if TYPE_CHECKING:
    from modelspec.plot.diagram import Arrow, Box, Diagram
    from modelspec.plot.options import PlotOptions

_SIDE = 18.0
_NO_PORTS = 16.0
_PORT_ROOM = 28.0
_MOST_WIDENED = 760.0


def place(diagram: Diagram, options: PlotOptions, orientation: Orientation) -> Placed:
    """Place a diagram and all open blocks in it."""
    inner = {
        index: _place_body(box, box.body, options, orientation)
        for index, box in enumerate(diagram.boxes)
        if box.body is not None
    }
    vertices = [
        Vertex(inner[index].width, inner[index].height)
        if index in inner
        else _vertex(box, orientation)
        for index, box in enumerate(diagram.boxes)
    ]
    closed = [index for index in range(len(vertices)) if index not in inner]
    _widen(diagram, vertices, closed, options, sideways=orientation.sideways)
    links = [_link(arrow, diagram, vertices, inner, orientation) for arrow in diagram.arrows]
    gap = _gap(diagram, options, sideways=orientation.sideways)
    size = arrange(vertices, links, gap)
    if _sort_outlets(diagram, vertices):
        links = [_link(arrow, diagram, vertices, inner, orientation) for arrow in diagram.arrows]
        size = arrange(vertices, links, gap)
    return Placed(diagram, size.width, size.height, Padding(0, 0, 0, 0), vertices, links, inner)


def _sort_outlets(diagram: Diagram, vertices: list[Vertex]) -> bool:
    """Order the ports of each closed box by where they lead to. Says whether that changed any."""
    reached: dict[int, dict[str, list[float]]] = {}
    for arrow in diagram.arrows:
        box = diagram.boxes[arrow.source]
        if len(box.outlets) > 1 and box.body is None:
            ports = reached.setdefault(arrow.source, {})
            ports.setdefault(arrow.source_port, []).append(vertices[arrow.target].x)
    changed = False
    for source, ports in reached.items():
        means = {port: sum(places) / len(places) for port, places in ports.items()}
        outlets = tuple(sorted(diagram.boxes[source].outlets, key=means.__getitem__))
        changed = changed or outlets != diagram.boxes[source].outlets
        diagram.boxes[source].outlets = outlets
    return changed


def _gap(diagram: Diagram, options: PlotOptions, *, sideways: bool) -> float:
    """The least distance of two layers, with room for the labels at both ends of an arrow."""
    if not sideways:
        return 46.0 if options.show_shapes and options.shapes_on == "edges" else 36.0
    labels = (
        text_width(start_label(arrow, options), LABEL_SIZE) + text_width(arrow.entering, LABEL_SIZE)
        for arrow in diagram.arrows
    )
    return 36.0 + max(labels, default=0.0)


def _place_body(box: Box, body: Diagram, options: PlotOptions, orientation: Orientation) -> Placed:
    placed = place(body, options, orientation)
    kinds = {box.kind for box in body.boxes}
    padding = orientation.padding(
        BAND,
        _SIDE,
        0.0 if "entry" in kinds else _NO_PORTS,
        0.0 if "exit" in kinds else _NO_PORTS,
    )
    least = block_width(box)
    across = padding.left + placed.width + padding.right
    along = padding.top + placed.height + padding.bottom
    wide = max(0.0, least - (along if orientation.sideways else across))
    if orientation.sideways:
        placed.width, placed.height = across, along
        if wide:
            _stretch(placed, wide)
    else:
        padding = padding._replace(left=padding.left + wide / 2, right=padding.right + wide / 2)
        placed.width, placed.height = across + wide, along
    placed.padding = padding
    return placed


def _stretch(placed: Placed, more: float) -> None:
    """Make a body longer along the flow, for a heading that is longer than what is under it."""
    placed.height += more
    for box, vertex in zip(placed.diagram.boxes, placed.vertices, strict=True):
        if box.kind == "exit":
            vertex.y += more
    for arrow, link in zip(placed.diagram.arrows, placed.links, strict=True):
        if placed.diagram.boxes[arrow.target].kind == "exit" and link.route:
            x, y = link.route[-1].points[-1]
            link.route.append(link.route[-1]._replace(kind="line", points=((x, y + more),)))


def _vertex(box: Box, orientation: Orientation) -> Vertex:
    width, height = orientation.turned(*card_size(box))
    if box.kind in ("entry", "exit") and orientation.sideways:
        width, height = _PORT_ROOM, 0.0
    if box.kind == "entry":
        return Vertex(width, height, "first")
    if box.kind == "exit":
        return Vertex(width, height, "last")
    return Vertex(width, height)


def _link(
    arrow: Arrow,
    diagram: Diagram,
    vertices: list[Vertex],
    inner: dict[int, Placed],
    orientation: Orientation,
) -> Link:
    if arrow.source in inner:
        leaves = inner[arrow.source].port(arrow.source_port, "exit")
    else:
        outlets = diagram.boxes[arrow.source].outlets
        leaves = 0.0
        if len(outlets) > 1:
            share = (outlets.index(arrow.source_port) + 0.5) / len(outlets)
            leaves = (share - 0.5) * vertices[arrow.source].width
    enters = None
    if arrow.target in inner:
        enters = inner[arrow.target].port(arrow.target_port, "entry")
    elif diagram.boxes[arrow.target].kind == "exit":
        enters = 0.0
    return Link(arrow.source, arrow.target, leaves, enters, label_room(arrow, orientation.sideways))


def _widen(
    diagram: Diagram,
    vertices: list[Vertex],
    closed: list[int],
    options: PlotOptions,
    *,
    sideways: bool,
) -> None:
    """Make boxes wide enough for the heads of their arrows, and for the labels at their starts."""
    heads: dict[int, float] = {}
    crowds: dict[int, int] = {}
    starts: dict[int, float] = {}
    for arrow in diagram.arrows:
        heads[arrow.target] = heads.get(arrow.target, 0.0) + label_room(arrow, sideways)
        crowds[arrow.target] = crowds.get(arrow.target, 0) + 1
        room = start_room(arrow, options, sideways)
        starts[arrow.source] = max(starts.get(arrow.source, 0.0), room)
    for index in closed:
        if diagram.boxes[index].kind in ("entry", "exit"):
            continue
        outlets = len(diagram.boxes[index].outlets)
        needed = max(
            heads[index] + 28.0 if crowds.get(index, 0) > 1 else 0.0,
            starts.get(index, 0.0) * outlets if outlets > 1 else 0.0,
        )
        vertices[index].width = max(vertices[index].width, min(needed, _MOST_WIDENED))
