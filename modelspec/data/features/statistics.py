"""The statistics of numbers, a few rows at a time.

All goes by blocks of one size, counted from the first training row on: in what chunks the rows
come makes no difference, down to the last bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from modelspec.data.table.table import Array, RowIndices

_BLOCK_CELLS = 1 << 17


def fit_scaling(
    chunks: Callable[[], Iterable[tuple[Sequence[Array], RowIndices | None]]],
    width: int,
    normalize: str,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit (offset, scale) to each entry; a constant entry has its value and 1.

    Args:
        chunks: Goes through all rows, a chunk at a time: the arrays of a chunk, and which of its
            rows count (None: all). Called once or twice.
        width: How many entries of each array's last axis are measured each by itself.
        normalize: `standard` or `minmax`.
    """
    low = high = total = np.zeros(0)
    count = 0
    for block in _blocks(chunks(), width):
        if not count:
            low, high = np.full(len(block), np.inf), np.full(len(block), -np.inf)
            total = np.zeros(len(block))
        low = np.minimum(low, block.min(axis=1))
        high = np.maximum(high, block.max(axis=1))
        total = total + block.sum(axis=1)
        count += block.shape[1]
    span = np.where(low == high, 1.0, high - low)
    if normalize == "minmax":
        return low, span
    mean = np.where(low == high, low, total / count)
    squares = np.zeros(len(mean))
    for block in _blocks(chunks(), width):
        squares += (((block - mean[:, None]) / span[:, None]) ** 2).sum(axis=1)
    deviation = span * np.sqrt(squares / count)
    return mean, np.where(deviation > 0, deviation, 1.0)


def mean_of(chunks: Iterable[Array]) -> float | None:
    """The mean of the numbers of some chunks, one axis each. None of none."""
    total, count = 0.0, 0
    for block in _blocks((([chunk], None) for chunk in chunks), 1):
        total += float(block.sum())
        count += block.shape[1]
    return total / count if count else None


def _blocks(
    chunks: Iterable[tuple[Sequence[Array], RowIndices | None]], width: int
) -> Iterator[NDArray[np.float64]]:
    """The rows in blocks of one size, each `[entries, cells]`; the last one of what is left."""
    waiting: list[NDArray[np.float64]] = []
    missing = size = 0
    for arrays, rows in chunks:
        count = len(arrays[0]) if rows is None else len(rows)
        if not count:
            continue
        if not size:
            cells = sum(array[0].size for array in arrays)
            missing = size = max(1, _BLOCK_CELLS // max(1, cells))
        start = 0
        while start < count:
            stop = min(start + missing, count)
            chosen = slice(start, stop) if rows is None else rows[start:stop]
            waiting.append(_cells([array[chosen] for array in arrays], width))
            missing -= stop - start
            start = stop
            if not missing:
                yield _joined(waiting)
                waiting, missing = [], size
    if waiting:
        yield _joined(waiting)


def _cells(arrays: Sequence[Array], width: int) -> NDArray[np.float64]:
    """Some rows as `[entries, cells]`, each entry's cells side by side."""
    if arrays[0].ndim == 1:
        return np.array(arrays, np.float64)
    parts = [array.astype(np.float64).reshape(-1, width).T for array in arrays]
    return np.ascontiguousarray(parts[0] if len(parts) == 1 else np.concatenate(parts))


def _joined(parts: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


def blocks(rows: int, cells: int) -> Iterator[slice]:
    """Pieces of so many rows, each of so many cells, that are quick to work on."""
    step = max(1, _BLOCK_CELLS // max(1, cells))
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))
