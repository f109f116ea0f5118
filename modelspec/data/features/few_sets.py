"""Several classes a row, of a few rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.features.absent import BLANKS
from modelspec.data.features.few import FewEncoded
from modelspec.data.features.few_categories import has_lower
from modelspec.data.features.few_cells import counted, fixed_shape
from modelspec.data.features.field_limits import numpy_dtype

if TYPE_CHECKING:
    from modelspec.data.features.few_categories import FewClasses
    from modelspec.data.table.cell_counts import CellCount
    from modelspec.data.table.few_rows import FewRows
    from modelspec.data.table.model_fields import ModelField


@dataclass(frozen=True, slots=True)
class FewSets:
    """Encodes a column whose values list classes."""

    field: ModelField
    column: FewClasses
    separator: str
    shape: tuple[int, ...]

    @classmethod
    def of(cls, field: ModelField, column: FewClasses, separator: str) -> FewSets | None:
        """None where the sizes are open."""
        shape = fixed_shape((column.size,), field)
        return None if shape is None else cls(field, column, separator, shape)

    def encode(self, few: FewRows) -> FewEncoded | None:
        """A 1 for each class of a row; a row without a value lists none, unless it is filled."""
        column = self.column
        counts: list[CellCount] = []
        cells = column.present(few)
        if cells is None:
            return None
        fill = column.gaps.fill
        missing = [row for row, each in enumerate(cells) if each is None]
        if missing and fill is not None:
            counts.append(column.gaps.filled(missing))
        owners: list[int] = []
        names: list[str] = []
        for row, cell in enumerate(cells):
            listed = self._listed(str(fill or "") if cell is None else cell)
            if listed is None:
                return None
            owners += [row] * len(listed)
            names += listed
        found = column.indices(names)
        if found is None:
            return None
        indices, unknown = found
        if unknown:
            rows = sorted({owners[place] for place in unknown})
            gaps = column.gaps
            counts.append(counted(gaps.field, gaps.column, "unknown", rows, column.became))
        values = np.zeros((few.rows, column.size), numpy_dtype(self.field.dtype))
        for row, index in zip(owners, indices, strict=True):
            if index < column.size:
                values[row, index] = 1
        return FewEncoded(values.reshape(few.rows, *self.shape), counts)

    def _listed(self, text: str) -> list[str] | None:
        """The classes that a text names; None where one is not sure."""
        if self.column.lower:
            if not has_lower(text):
                return None
            text = text.lower()
        parts = (part.strip(BLANKS) for part in text.split(self.separator))
        return [part for part in parts if part]
