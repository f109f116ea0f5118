"""Pairs of scans of digits: the same digit, or not.

The scans are dealt out before they are paired, in the order in which they were collected: those for
validation and for testing were mostly written by other people, and none is in a training pair.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARTS = {"train": (0.0, 0.7, 12_000), "validation": (0.7, 0.8, 1_500), "test": (0.8, 1.0, 3_000)}
"""From where to where a part's scans lie among all, and how many pairs are made of them."""


def pairs(digit: NDArray[np.int64], seed: int = 0) -> dict[str, NDArray[np.generic]]:
    """Pairs, half of them of the same digit.

    Args:
        digit: Of every scan.
        seed: Another one makes other pairs of the same scans.

    Returns:
        `left` and `right`, the numbers of two scans; `same`, 0 or 1; `part`.
    """
    dealt = Random(seed)
    rows = []
    for part, (start, stop, count) in PARTS.items():
        scans = range(int(start * len(digit)), int(stop * len(digit)))
        alike = {each: [scan for scan in scans if digit[scan] == each] for each in range(10)}
        for number in range(count):
            left, same = dealt.choice(scans), number % 2
            other = left
            while other == left or (digit[other] == digit[left]) != same:
                other = dealt.choice(alike[digit[left]] if same else scans)
            rows.append((left, other, same, part))
    left, right, same, part = zip(*rows, strict=True)
    return {
        "left": np.array(left), "right": np.array(right),
        "same": np.array(same), "part": np.array(part),
    }  # fmt: skip
