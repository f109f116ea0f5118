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
    return _sorted_places(bits.random_raw(rows))


def _sorted_places(draws: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The stable order of draws. Numbers are sorted in half the time of their places.

    So each place takes the lowest bits of its draw; where the others do not tell two draws apart,
    which is rare, places are sorted after all.
    """
    width = np.uint64(max(len(draws) - 1, 1).bit_length())
    low = np.uint64((1 << int(width)) - 1)
    packed = (draws & ~low) | np.arange(len(draws), dtype=np.uint64)
    packed.sort()
    high = packed >> width
    if (high[1:] == high[:-1]).any():
        return np.argsort(draws, kind="stable").astype(np.int64, copy=False)
    return (packed & low).astype(np.int64)
