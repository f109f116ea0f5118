"""One number for each row of arrays, by which equal rows are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from modelspec.data.table.table import Array

_ODD = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(int(_ODD), -1, 1 << 64))
_SHIFT = np.uint64(32)


def row_hashes(arrays: Sequence[Array]) -> NDArray[np.uint64]:
    """64 bits for each row, `[rows]`: equal for equal rows, and for hardly any others.

    Padding does not count: of integers zeros at both ends, of other numbers those at the end.

    Args:
        arrays: `[rows, ...]` each; a row is what all have there.
    """
    total = np.zeros(len(arrays[0]), np.uint64)
    for array in arrays:
        total = _mixed(total * _ODD + _of_array(array))
    return total


def _of_array(array: Array) -> NDArray[np.uint64]:
    """A polynomial of the row's mixed numbers, which zeros add nothing to."""
    flat = np.ascontiguousarray(array).reshape(len(array), -1)
    if not flat.shape[1]:
        return np.zeros(len(flat), np.uint64)
    integers = flat.dtype.kind == "i"
    numbers = flat.astype(np.int64).view(np.uint64) if integers else _words(flat)
    powers = np.cumprod(np.full(numbers.shape[1], _ODD))
    found = (_mixed(numbers) * powers).sum(axis=1, dtype=np.uint64)
    if integers:  # wherever the row begins, that is counted away
        inverses = np.cumprod(np.full(numbers.shape[1] + 1, _INVERSE))
        found = found * inverses[(flat != 0).argmax(axis=1)]
    return np.asarray(found, np.uint64)


def _words(flat: Array) -> NDArray[np.uint64]:
    """The bytes of each row as few whole numbers."""
    data = flat.view(np.uint8).reshape(len(flat), -1)
    missing = -data.shape[1] % 8
    if missing:
        data = np.pad(data, ((0, 0), (0, missing)))
    return np.ascontiguousarray(data).view(np.uint64)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Other numbers in their place, 0 for 0: each bit depends on half of the others."""
    mixed: NDArray[np.uint64] = (numbers ^ (numbers >> _SHIFT)) * np.uint64(0xD6E8FEB86659FD93)
    mixed = (mixed ^ (mixed >> _SHIFT)) * np.uint64(0xD6E8FEB86659FD93)
    return mixed ^ (mixed >> _SHIFT)
