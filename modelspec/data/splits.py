"""The data of a run: its rows in three parts, and how they were encoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelspec.data.arrays.arrays import Arrays
    from modelspec.data.features.preprocessing import Preprocessing


@dataclass(frozen=True, slots=True)
class Splits:
    """All that a run needs of its data.

    Attributes:
        missing: How many rows of the training file have no value, by input and output; None
            where the file is small enough to be asked again.
    """

    train: Arrays
    validation: Arrays | None
    test: Arrays | None
    preprocessing: Preprocessing
    missing: dict[str, int] | None = None
