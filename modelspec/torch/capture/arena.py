"""Where memories of a step lie in one buffer, those that are never in use together in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

LINE = 64
"""Bytes that every memory begins at a multiple of, as torch's own allocator has it."""


class Use(NamedTuple):
    """How long a memory is needed: from the first call to the last one, both included."""

    first: int
    last: int
    bytes: int


def arranged(uses: Mapping[int, Use]) -> tuple[dict[int, int], int]:
    """Where each memory begins, in bytes, and how many there are in all.

    The largest come first, each at the lowest place that nothing has at that time.
    """
    placed: dict[int, int] = {}
    for memory in sorted(uses, key=lambda each: (-uses[each].bytes, uses[each].first)):
        use, start = uses[memory], 0
        for other in sorted(placed, key=placed.__getitem__):
            theirs = uses[other]
            apart = theirs.last < use.first or use.last < theirs.first
            if apart or placed[other] + theirs.bytes <= start:
                continue
            if placed[other] >= start + use.bytes:
                break
            start = -(-(placed[other] + theirs.bytes) // LINE) * LINE
        placed[memory] = start
    return placed, max((placed[each] + uses[each].bytes for each in placed), default=0)
