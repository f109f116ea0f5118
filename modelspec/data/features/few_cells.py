"""What features of a few rows have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.data.features.absent import BLANKS
from modelspec.data.features.feature import EncodeContext
from modelspec.data.features.few import FewEncoded
from modelspec.data.features.missing import became
from modelspec.data.features.symbol_sizes import SymbolSizes
from modelspec.data.table.cell_counts import CellCount, CellCounts
from modelspec.data.table.findings import Findings
from modelspec.data.table.table import Table
from modelspec.diagnostics import Report
from modelspec.language.base_feature import UNFILLED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features.feature import Feature
    from modelspec.data.table.cell_counts import Happening
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Column

EXACT = 2**53
"""The integers up to here are floats as well."""
NONE = type(None)


class Gaps(NamedTuple):
    """What a missing value of a column becomes.

    Attributes:
        fill: What is put there; None where nothing is.
        became: How a count says it.
    """

    field: str
    column: str
    fill: str | float | None
    became: str

    @classmethod
    def of(cls, feature: Feature, field: ModelField, column: str) -> Gaps:
        """Those of a fitted feature."""
        fill = feature.stands_for(column)
        if fill is None or feature.strategy(column) in UNFILLED:
            return cls(field.name, column, None, "")
        return cls(field.name, column, fill, became(feature, column))

    def filled(self, rows: Sequence[int]) -> CellCount:
        """That some rows were filled."""
        return counted(self.field, self.column, "missing", rows, self.became)


def counted(
    field: str, column: str, happening: Happening, rows: Sequence[int], became: str
) -> CellCount:
    """What became of a column at some rows, from 0; rows in memory are counted from 1."""
    return CellCount(field, column, happening, len(rows), became, rows[0] + 1)


def fixed_shape(row: tuple[int, ...], field: ModelField) -> tuple[int, ...] | None:
    """The shape of rows in a field whose sizes are all known; None of another, or of no fit."""
    if any(not isinstance(size, int) for size in field.shape or ()):
        return None
    return SymbolSizes().fit(row, field, "", Findings(Report(), ""))


def texts_of(cells: list[Any]) -> list[str | None] | None:
    """Values as text without blanks at their ends, None for what is missing.

    None where a column of them may be written in another way, such as `7` and `7.5`.
    """
    types = set(map(type, cells))
    types.discard(NONE)
    if types <= {str}:
        return [each.strip(BLANKS) or None if each is not None else None for each in cells]
    if types == {bool}:
        return [each if each is None else str(each).lower() for each in cells]
    if types <= {int, float} and all(map(_is_whole, cells)):
        return [each if each is None else str(int(each)) for each in cells]
    return None


def _is_whole(cell: float | None) -> bool:
    return cell is None or (abs(cell) <= EXACT and cell == int(cell))


def silent_context(
    field: ModelField,
    rows: int,
    minimums: Mapping[str, int],
    columns: dict[str, Column] | None = None,
) -> EncodeContext:
    """What a feature encodes a few rows in that have been read already, all findings apart.

    Args:
        field: What is filled.
        rows: How many there are.
        minimums: The least sizes of the graph's symbols.
        columns: Those that are arrays.
    """
    return EncodeContext(
        field,
        Table("", rows, columns or {}),
        SymbolSizes(dict(minimums)),
        Findings(Report(), ""),
        CellCounts(),
    )


def if_sound(context: EncodeContext, values: Values | None) -> FewEncoded | None:
    """What came of a silent context; None after a finding."""
    if values is None or len(context.findings.report):
        return None
    return FewEncoded(values, tuple(context.counts.found.values()))


def is_open(field: ModelField, first: int = 1) -> bool:
    """Whether a size of a field, from the `first` axis on, is for other fields to fix too."""
    return any(not isinstance(size, int) for size in (field.shape or ())[first:])
