"""The statistics of numbers, a few rows at a time.

All goes by blocks of one size, counted from the first training row on: in what chunks the rows
come makes no difference, down to the last bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from modelspec.data.table.table import Array, RowIndices

_BLOCK_CELLS = 1 << 17
_KEPT_CELLS = 1 << 23
"""So many numbers are sorted at a time, or else one entry's."""


Rows: TypeAlias = "Callable[[], Iterable[tuple[Sequence[Array], RowIndices | None]]]"
"""Goes through all rows, a chunk at a time: the arrays of a chunk, and which of its rows count
(None: all)."""


class Moments(NamedTuple):
    """Of each entry; the deviation is that of all values, not of a sample."""

    values: int
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]


def moments(rows: Rows, width: int, logarithms: Sequence[bool] = (False,)) -> Moments:
    """Least, largest, mean and deviation of each entry.

    Sums are taken of differences from the first value of an entry, then from the mean: an offset
    takes no precision away.

    Args:
        rows: Called twice.
        width: How many entries of each array's last axis are measured each by itself.
        logarithms: Whether all entries, or each, are measured as the logarithm of 1 + x.
    """
    low = high = total = first = np.zeros(0)
    count = 0
    for block in _measured(rows(), width, logarithms):
        if not count:
            low, high = np.full(len(block), np.inf), np.full(len(block), -np.inf)
            total, first = np.zeros(len(block)), block[:, 0].copy()
        low = np.minimum(low, block.min(axis=1))
        high = np.maximum(high, block.max(axis=1))
        total += (block - first[:, None]).sum(axis=1)
        count += block.shape[1]
    span = np.where(low == high, 1.0, high - low)
    mean = np.where(low == high, low, first + total / count)
    squares = np.zeros(len(mean))
    for block in _measured(rows(), width, logarithms):
        squares += (((block - mean[:, None]) / span[:, None]) ** 2).sum(axis=1)
    return Moments(count, low, high, mean, span * np.sqrt(squares / count))


def sorted_entries(
    rows: Rows, width: int, entries: Sequence[int], count: int
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Each of some entries with all its values in order, a few of them at a time in memory.

    Args:
        rows: Called once for every few entries.
        width: As of `moments`.
        entries: Which.
        count: How many values an entry has.
    """
    step = max(1, _KEPT_CELLS // max(1, count))
    for start in range(0, len(entries), step):
        chosen = list(entries[start : start + step])
        values, filled = np.empty((len(chosen), count)), 0
        for block in _blocks(rows(), width):
            values[:, filled : filled + block.shape[1]] = block[chosen]
            filled += block.shape[1]
        values.sort(axis=1)
        yield from zip(chosen, values, strict=True)


def _measured(
    chunks: Iterable[tuple[Sequence[Array], RowIndices | None]],
    width: int,
    logarithms: Sequence[bool],
) -> Iterator[NDArray[np.float64]]:
    for block in _blocks(chunks, width):
        if any(logarithms):
            chosen = np.broadcast_to(logarithms, len(block))
            block[chosen] = np.log1p(block[chosen])
        yield block


def mean_of(chunks: Iterable[Array]) -> list[float] | None:
    """The mean of each entry of some chunks, `[values]` or `[values, entries]`, NaN left out.

    Returns:
        None where an entry has no number.
    """
    moments: list[_Sum] = []
    for entries in _entry_blocks(chunks):
        moments = moments or [_Sum() for _ in entries]
        for moment, values in zip(moments, entries, strict=True):
            moment.add(values)
    if not moments or not all(moment.count for moment in moments):
        return None
    return [moment.mean for moment in moments]


def median_of(chunks: Iterable[Array]) -> list[float] | None:
    """The median of each entry, as `mean_of`."""
    return _of_known(chunks, lambda values: float(np.median(values)))


def mode_of(chunks: Iterable[Array]) -> list[float] | None:
    """The most frequent number of each entry, of several the smallest, as `mean_of`."""
    return _of_known(chunks, _mode)


def _mode(values: NDArray[np.float64]) -> float:
    found, counts = np.unique(values, return_counts=True)
    return float(found[counts.argmax()])


def _of_known(
    chunks: Iterable[Array], statistic: Callable[[NDArray[np.float64]], float]
) -> list[float] | None:
    """A statistic of all numbers of each entry, kept in memory; None where one has none."""
    kept = [_two_axes(chunk).astype(np.float64, copy=False) for chunk in chunks]
    if not kept:
        return None
    values = np.concatenate(kept)
    known = [entry[~np.isnan(entry)] for entry in values.T]
    return [statistic(entry) for entry in known] if all(map(len, known)) else None


class _Sum:
    """A sum of differences from the first number, which is what large offsets take."""

    def __init__(self) -> None:
        self.shift = self.total = 0.0
        self.count = 0

    def add(self, values: NDArray[np.float64]) -> None:
        """Add numbers, none of them NaN."""
        if not self.count and len(values):
            self.shift = float(values[0])
        self.total += float((values - self.shift).sum())
        self.count += len(values)

    @property
    def mean(self) -> float:
        """Of all numbers."""
        return self.shift + self.total / self.count


def _two_axes(chunk: Array) -> Array:
    return chunk[:, None] if chunk.ndim == 1 else chunk


def _entry_blocks(chunks: Iterable[Array]) -> Iterator[list[NDArray[np.float64]]]:
    """Blocks of rows as the known numbers of each entry; the same blocks in whatever chunks."""
    arrays = (_two_axes(chunk) for chunk in chunks)
    for block in _blocks((([each], None) for each in arrays), None):
        yield [entry[~np.isnan(entry)] for entry in block]


def _blocks(
    chunks: Iterable[tuple[Sequence[Array], RowIndices | None]], width: int | None
) -> Iterator[NDArray[np.float64]]:
    """The rows in blocks of one size, each `[entries, cells]`; the last one of what is left.

    Where `width` is None, it is that of the last axis.
    """
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


def _cells(arrays: Sequence[Array], width: int | None) -> NDArray[np.float64]:
    """Some rows as `[entries, cells]`, each entry's cells side by side."""
    if arrays[0].ndim == 1:
        return np.array(arrays, np.float64)
    parts = [array.astype(np.float64).reshape(-1, width or array.shape[-1]).T for array in arrays]
    return np.ascontiguousarray(parts[0] if len(parts) == 1 else np.concatenate(parts))


def _joined(parts: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


def blocks(rows: int, cells: int) -> Iterator[slice]:
    """Pieces of so many rows, each of so many cells, that are quick to work on."""
    step = max(1, _BLOCK_CELLS // max(1, cells))
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))
