"""Where the arrows that reach one box touch its upper side."""

from collections.abc import Sequence

_MARGIN = 14.0
_SHARE = 52.0
"""The length of a side that an arrow gets, where there is so much."""


_STRAIGHT = 1000.0
"""How much more it weighs that an arrow goes straight than where a bent one ends."""


def spread_heads(came: Sequence[float], centre: float, width: float, room: float) -> list[float]:
    """A place on the side for each arrow, given where they come from, in the order of that.

    An arrow from straight above goes straight down; the others are spread evenly.
    Neighbours keep `room` from each other, less where the side is too short for that.
    """
    reach = width / 2 - min(_MARGIN, width / 7)
    if len(came) == 1:
        off = came[0] - centre
        return [came[0] if abs(off) <= min(reach, 10.0) else centre]
    span = min(2 * reach, _SHARE * len(came))
    wanted = []
    for index, x in enumerate(came):
        off = x - centre
        even = ((index + 0.5) / len(came) - 0.5) * span
        wanted.append((off, _STRAIGHT) if abs(off) <= reach else (even, 1.0))
    room = min(room, 2 * reach / (len(came) - 1))
    return [centre + off for off in _apart(wanted, room, reach)]


def _apart(wanted: list[tuple[float, float]], room: float, reach: float) -> list[float]:
    """The nearest places to the wanted ones, by weight, in order, `room` apart, within reach."""
    blocks: list[tuple[float, float, int]] = []
    for index, (place, weight) in enumerate(wanted):
        mean, size = place - index * room, 1
        while blocks and blocks[-1][0] >= mean:
            before, heavy, count = blocks.pop()
            mean = (before * heavy + mean * weight) / (heavy + weight)
            weight, size = heavy + weight, size + count
        blocks.append((mean, weight, size))
    last = (len(wanted) - 1) * room
    level = [min(max(mean, -reach), reach - last) for mean, _, size in blocks for _ in range(size)]
    return [base + index * room for index, base in enumerate(level)]
