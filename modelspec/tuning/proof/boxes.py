"""Culprits that differ in one value are one box: `kernel_size` of 7 or 9 cannot go with ..."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.tuning.proof.culprits import Culprit
    from modelspec.tuning.proof.grid import Grid


@dataclass(frozen=True, slots=True)
class Box:
    """Values that cannot go together, whichever is taken of each axis.

    Attributes:
        levels: By axis, without the choices that others hang on.
        first: One of the culprits in it.
        count: How many there are.
    """

    levels: dict[int, tuple[int, ...]]
    first: Culprit
    count: int


def boxes(culprits: Sequence[Culprit], grid: Grid) -> list[Box]:
    """The culprits, those with the same code over the same axes put together where they fill a box.

    Two that hang on different choices are never put together: their values stand apart.
    """
    found = [_box(culprit, grid) for culprit in culprits]
    for turn in range(len(grid.axes)):
        merged: dict[object, Box] = {}
        for box in found:
            code = min(box.first.kinds)[0]
            others = {axis: levels for axis, levels in box.levels.items() if axis != turn}
            key = (code, tuple(box.levels), tuple(others.items()), box.first.atoms - _shown(box))
            merged[key] = _joined(merged[key], box, turn) if key in merged else box
        found = list(merged.values())
    return sorted(found, key=lambda box: (len(box.levels), sorted(box.levels.items())))


def _box(culprit: Culprit, grid: Grid) -> Box:
    implied = {grid.parents[axis] for axis, _ in culprit.atoms}
    shown = sorted(atom for atom in culprit.atoms if atom not in implied)
    return Box({axis: (level,) for axis, level in shown}, culprit, 1)


def _shown(box: Box) -> frozenset[tuple[int, int]]:
    return frozenset(atom for atom in box.first.atoms if atom[0] in box.levels)


def _joined(one: Box, other: Box, axis: int) -> Box:
    if axis not in one.levels:
        return one
    levels = tuple(sorted({*one.levels[axis], *other.levels[axis]}))
    return Box(one.levels | {axis: levels}, one.first, one.count + other.count)
