"""The data of a run: its rows in three parts, and how they were encoded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelspec.data.arrays.arrays import Arrays
    from modelspec.data.features.preprocessing import Preprocessing
    from modelspec.data.table.cell_counts import CellCounts


@dataclass(frozen=True, slots=True)
class Splits:
    """All that a run needs of its data.

    Attributes:
        counts: What became of the cells of each file, by the part that names it: those of
            `train` are of all rows that the file has, also those of the other parts.
        out_of_core: Whether the training file does not fit into memory.
    """

    train: Arrays
    validation: Arrays | None
    test: Arrays | None
    preprocessing: Preprocessing
    counts: dict[str, CellCounts] = field(default_factory=dict)
    out_of_core: bool = False
