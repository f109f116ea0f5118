"""Yes or no, as numbers from 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from modelspec.data.features.column_values import numbers, report_rows
from modelspec.data.features.feature import EncodeContext, Feature, Labelled
from modelspec.data.features.number import Number
from modelspec.data.features.spellings import TRUTH
from modelspec.data.table.missing_markers import MISSING_MARKERS

if TYPE_CHECKING:
    from modelspec.data.table.table import Array, Column

THRESHOLD = 0.5
"""The probability from which on the answer is yes."""


@dataclass(frozen=True, slots=True)
class Binary(Feature):
    """Targets of `binary_crossentropy`: zeros and ones, or probabilities."""

    type: ClassVar[str] = "binary"
    usual_markers: ClassVar[tuple[str, ...]] = MISSING_MARKERS

    def encode(self, context: EncodeContext) -> Array | None:
        """The numbers, all of them from 0 to 1; yes and no in any spelling are 1 and 0."""
        table = context.table
        told = {column: _as_numbers(table.columns[column]) for column in self.columns}
        context = context._replace(table=replace(table, columns={**table.columns, **told}))
        for column in self.columns:
            values = numbers(context, column)
            if values is not None and not (values.min() >= 0 and values.max() <= 1):
                rows = np.flatnonzero(
                    ((values < 0) | (values > 1)).reshape(len(values), -1).any(axis=1)
                )
                problem = f"{context.field.loss} compares with 0 and 1, `{column}` is neither"
                help = "declare `type: category` if it names one of two classes"
                report_rows(context, rows, "MS607", problem, help=help)
                return None
        return Number(self.columns).encode(context)

    def decode(self, name: str, values: Array) -> dict[str, Array | Labelled]:
        """0 or 1, and the probability of 1."""
        decoded = Number(self.columns).decode
        answers = (values >= THRESHOLD).astype(np.int64)
        return decoded(name, answers) | decoded(f"{name}_probability", values)


def _as_numbers(column: Column) -> Column:
    """A column of text with numbers for its spellings of yes and no."""
    if isinstance(column, np.ndarray) or str(column.dtype) != "String":
        return column
    numbers = {name: str(int(says)) for name, says in TRUTH.items()}
    plain = column.str.strip_chars().str.to_lowercase()
    return plain.replace_strict(list(numbers), list(numbers.values()), default=column)
