"""One-hot rows as class indices: what a loss would multiply by ones and zeros, it looks up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from modelspec.data.table.table import Array

CHUNK = 1 << 16
"""Rows that are looked at together."""


def class_indices(target: Array) -> NDArray[np.int64] | None:
    """The place of the one in each row of a target `[..., classes]`, as `[...]`.

    Returns:
        None where a row is not one 1 among zeros, so that nothing but the rows themselves says
        what it is.
    """
    *axes, classes = target.shape
    if classes < 2:
        return None
    rows = target.reshape(-1, classes)
    found = np.empty(len(rows), np.int64)
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        places = found[start : start + CHUNK]
        part.argmax(1, out=places)
        ones = part[np.arange(len(part)), places] == 1
        if not ones.all() or np.count_nonzero(part) != len(part):
            return None
    return found.reshape(axes)
