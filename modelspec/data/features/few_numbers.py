"""Numbers of a few rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec.data.features.absent import BLANKS, marker_numbers
from modelspec.data.features.column_values import limits
from modelspec.data.features.few import FewEncoded
from modelspec.data.features.few_cells import EXACT, NONE, Gaps, counted, fixed_shape
from modelspec.data.features.field_limits import most, numpy_dtype
from modelspec.data.features.missing import marker_texts
from modelspec.data.features.number_formats import PERCENT

if TYPE_CHECKING:
    from modelspec.data.features.feature import Feature
    from modelspec.data.features.scaling import Scaling
    from modelspec.data.table.cell_counts import CellCount
    from modelspec.data.table.few_rows import FewRows
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array

_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_NUMBERS = {int, float}


@dataclass(frozen=True, slots=True)
class FewNumbers:
    """Encodes the columns of a `Number` as one matrix.

    Attributes:
        shape: Of one row.
        log: The columns whose logarithm of 1 + x is taken.
        format: `percent` or `currency`, where text is written so.
        amounts: How the text of each column is written, the number being the group `number`.
    """

    field: ModelField
    columns: tuple[Gaps, ...]
    indicators: tuple[str, ...]
    shape: tuple[int, ...]
    scaling: Scaling
    normalised: bool
    log: tuple[int, ...]
    marked: frozenset[float]
    texts: frozenset[str]
    format: str
    amounts: tuple[re.Pattern[str], ...]

    @classmethod
    def of(
        cls,
        feature: Feature,
        field: ModelField,
        scaling: Scaling,
        format: str = "",
        units: tuple[str, ...] = (),
    ) -> FewNumbers | None:
        """None where the sizes are open.

        Args:
            feature: Is fitted.
            field: What is filled.
            scaling: That of the feature.
            format: `percent`, `currency` or nothing.
            units: The currency of each column; empty for one that has none.
        """
        count, more = len(feature.columns), len(feature.indicators)
        vector = count > 1 or more
        shape = fixed_shape((count + more,) if vector else (), field)
        if shape is None:
            return None
        kinds = scaling.kinds * count if len(scaling.kinds) == 1 else scaling.kinds
        return cls(
            field,
            tuple(Gaps.of(feature, field, column) for column in feature.columns),
            feature.indicators,
            shape,
            scaling,
            feature.normalised,
            tuple(place for place, kind in enumerate(kinds) if kind == "log1p"),
            frozenset(marker_numbers(feature.markers)),
            marker_texts(feature),
            format,
            tuple(_pattern(format, unit) for unit in units or ("",) * count),
        )

    def encode(self, few: FewRows) -> FewEncoded | None:
        """The numbers, normalised, then the indicators."""
        found: list[list[float]] = []
        counts: list[CellCount] = []
        gaps: dict[str, list[int]] = {}
        of_text = False
        for column, amounts in zip(self.columns, self.amounts, strict=True):
            cells = few.cells(column.column)
            if cells is None:
                return None
            if str in map(type, cells):
                numbers = self._read(cells, amounts) if few.plain else None
                of_text = True
            else:
                numbers = self._numbers(cells) if self.format != "percent" else None
            if numbers is None:
                return None
            missing = [row for row, each in enumerate(numbers) if each is None]
            if missing:
                if column.fill is None:
                    return None
                gaps[column.column] = missing
                counts.append(column.filled(missing))
            found.append([column.fill if each is None else each for each in numbers])  # type: ignore[misc]
        values = self._scaled(np.array(found, np.float64).T)
        if values is None:
            return None
        values, outside = self.scaling.clipped(values)
        if outside is not None and outside.any():
            counts += self._clipped(outside)
        if not self._holds(values):
            return None
        out = np.empty((few.rows, len(found) + len(self.indicators)), numpy_dtype(self.field.dtype))
        out[:, : len(found)] = values
        for place, name in enumerate(self.indicators, len(found)):
            out[:, place] = 0
            out[gaps.get(name, []), place] = 1
        return FewEncoded(out.reshape(few.rows, *self.shape), counts, of_text)

    def _numbers(self, cells: list[Any]) -> list[float | None] | None:
        """A column's numbers, None for what is missing."""
        types = set(map(type, cells))
        types.discard(NONE)
        if types == {bool}:
            return cells
        if not types <= _NUMBERS:
            return None
        found: list[float | None] = []
        for each in cells:
            if each is None or each != each or each in self.marked:
                found.append(None)
            elif each.__class__ is int and not -EXACT <= each <= EXACT:
                return None
            else:
                found.append(each)
        return found

    def _read(self, cells: list[Any], amounts: re.Pattern[str]) -> list[float | None] | None:
        """Texts as numbers; None unless all are written as is sure, or missing."""
        found: list[float | None] = []
        for cell in cells:
            if not isinstance(cell, str | None):
                return None
            text = cell and cell.strip(BLANKS)
            if text is None or text in self.texts:
                found.append(None)
            elif written := amounts.fullmatch(text):
                found.append(self._number(text, written.groupdict()))
            else:
                return None
        return found

    def _number(self, text: str, told: dict[str, str]) -> float | None:
        """What a text says; None of one that stands for nothing."""
        number = float(told["number"] or told["other"])
        if told.get("sign"):
            number = -number
        if self.format == "percent":
            return number * PERCENT
        return None if number in self.marked and _PLAIN.fullmatch(text) else number

    def _scaled(self, values: Array) -> Array | None:
        """`[rows, columns]` normalised; None if any is out of what it should be."""
        least, largest = limits(self.field, scaled=self.normalised)
        if not (least <= _least(values) and _largest(values) <= largest):
            return None
        if self.field.integers and (values != np.floor(values)).any():
            return None
        if self.log and values[:, self.log].min() <= -1:
            return None
        return self.scaling.scaled(values)

    def _clipped(self, outside: Array) -> list[CellCount]:
        low, high = self.scaling.bounds
        found = zip(self.columns, map(np.flatnonzero, outside.T), strict=True)
        field, within = self.field.name, f"{low:g} to {high:g}"
        return [
            counted(field, gaps.column, "clipped", rows.tolist(), within)
            for gaps, rows in found
            if len(rows)
        ]

    def _holds(self, values: Array) -> bool:
        """Whether the field's dtype can hold what was normalised."""
        largest = most(self.field.dtype)
        return not self.normalised or (-largest <= _least(values) and _largest(values) <= largest)


def _pattern(format: str, unit: str) -> re.Pattern[str]:
    """How text is sure to be written: `12.5`, `12.5 %`, `$12`, `-$12` or `12 EUR`."""
    number = r"(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    if format:
        number = r"(?P<number>\d+(?:\.\d+)?)"
    if format == "percent":
        number = rf"(?P<sign>-?){number} ?%"
    if format == "currency":
        unit = re.escape(unit)
        number = rf"(?P<sign>-?)(?:{unit} ?{number}|(?P<other>\d+(?:\.\d+)?) ?(?:{unit})?)"
    return re.compile(number, re.ASCII)


def _least(values: Array) -> float:
    return float(np.minimum.reduce(values, axis=None))


def _largest(values: Array) -> float:
    return float(np.maximum.reduce(values, axis=None))
