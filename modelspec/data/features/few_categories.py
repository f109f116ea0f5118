"""Classes of a few rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec.data.features.few import FewEncoded
from modelspec.data.features.few_cells import Gaps, counted, fixed_shape, texts_of
from modelspec.data.features.field_limits import numpy_dtype

if TYPE_CHECKING:
    from modelspec.data.features.feature import Feature
    from modelspec.data.features.spellings import Respelling
    from modelspec.data.table.cell_counts import CellCount
    from modelspec.data.table.few_rows import FewRows
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array

_STABLE = "\u0590"
"""Below it, all libraries know the same lower case letters."""
_ODD = "Σ"
"""Its lower case goes by its place in a word."""


@dataclass(frozen=True, slots=True)
class FewClasses:
    """The classes of one column.

    Attributes:
        direct: The index of each class as a cell may hold it, in which nothing is to be looked for.
        known: The index of each class.
        spellings: What else says one.
        other: The index of what is no class; None where that is an error.
        became: How a count says that.
        absent: The texts that stand for no value.
        size: The index of what is ignored.
    """

    gaps: Gaps
    direct: dict[str, int]
    known: dict[str, int]
    spellings: Respelling | None
    other: int | None
    became: str
    absent: frozenset[str]
    lower: bool
    size: int

    def plain(self, few: FewRows) -> list[int] | None:
        """Each row's index where all hold classes as they are called; None of others."""
        cells = few.cells(self.gaps.column)
        if cells is None or not all(type(each) is str for each in cells):
            return None
        found = [self.direct.get(each) for each in cells]
        return None if None in found else found  # type: ignore[return-value]

    def present(self, few: FewRows) -> list[str | None] | None:
        """Each row's text, None where it is missing; None where one is not sure."""
        cells: list[Any] | None = few.cells(self.gaps.column)
        found = None if cells is None else texts_of(cells)
        if found is None or not self.absent:
            return found
        return [None if each in self.absent else each for each in found]

    def texts(self, few: FewRows) -> tuple[list[str], list[int]] | None:
        """Each row's text, and the rows where it was missing; None where one is not sure."""
        found, fill = self.present(few), self.gaps.fill
        if found is None:
            return None
        missing = [row for row, each in enumerate(found) if each is None]
        if missing:
            if not isinstance(fill, str):
                return None
            for row in missing:
                found[row] = fill
        return found, missing  # type: ignore[return-value]

    def indices(self, texts: list[str]) -> tuple[list[int], list[int]] | None:
        """Each row's index, and the rows of no class; None where one is not sure."""
        if self.lower:
            if not all(map(has_lower, texts)):
                return None
            texts = [each.lower() for each in texts]
        found = [self.known.get(each) for each in texts]
        unknown: list[int] = []
        if None in found:
            for row, each in enumerate(texts):
                if found[row] is None:
                    found[row] = self.spellings.of_text(each) if self.spellings else None
                if found[row] is None:
                    if self.other is None or not each.isprintable():
                        return None
                    found[row] = self.other
                    unknown.append(row)
        return found, unknown  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class FewCategories:
    """Encodes the columns of a `Category` or of `Categories`."""

    field: ModelField
    columns: tuple[FewClasses, ...]
    one_hot: bool
    entries: int
    indicators: tuple[str, ...]
    shape: tuple[int, ...]

    @classmethod
    def of(
        cls,
        feature: Feature,
        field: ModelField,
        columns: tuple[FewClasses, ...],
        entries: int,
        *,
        one_hot: bool,
    ) -> FewCategories | None:
        """None where the sizes are open."""
        row = (len(columns),) if len(columns) > 1 else ()
        if one_hot:
            row = (entries + len(feature.indicators),)
        shape = fixed_shape(row, field)
        if shape is None:
            return None
        return cls(field, columns, one_hot, entries, feature.indicators, shape)

    def encode(self, few: FewRows) -> FewEncoded | None:
        """One-hot rows, or ids; then the indicators."""
        counts: list[CellCount] = []
        gaps: dict[str, list[int]] = {}
        plain = [column.plain(few) for column in self.columns]
        read: list[list[str]] = []
        for column, known in zip(self.columns, plain, strict=True):
            texts = column.texts(few) if known is None else ([], [])
            if texts is None:
                return None
            read.append(texts[0])
            if texts[1]:
                gaps[column.gaps.column] = texts[1]
                counts.append(column.gaps.filled(texts[1]))
        found: list[list[int]] = []
        start = 0
        for column, known, each in zip(self.columns, plain, read, strict=True):
            indices = column.indices(each) if known is None else (known, [])
            if indices is None:
                return None
            if indices[1]:
                name = column.gaps.column
                told = counted(self.field.name, name, "unknown", indices[1], column.became)
                counts.append(told)
            size = column.size
            found.append([self.entries if i >= size else i + start for i in indices[0]])
            start += size
        values = self._one_hot(few.rows, found, gaps) if self.one_hot else np.array(found).T
        out = np.ascontiguousarray(values, numpy_dtype(self.field.dtype))
        return FewEncoded(out.reshape(few.rows, *self.shape), counts)

    def _one_hot(self, rows: int, found: list[list[int]], gaps: dict[str, list[int]]) -> Array:
        values = np.zeros(
            (rows, self.entries + len(self.indicators)), numpy_dtype(self.field.dtype)
        )
        for column in found:
            for row, index in enumerate(column):
                if index < self.entries:
                    values[row, index] = 1
        for place, name in enumerate(self.indicators, self.entries):
            values[gaps.get(name, []), place] = 1
        return values


def has_lower(text: str) -> bool:
    """Whether all libraries make the same of a text in lower case."""
    return text.isascii() or (max(text) < _STABLE and _ODD not in text)
