"""Scales of charts: where a value lies, and which round values stand beside an axis."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

_LOGARITHMIC = 50
"""Values that differ by such a factor are shown on a logarithmic scale, if all are positive."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale.

    Attributes:
        low: The value at its beginning.
        high: The value at its end, greater.
        start: Where it begins, in pixels.
        stop: Where it ends.
        logarithmic: Whether equal lengths are equal factors.
    """

    low: float
    high: float
    start: float
    stop: float
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """Where a value lies, in pixels."""
        low, high = self.low, self.high
        if self.logarithmic:
            low, high, value = log10(low), log10(high), log10(value)
        return self.start + (value - low) / (high - low) * (self.stop - self.start)

    def ticks(self, most: int = 6) -> list[float]:
        """Round values on it, at most so many."""
        if self.logarithmic:
            return _powers(self.low, self.high, most)
        step = _round_step((self.high - self.low) / most)
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]


def axis_of(values: list[float], start: float, stop: float, *, may_be_log: bool = False) -> Axis:
    """An axis that all values lie on, with a little room beyond them.

    Args:
        values: Finite; at least one.
        start: Where it begins, in pixels.
        stop: Where it ends.
        may_be_log: Whether it may be logarithmic.
    """
    low, high = min(values), max(values)
    if may_be_log and low > 0 and high / low > _LOGARITHMIC:
        return Axis(low / 1.2, high * 1.2, start, stop, logarithmic=True)
    room = (high - low) * 0.05
    if room <= abs(high) * 1e-12:
        room = abs(high) * 0.1 or 1.0
    return Axis(low - room, high + room, start, stop)


def tick_text(value: float) -> str:
    """`0.25`, `20k`, `1e-05`."""
    value = float(f"{value:.6g}")
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if size <= abs(value) < 1e12:
            return f"{value / (1e3 if letter == 'k' else size):g}{letter}"
    return f"{value:g}"


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, ... that is at least so much."""
    power: float = 10.0 ** floor(log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * 0.999)


def _powers(low: float, high: float, most: int) -> list[float]:
    exponents = range(floor(log10(low)), ceil(log10(high)) + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        found = [f * 10.0**e for e in exponents for f in factors if low <= f * 10.0**e <= high]
        if len(found) <= most:
            return found
    return found[:: ceil(len(found) / most)]
