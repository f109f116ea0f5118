"""A space as a grid: each axis has levels, and a row takes one of each axis that is active."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING, Any, TypeAlias

from modelspec.language.tune import Choice
from modelspec.language.yaml_writer import flow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from random import Random

    from modelspec.language.tune import Space
    from modelspec.tuning.space.axes import SearchSpace, Values

Atom: TypeAlias = tuple[int, int]
"""An axis, and one of its levels."""
Row: TypeAlias = dict[int, int]
"""The levels by axis; of some axes, or of all that are active."""

MOST_LEVELS = 2_000
"""An axis with no more values has them all as levels."""
SPREAD = 33
"""How many levels one with more has."""


class Grid:
    """The axes of a space with the values that are looked at.

    Attributes:
        levels: The values of each axis; of one with too many, its ends and some between, to which
            others are added as they are drawn.
        counted: Of each axis, whether its levels are all its values.
        parents: The choice that each axis hangs on; None where it is always active.
    """

    def __init__(self, space: SearchSpace) -> None:
        self.axes = space.axes
        counts = [axis.space.count for axis in self.axes]
        self.counted = [count is not None and count <= MOST_LEVELS for count in counts]
        self.levels = [_levels(axis.space) for axis in self.axes]
        self._texts = [
            {flow(value): level for level, value in enumerate(values)} for values in self.levels
        ]
        index = {(axis.needs, axis.path): each for each, axis in enumerate(self.axes)}
        self.parents: list[Atom | None] = []
        for axis in self.axes:
            if not axis.needs:
                self.parents.append(None)
                continue
            path, text = axis.needs[-1]
            parent = index[axis.needs[:-1], path]
            self.parents.append((parent, self._texts[parent][text]))

    def values(self, row: Row) -> Values:
        """A row as a candidate, a choice before what hangs on it."""
        return {self.axes[axis].path: self.levels[axis][row[axis]] for axis in sorted(row)}

    def is_active(self, axis: int, row: Row) -> bool:
        """Whether the choice that an axis hangs on is taken."""
        parent = self.parents[axis]
        return parent is None or row.get(parent[0]) == parent[1]

    def closed(self, atoms: Iterable[Atom]) -> Row | None:
        """The atoms with the choices that they hang on; None where two contradict each other."""
        row: Row = {}
        for atom in atoms:
            each: Atom | None = atom
            while each is not None:
                axis, level = each
                if row.setdefault(axis, level) != level:
                    return None
                each = self.parents[axis]
        return row

    def merged(self, row: Row, atoms: Iterable[Atom]) -> Row:
        """A row with some levels changed, without what hangs on choices that are not taken now."""
        changed = row | dict(atoms)
        kept: Row = {}
        for axis in sorted(changed):
            if self.is_active(axis, kept):
                kept[axis] = changed[axis]
        return kept

    def rows(self) -> Iterator[Row]:
        """Every combination of what is counted; what is not goes round its levels."""
        turns = [0] * len(self.axes)
        return self._rows(0, {}, turns)

    def _rows(self, start: int, row: Row, turns: list[int]) -> Iterator[Row]:
        while start < len(self.axes) and not self.is_active(start, row):
            start += 1
        if start == len(self.axes):
            yield dict(row)
        elif self.counted[start]:
            for level in range(len(self.levels[start])):
                yield from self._rows(start + 1, row | {start: level}, turns)
        else:
            turns[start] += 1
            level = turns[start] % len(self.levels[start])
            yield from self._rows(start + 1, row | {start: level}, turns)

    def random_row(self, random: Random, atoms: Iterable[Atom] = ()) -> Row:
        """A row drawn as the random sampler would, with some levels given."""
        given = dict(atoms)
        row: Row = {}
        for axis in range(len(self.axes)):
            if self.is_active(axis, row):
                row[axis] = given[axis] if axis in given else self._drawn(axis, random)
        return row

    def _drawn(self, axis: int, random: Random) -> int:
        value = draw(self.axes[axis].space, random)
        text = flow(value)
        if text not in self._texts[axis]:
            self._texts[axis][text] = len(self.levels[axis])
            self.levels[axis].append(value)
        return self._texts[axis][text]


def draw(space: Space, random: Random) -> Any:
    """A value of an axis, each as likely as any other, or by its logarithm."""
    if isinstance(space, Choice):
        return random.choice(space.values)
    low, high = space.bounds
    value = exp(random.uniform(log(low), log(high))) if space.log else random.uniform(low, high)
    if space.step is None:
        return min(max(value, low), high)
    assert space.count is not None
    return space.value(min(max(round((value - low) / space.step), 0), space.count - 1))


def _levels(space: Space) -> list[Any]:
    if space.count is not None:
        if space.count <= MOST_LEVELS or isinstance(space, Choice):
            return [space.value(index) for index in range(space.count)]
        last = space.count - 1
        return [space.value(round(last * part / (SPREAD - 1))) for part in range(SPREAD)]
    low, high = space.bounds
    middle = exp((log(low) + log(high)) / 2) if space.log else (low + high) / 2
    return [low, middle, high]
