"""What a model is fed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from modelspec.data.preprocessing import Preprocessing
    from modelspec.data.table import Array, Rows


@dataclass(frozen=True, slots=True)
class Arrays:
    """Rows of contiguous arrays, the batch axis first.

    Attributes:
        inputs: By input, in the dtype and shape that the graph declares.
        targets: By output with a loss: float32 of the output's shape; for classes int64 indices
            without its last axis, or float32 rows of probabilities.
        rows: How many.
    """

    inputs: dict[str, Array]
    targets: dict[str, Array]
    rows: int

    def take(self, rows: Rows) -> Arrays:
        """Only these rows, copied."""
        return Arrays(
            {name: np.take(array, rows, axis=0) for name, array in self.inputs.items()},
            {name: np.take(array, rows, axis=0) for name, array in self.targets.items()},
            len(rows),
        )


@dataclass(frozen=True, slots=True)
class Splits:
    """All that a run needs of its data."""

    train: Arrays
    validation: Arrays | None
    test: Arrays | None
    preprocessing: Preprocessing
