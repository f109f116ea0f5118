"""The order of training rows, the same on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def permutation(rows: int, *seeds: int) -> NDArray[np.int64]:
    """The order of `rows` rows that these seeds give: `permutation(rows, seed, epoch)`.

    The rows sorted by the raw 64-bit draws of a PCG64. Numpy promises those draws to be the same
    in all versions and on all platforms, which it does not of `Generator.permutation`: a split
    that moved with an upgrade would test on rows that were trained on.
    """
    bits = np.random.PCG64(np.random.SeedSequence(seeds))
    return np.argsort(bits.random_raw(rows), kind="stable").astype(np.int64, copy=False)
