"""Rows dealt out in two halves: weights are fitted on the one, and measured on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from modelspec.data import permutation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from modelspec.data.table.table import RowIndices


def halves(
    rows: int, seed: int, classes: NDArray[np.int64] | None = None
) -> tuple[RowIndices, RowIndices]:
    """Two halves of some rows, at random, the same in every process.

    Args:
        rows: How many there are.
        seed: Another one deals them out otherwise.
        classes: `[rows]`: those of each class are dealt out evenly.

    Returns:
        Two arrays of row numbers, rising; the first has one more where their number is odd.
    """
    order = permutation(rows, seed)
    if classes is not None:
        order = order[np.argsort(classes[order], kind="stable")]
    return np.sort(order[::2]), np.sort(order[1::2])
