"""A diagram that is laid out: where each box and each arrow lies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelspec.plot.diagram import Diagram
    from modelspec.plot.layout import Link, Vertex
    from modelspec.plot.orientation import Padding


@dataclass(slots=True)
class Placed:
    """A diagram with a place for everything, as the layout sees it: the flow goes down.

    Attributes:
        width: Across the flow, with the padding.
        height: Along the flow, with the padding.
        padding: Room around the boxes; none but in open blocks.
        vertices: One for each box; `x` and `y` are its centre, counted inside the padding.
        links: One for each arrow.
        inner: The bodies of open blocks, by the index of their box.
    """

    diagram: Diagram
    width: float
    height: float
    padding: Padding
    vertices: list[Vertex]
    links: list[Link]
    inner: dict[int, Placed] = field(default_factory=dict)

    def port(self, name: str, kind: str) -> float:
        """How far from the block's middle its port is; the first one's if there is no such."""
        found = None
        for box, vertex in zip(self.diagram.boxes, self.vertices, strict=True):
            if box.kind == kind and (found is None or box.name == name):
                found = vertex
                if box.name == name:
                    break
        return self.padding.left + found.x - self.width / 2 if found else 0.0
