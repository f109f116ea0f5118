"""From edges of any length to edges between neighbouring layers.

An edge that passes layers gets a dummy in each of them. Edges that leave one vertex at one
point share their dummies, so that they are drawn as one line which branches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.plot.layout.model import Link, Vertex


class Segment(NamedTuple):
    """An edge between neighbouring layers, with where it meets both ends."""

    upper: int
    lower: int
    leaves: float = 0.0
    enters: float = 0.0
    strong: bool = True
    """Whether its ends want to stand under one another; a skip's ends do not."""


@dataclass(slots=True)
class Layered:
    """A graph all of whose edges are one layer long.

    Attributes:
        layers: The vertices of each layer, in order. Those from `real` on are dummies.
        widths: Of each vertex, dummies too.
        paths: For each link its dummies from top to bottom; None for a link that goes around.
    """

    real: int
    layer_of: list[int]
    layers: list[list[int]]
    widths: list[float]
    segments: list[Segment]
    paths: list[list[int] | None]

    @property
    def count(self) -> int:
        """How many vertices there are, with dummies."""
        return len(self.widths)


class Span(NamedTuple):
    """A link turned downwards."""

    link: int
    upper: int
    lower: int
    leaves: float
    enters: float
    turned: bool


DUMMY_WIDTH = 6.0


def downward(vertices: Sequence[Vertex], links: Sequence[Link], closing: set[int]) -> list[Span]:
    """The links, those that close a cycle turned around, without loops at one vertex.

    A turned link meets its boxes right of the middle, where it keeps clear of the others.
    """
    spans = []
    for index, link in enumerate(links):
        if link.source == link.target:
            continue
        enters = link.enters or 0.0
        if index in closing:
            upper, lower = link.target, link.source
            aside = vertices[upper].width / 4, vertices[lower].width / 4
            spans.append(Span(index, upper, lower, *aside, turned=True))
        else:
            spans.append(Span(index, link.source, link.target, link.leaves, enters, turned=False))
    return spans


def split(
    vertices: Sequence[Vertex],
    layer_of: list[int],
    spans: Sequence[Span],
    link_count: int,
    budget: int,
) -> Layered:
    """Put dummies into the longer links, the shortest first, until `budget` is used up."""
    layered = Layered(
        real=len(vertices),
        layer_of=list(layer_of),
        layers=[[] for _ in range(max(layer_of, default=-1) + 1)],
        widths=[vertex.width for vertex in vertices],
        segments=[],
        paths=[[] for _ in range(link_count)],
    )
    used: dict[int, int] = {}
    for span in spans:
        used[span.upper] = used.get(span.upper, 0) + 1
    chains: dict[tuple[int, float, bool], list[int]] = {}
    by_length = sorted(spans, key=lambda span: layer_of[span.lower] - layer_of[span.upper])
    for span in by_length:
        length = layer_of[span.lower] - layer_of[span.upper]
        chain = chains.setdefault((span.upper, span.leaves, span.turned), [])
        if length > 1 and layered.count - layered.real + length - 1 - len(chain) > budget:
            layered.paths[span.link] = None
            continue
        _extend(layered, span, chain, length - 1)
        layered.paths[span.link] = chain[: length - 1]
        _finish(layered, span, chain[: length - 1], strong=_is_strong(span, length, used))
    return layered


def _is_strong(span: Span, length: int, used: dict[int, int]) -> bool:
    """A long link is a skip where its source has other links; else it is a branch."""
    return not span.turned and (length == 1 or used[span.upper] == 1)


def _extend(layered: Layered, span: Span, chain: list[int], wanted: int) -> None:
    while len(chain) < wanted:
        dummy = layered.count
        layered.widths.append(DUMMY_WIDTH)
        layered.layer_of.append(layered.layer_of[span.upper] + len(chain) + 1)
        if chain:
            layered.segments.append(Segment(chain[-1], dummy))
        else:
            layered.segments.append(Segment(span.upper, dummy, span.leaves, 0.0, strong=False))
        chain.append(dummy)


def _finish(layered: Layered, span: Span, path: list[int], *, strong: bool) -> None:
    if not path:
        segment = Segment(span.upper, span.lower, span.leaves, span.enters, strong)
    else:
        segment = Segment(path[-1], span.lower, 0.0, span.enters, strong)
    layered.segments.append(segment)
