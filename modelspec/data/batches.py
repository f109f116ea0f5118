"""The order of training rows, and its cut into batches. Plain index arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def permutation(rows: int, *seeds: int) -> NDArray[np.int64]:
    """The order of `rows` rows that these seeds give: `permutation(rows, seed, epoch)`.

    The rows sorted by the raw 64-bit draws of a PCG64. Numpy promises those draws to be the same
    in all versions and on all platforms, which it does not of `Generator.permutation`: a split
    that moved with an upgrade would test on rows that were trained on.
    """
    bits = np.random.PCG64(np.random.SeedSequence(seeds))
    return np.argsort(bits.random_raw(rows), kind="stable").astype(np.int64, copy=False)


def batches(order: NDArray[np.int64], size: int) -> Iterator[NDArray[np.int64]]:
    """The order in pieces of `size` rows, the last one of what is left. Views, not copies."""
    for start in range(0, len(order), size):
        yield order[start : start + size]
