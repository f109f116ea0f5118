"""The arrays of random models, drawn from their paths, so that no file has to hold them."""

from collections.abc import Sequence
from typing import Any
from zlib import crc32

import numpy as np


def drawn(path: str, shape: Sequence[int]) -> "np.ndarray[Any, Any]":
    """What lies at a path, `layers/dense/vars/0`: uniform between -0.8 and 0.8.

    The generator's seed is the CRC-32 of the path. The variance of a batch normalization, its
    fourth array, is the absolute value and a half.
    """
    generator = np.random.default_rng(crc32(path.encode()))
    values: np.ndarray[Any, Any] = generator.uniform(-0.8, 0.8, tuple(shape)).astype("float32")
    if "batch_normalization" in path and path.endswith("vars/3"):
        values = np.abs(values) + np.float32(0.5)
    return values
