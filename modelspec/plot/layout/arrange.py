"""The layout, step by step."""

from collections.abc import Sequence

from modelspec.plot.layout.chains import downward, split
from modelspec.plot.layout.coordinates import place_across
from modelspec.plot.layout.crossings import order_layers
from modelspec.plot.layout.levels import assign_layers, back_edges
from modelspec.plot.layout.model import Arrangement, Link, Vertex
from modelspec.plot.layout.routes import LOOP_ROOM, draw_routes

MOST_DUMMIES = 20_000
"""About half a second of work."""


def arrange(
    vertices: Sequence[Vertex],
    links: Sequence[Link],
    gap: float = 36.0,
    dummies: int = MOST_DUMMIES,
) -> Arrangement:
    """Place the vertices and route the links, from top to bottom.

    No two vertices overlap, and no link runs through a vertex. Cycles are allowed.

    Args:
        vertices: What to place; their `x` and `y` are set.
        links: What to route; their `route` is set.
        gap: The least distance of two layers.
        dummies: How many points of long links may be kept clear in the layers that they pass;
            links beyond that go around, so that the work stays bounded.
    """
    pairs = [(link.source, link.target) for link in links]
    spans = downward(vertices, links, back_edges(len(vertices), pairs))
    layer_of = assign_layers(vertices, [(span.upper, span.lower) for span in spans])
    layered = split(vertices, layer_of, spans, len(links), dummies)
    for link in links:
        if link.source == link.target:
            layered.widths[link.source] = vertices[link.source].width + 2 * LOOP_ROOM
    order_layers(layered)
    across = place_across(layered)
    for vertex, x in zip(vertices, across, strict=False):
        vertex.x = x
    return draw_routes(vertices, links, spans, layered, across, gap)
