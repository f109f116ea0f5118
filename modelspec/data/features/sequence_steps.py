"""The steps of a column of lists, or of text with numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from modelspec.data.features.absent import marker_numbers
from modelspec.data.table.missing_markers import MISSING_MARKERS
from modelspec.data.table.number_style import as_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from modelspec.data.table.number_style import NumberStyle
    from modelspec.data.table.table import Array, RowIndices


class ReadSteps(NamedTuple):
    """The steps of all rows.

    Attributes:
        values: `[steps]` or `[steps, features]`, NaN where there is no number.
        sizes: How many steps each row has.
        bad: Which steps hold what is neither a number nor says that there is none.
    """

    values: Array
    sizes: RowIndices
    bad: Array

    @property
    def owners(self) -> RowIndices:
        """The row of each step."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    def rows_of(self, steps: Array) -> RowIndices:
        """The rows that some steps are of; one that is chosen in any feature counts."""
        chosen = steps.any(axis=tuple(range(1, steps.ndim)))
        return np.unique(self.owners[chosen])

    @property
    def lacking(self) -> Array:
        """Which steps have no value, in each feature."""
        return np.isnan(self.values) & ~_wide(self.bad, self.values)


def of_array(array: Array) -> ReadSteps:
    """The steps of an array, `[rows, steps]` or `[rows, steps, features]`."""
    flat = array.reshape(-1, *array.shape[2:])
    return ReadSteps(flat, np.full(len(array), array.shape[1]), np.zeros(len(flat), bool))


def of_lists(
    column: pl.Series, separator: str, markers: Sequence[str | float], style: NumberStyle
) -> ReadSteps | None:
    """The steps of a column of lists or text; a row without a value has none.

    Args:
        column: The rows.
        separator: What stands between the numbers of a text; empty for blanks and commas.
        markers: Further steps that say that there is no number.
        style: How the file writes numbers.

    Returns:
        None where a step is no list of as many numbers as the others.
    """
    lists = _split(column, separator)
    sizes = lists.list.len().fill_null(0).cast(int).to_numpy().astype(np.int64)
    steps = lists.filter(lists.list.len().fill_null(0) > 0).explode()
    read = _numbers(steps, markers, style)
    if read is None:
        return None
    values, bad = read
    given = marker_numbers(markers)
    if given:
        values = np.where(np.isin(values, given), np.nan, values)
    return ReadSteps(values, sizes, bad)


def is_sequence(column: pl.Series) -> bool:
    """Whether a column's rows can hold several numbers."""
    import polars as pl

    return column.dtype.is_nested() or column.dtype == pl.String


def _split(column: pl.Series, separator: str) -> pl.Series:
    if column.dtype.is_nested():
        return column
    clean = column.str.strip_chars().str.replace_all(r"^\[|\]$", "")
    return clean.str.split(separator) if separator else clean.str.extract_all(r"[^\s,;]+")


def _numbers(
    steps: pl.Series, markers: Sequence[str | float], style: NumberStyle
) -> tuple[Array, Array] | None:
    """Steps as floats, and which are no numbers; None where inner lists differ in length."""
    import polars as pl

    if not isinstance(steps.dtype, pl.List | pl.Array):
        return _cells(steps, markers, style)
    lists = steps if isinstance(steps.dtype, pl.List) else steps.arr.to_list()
    widths = lists.list.len().unique().drop_nulls().to_list()
    if len(widths) != 1 or lists.null_count():
        return None
    cells, bad = _cells(lists.explode(), markers, style)
    return cells.reshape(-1, widths[0]), np.asarray(bad.reshape(-1, widths[0]).any(axis=1))


def _cells(
    cells: pl.Series, markers: Sequence[str | float], style: NumberStyle
) -> tuple[Array, Array]:
    import polars as pl

    if cells.dtype == pl.String:
        cells = cells.str.strip_chars()
        none = cells.is_in([*MISSING_MARKERS, *(each for each in markers if isinstance(each, str))])
        numbers = as_numbers(cells, style)
    else:
        none = cells.is_null()
        numbers = cells.cast(pl.Float64, strict=False)
    bad = numbers.is_null() & ~none.fill_null(True)
    return numbers.fill_null(float("nan")).to_numpy(), bad.to_numpy()


def _wide(steps: Array, values: Array) -> Array:
    return steps.reshape(len(steps), *(1,) * (values.ndim - 1))
