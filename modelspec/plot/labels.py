"""Small texts beside the ends of arrows and beside ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.plot.scene import Text
from modelspec.plot.text_metrics import text_width

if TYPE_CHECKING:
    from modelspec.plot.layout import Route
    from modelspec.plot.options import Rankdir
    from modelspec.plot.placed import Placed

LABEL_SIZE = 9.0

_STRAIGHT = 1.0


def label_beside(
    at: tuple[float, float],
    words: str,
    rankdir: Rankdir,
    *,
    onward: bool,
    lean: int = 0,
    room: float = 6.0,
) -> Text:
    """A text beside an arrow, close to one of its ends.

    Args:
        at: The end, on paper.
        words: The text.
        rankdir: Where the flow goes.
        onward: Whether the text stands behind the end in the flow, or before it.
        lean: To which side the arrow turns away, as its sign across the flow; the text stands
            on the other one.
        room: The distance to the end, along the flow, where that goes sideways.
    """
    x, y = at
    if rankdir in ("LR", "RL"):
        right = (rankdir == "LR") == onward
        left = x + room if right else x - room - text_width(words, LABEL_SIZE)
        return Text(left, y + 11 if lean < 0 else y - 4, words, LABEL_SIZE, "soft")
    low = (rankdir == "TB") == onward
    baseline = y + 11 if low else y - 5
    left = x - 5 - text_width(words, LABEL_SIZE) if lean > 0 else x + 5
    return Text(left, baseline, words, LABEL_SIZE, "soft")


def leans(placed: Placed) -> dict[tuple[int, str], int]:
    """For each box and port that arrows leave from, the side to which all that bend do.

    Zero for a box with several ports, whose labels stand on one side for order's sake.
    """
    turns: dict[tuple[int, str], set[int]] = {}
    for arrow, link in zip(placed.diagram.arrows, placed.links, strict=True):
        alone = len(placed.diagram.boxes[arrow.source].outlets) == 1
        bent = _bent(link.route) if alone else 0
        turns.setdefault((arrow.source, arrow.source_port), set()).add(bent)
    return {start: sum(sides) for start, sides in turns.items()}


def _bent(route: Route) -> int:
    """The side to which a route turns first, as its sign."""
    start = route[0].points[0][0]
    end = route[min(2, len(route) - 1)].points[-1][0]
    return 0 if abs(end - start) < _STRAIGHT else 1 if end > start else -1
