"""The statistics of numbers, a few rows at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from modelspec.data.table import Array, Rows

_BLOCK_CELLS = 1 << 17


def measure(
    array: Array, rows: Rows | None, width: int, normalize: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(offset, scale) of each of the last axis's entries; a constant one has its value and 1."""
    cells = partial(_float_blocks, array, rows, width)
    low = np.full(width, np.inf)
    high, total, count = -low, np.zeros(width), 0
    for block in cells():
        low = np.minimum(low, block.min(axis=0))
        high = np.maximum(high, block.max(axis=0))
        total += block.sum(axis=0)
        count += len(block)
    span = np.where(low == high, 1.0, high - low)
    if normalize == "minmax":
        return low, span
    mean = np.where(low == high, low, total / count)
    squares = sum((((block - mean) / span) ** 2).sum(axis=0) for block in cells())
    deviation = span * np.sqrt(squares / count)
    return mean, np.where(deviation > 0, deviation, 1.0)


def _float_blocks(array: Array, rows: Rows | None, width: int) -> Iterator[NDArray[np.float64]]:
    """These rows of an array (None: all), a few at a time, each block `[cells, width]`."""
    for block in blocks(len(array) if rows is None else len(rows), array[0].size):
        part = array[block] if rows is None else array[rows[block]]
        yield part.astype(np.float64).reshape(-1, width)


def blocks(rows: int, cells: int) -> Iterator[slice]:
    """Pieces of so many rows, each of so many cells, that are quick to work on."""
    step = max(1, _BLOCK_CELLS // max(1, cells))
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))
