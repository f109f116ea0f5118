"""How large a heap grows under some events: what is freed cannot always be taken again.

Source: malloc of the GNU C library, which takes the smallest free piece that is large enough, joins
free pieces that touch, and asks for more than it is asked for where memory is to be aligned.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.memory.step import Event

HOLES = 16_000_000
"""Bytes that were free before the first step: small things find a place there."""
ALIGNED = 96
"""Bytes more that a piece must have: torch aligns to 64, and a header stands before each."""


def heap_size(steps: Iterable[list[Event]], batch_size: int) -> int:
    """The most bytes that the heap has grown by, over some steps one after the other."""
    heap, taken = _Heap(), dict[int, int]()
    for events in steps:
        for event in events:
            size = event.fixed + event.per_sample * batch_size
            if size:
                taken[event.block] = heap.take(size)
            elif event.block in taken:
                heap.give(taken.pop(event.block))
    return heap.top


def live_size(steps: Iterable[list[Event]], batch_size: int) -> int:
    """The most bytes that are taken at once, over some steps one after the other."""
    taken, now, most = dict[int, int](), 0, 0
    for events in steps:
        for event in events:
            size = event.fixed + event.per_sample * batch_size
            if size:
                taken[event.block] = size
                now += size
                most = max(most, now)
            else:
                now -= taken.pop(event.block, 0)
    return most


class _Heap:
    """Pieces that lie one after the other; the last free one is part of the top."""

    def __init__(self) -> None:
        self.top = 0
        self._end = 0
        self._sizes: dict[int, int] = {}
        """Of each taken piece, by where it begins."""
        self._free: list[tuple[int, int]] = []
        """Size and begin of each free piece, sorted."""
        self._begins: dict[int, int] = {}
        """Size of each free piece, by its begin."""
        self._ends: dict[int, int] = {}
        """Begin of each free piece, by its end."""
        self._add(HOLES, -2 * HOLES)

    def take(self, size: int) -> int:
        """Take a piece; where it begins."""
        place = bisect_left(self._free, (size + ALIGNED, 0))
        if place < len(self._free):
            whole, begin = self._free[place]
            self._remove(whole, begin)
            if whole > size:
                self._add(whole - size, begin + size)
        else:
            begin, self._end = self._end, self._end + size
            self.top = max(self.top, self._end)
        self._sizes[begin] = size
        return begin

    def give(self, begin: int) -> None:
        """Give a piece back."""
        size = self._sizes.pop(begin)
        if begin in self._ends:
            before = self._ends[begin]
            self._remove(begin - before, before)
            begin, size = before, size + begin - before
        if begin + size in self._begins:
            after = self._begins[begin + size]
            self._remove(after, begin + size)
            size += after
        if begin + size == self._end:
            self._end = begin
        else:
            self._add(size, begin)

    def _add(self, size: int, begin: int) -> None:
        insort(self._free, (size, begin))
        self._begins[begin], self._ends[begin + size] = size, begin

    def _remove(self, size: int, begin: int) -> None:
        del self._free[bisect_left(self._free, (size, begin))]
        del self._begins[begin], self._ends[begin + size]
