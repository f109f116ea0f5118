"""Links that go around the drawing, at its right, in lanes."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.plot.layout.chains import Layered, Span

LANE_GAP = 9.0
_TRACK_GAP = 6.0
_MOST_TRACKS = 20


@dataclass(slots=True)
class Around:
    """Which lane each link takes that goes around, and its tracks between layers.

    Attributes:
        lane: By link.
        leaving: By link, its track below its source's layer, counted from above.
        coming: By link, its track above its target's layer.
        leaving_tracks: How many tracks there are below each layer.
        coming_tracks: How many tracks there are above each layer.
        lanes: How many lanes there are.
    """

    lane: dict[int, int] = field(default_factory=dict)
    leaving: dict[int, int] = field(default_factory=dict)
    coming: dict[int, int] = field(default_factory=dict)
    leaving_tracks: dict[int, int] = field(default_factory=dict)
    coming_tracks: dict[int, int] = field(default_factory=dict)
    lanes: int = 0

    def height(self, layer: int, *, above: bool) -> float:
        """The room that the tracks above or below a layer need."""
        tracks = (self.coming_tracks if above else self.leaving_tracks).get(layer, 0)
        return min(tracks, _MOST_TRACKS) * _TRACK_GAP

    def track(self, link: int, layer: int, *, above: bool) -> float:
        """How far from the tracks' upper rim a link's track runs."""
        index = (self.coming if above else self.leaving)[link]
        tracks = (self.coming_tracks if above else self.leaving_tracks)[layer]
        return (index + 0.5) * self.height(layer, above=above) / tracks


def plan(layered: Layered, spans: Sequence[Span]) -> Around:
    """Give each link without a path a lane and tracks. Links from one point share a lane."""
    around = Around()
    groups: dict[tuple[int, float, bool], list[Span]] = {}
    for span in spans:
        if layered.paths[span.link] is None:
            groups.setdefault((span.upper, span.leaves, span.turned), []).append(span)
    layer_of = layered.layer_of
    free: list[int] = []
    busy: list[tuple[int, int]] = []
    for group in sorted(groups.values(), key=lambda group: layer_of[group[0].upper]):
        start = layer_of[group[0].upper]
        end = max(layer_of[span.lower] for span in group)
        while busy and busy[0][0] < start:
            heapq.heappush(free, heapq.heappop(busy)[1])
        if free:
            lane = heapq.heappop(free)
        else:
            lane, around.lanes = around.lanes, around.lanes + 1
        heapq.heappush(busy, (end, lane))
        _take(around, group, lane, layer_of)
    return around


def _take(around: Around, group: list[Span], lane: int, layer_of: list[int]) -> None:
    start = layer_of[group[0].upper]
    track = around.leaving_tracks.get(start, 0)
    around.leaving_tracks[start] = track + 1
    for span in group:
        end = layer_of[span.lower]
        around.lane[span.link] = lane
        around.leaving[span.link] = track
        around.coming[span.link] = around.coming_tracks.get(end, 0)
        around.coming_tracks[end] = around.coming[span.link] + 1
