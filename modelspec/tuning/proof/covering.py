"""Rows in which every two values come together: each row is built when the ones before are linted.

A pair counts as covered by a row that does not fail only, since what is wrong with a row may hide
what else would be. A greedy covering array in the manner of AETG (Cohen et al. 1997), with axes
that hang on choices, and without rows that are known to fail.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.tuning.proof.culprits import Culprits
    from modelspec.tuning.proof.evidence import Look
    from modelspec.tuning.proof.grid import Atom, Grid, Row

    Pair: TypeAlias = tuple[Atom, Atom]

MOST_OF_AN_AXIS = 12
"""An axis with no more levels takes part with all of them; else with its ends and some between."""
SPREAD = 5


class Covering:
    """The pairs that no sound row has had yet.

    Args:
        grid: The axes.
        culprits: What rows are built without.
        needed: Which axes a pair must have one of; all by default.
    """

    def __init__(self, grid: Grid, culprits: Culprits, needed: Iterable[int] | None = None) -> None:
        self.grid = grid
        self.culprits = culprits
        self._levels = [spread(len(levels), MOST_OF_AN_AXIS, SPREAD) for levels in grid.levels]
        wanted = set(range(len(grid.axes)) if needed is None else needed)
        self._open = {
            (left, right): None
            for first, second in combinations(range(len(grid.axes)), 2)
            if first in wanted or second in wanted
            for left in self._atoms(first)
            for right in self._atoms(second)
            if grid.closed((left, right)) is not None
        }

    def next_row(self) -> Row | None:
        """A row with pairs that are open; None where there is none."""
        for pair in list(self._open):
            start = self.grid.closed(pair)
            row = start and self._filled(start)
            if row:
                return row
            del self._open[pair]  # no row that has it could be sound
        return None

    def close(self, look: Look) -> None:
        """Count the pairs of a row as covered; of one that fails, those that are its culprits'."""
        for pair in combinations(sorted(look.atoms), 2):
            if not look.kinds or self.culprits.within(dict(pair)):
                self._open.pop(pair, None)

    def _atoms(self, axis: int) -> list[Atom]:
        return [(axis, level) for level in self._levels[axis]]

    def _filled(self, row: Row) -> Row | None:
        """A row made whole by the levels that cover most; None where each is known to fail."""
        if self.culprits.within(row):
            return None
        for axis in range(len(self.grid.axes)):
            if axis in row or not self.grid.is_active(axis, row):
                continue
            sound = [
                atom for atom in self._atoms(axis) if not self.culprits.within(row | dict([atom]))
            ]
            if not sound:
                return None
            atoms = row.items()
            best = max(sound, key=lambda atom: sum(self._is_open(atom, each) for each in atoms))
            row = self.grid.merged(row, [best])
        return row

    def _is_open(self, one: Atom, other: Atom) -> bool:
        return (min(one, other), max(one, other)) in self._open


def spread(count: int, most: int, parts: int) -> list[int]:
    """All of so many levels, or where there are more than `most`, the ends and some between."""
    if count <= most:
        return list(range(count))
    return [round((count - 1) * part / (parts - 1)) for part in range(parts)]
