"""A column's values as numpy or text, with a finding for every kind of bad one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.features.field_limits import dtype_limits
from modelspec.data.features.number_formats import BAD_TEXT, in_format
from modelspec.data.table.number_style import style_of

if TYPE_CHECKING:
    import polars as pl

    from modelspec.data.features.feature import EncodeContext, Gap
    from modelspec.data.table.cell_counts import Happening
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array, RowIndices, Table

_EXACT = 2.0**53
"""The integers that a float64 holds exactly, and so the largest that a file may give."""


def numbers(
    context: EncodeContext, column: str, format: str = "", *, scaled: bool = False
) -> Array | None:
    """The column as finite numbers, of its field's kind. None after a finding.

    Args:
        context: Has the column; its gaps are filled.
        column: Which.
        format: `percent` or `currency`, where its text is written so.
        scaled: Whether the numbers are yet to be normalised, and so need not fit their field.
    """
    values, gap = context.table.columns[column], context.gaps.get(column)
    if not isinstance(values, np.ndarray):
        parsed = _parsed(context, column, values, gap, format)
        if parsed is None:
            return None
        array = parsed.to_numpy()
        if parsed is values:
            context.table.columns[column] = array
        values = array
    elif values.dtype.kind in "US":
        message = f"`{column}` of `{context.table.file}` holds text, not numbers"
        help = "declare it with `type: category`"
        context.findings.add("MS803", message, help=help)
        return None
    elif gap is not None:
        values = np.where(np.isnan(values), gap.fill, values)
    return values if check_finite(context, column, values, scaled=scaled) else None


def texts(context: EncodeContext, column: str) -> pl.Series | None:
    """The column as text without blanks at its ends, none missing. None after a finding."""
    values = context.table.columns[column]
    if isinstance(values, np.ndarray):
        message = f"a category is one value a row, `{column}` has rows of {list(values.shape[1:])}"
        context.findings.add("MS805", message)
        return None
    stripped = values.str.strip_chars()
    missing = (stripped == "").fill_null(True)
    return stripped if _check_present(context, column, missing) else None


def report_rows(
    context: EncodeContext, rows: RowIndices, code: str, problem: str, *, help: str = ""
) -> None:
    """Report what is wrong at some rows of the table: `problem` ends where the rows follow."""
    line = context.table.line(int(rows[0]))
    context.findings.add(code, f"{problem} at {context.table.where(rows)}", help=help, line=line)


def count_cells(
    context: EncodeContext,
    column: str,
    happening: Happening,
    rows: RowIndices,
    became: str = "",
    most: int = 0,
) -> None:
    """Count what became of a column at some rows of the table, as `CellCount` has it."""

    def first() -> int:
        return context.table.number(int(rows[0]))

    context.counts.add_rows(context.field.name, column, happening, len(rows), first, became, most)


def _parsed(
    context: EncodeContext, column: str, values: pl.Series, gap: Gap | None, format: str
) -> pl.Series | None:
    """A series as numbers, none missing."""
    import polars as pl

    filled = pl.Series(gap.rows) if gap is not None else None
    if values.dtype != pl.String:
        if format == "percent" and values.count():
            _report_plain(context, column, values)
            return None
        missing = values.is_null()
        if filled is None and (not missing.any() or _check_present(context, column, missing)):
            return values
        return None if gap is None else _with_numbers(values, gap)
    stripped = values.str.strip_chars()
    missing = (stripped == "").fill_null(True)
    parsed = in_format(stripped, context.table.style, format)
    rows = (parsed.is_null() & ~missing).arg_true().to_numpy().astype(np.int64)
    if len(rows):
        problem = f"`{column}` is `{stripped[int(rows[0])]}`, {BAD_TEXT[format]},"
        help = way_out(context.table, stripped[rows.tolist()], format)
        report_rows(context, rows, "MS803", problem, help=help)
    lacking = missing if filled is None else missing & ~filled
    present = _check_present(context, column, lacking)
    if not present or len(rows):
        return None
    return parsed if gap is None else _with_numbers(parsed, gap)


def way_out(table: Table, texts: pl.Series, format: str) -> str:
    """What to do about texts that are no numbers, or numbers as another file would write them."""
    for other in ("percent", "currency"):
        if other != format and in_format(texts, table.style, other).null_count() == 0:
            return f"set `format: {other}`"
    style = style_of(texts[0])
    if style and table.unit == "line" and style != table.style:
        return f"mend the rows, or state `{style.stated}` if the file writes its numbers so"
    if style and style != table.style:
        known = table.style.text or "decimal mark `.`"
        return f"write it with the {known}, not with the {style.text}; or give numbers, not text"
    return (
        "mend the rows, list it under `missing_values` if it stands for no value, or declare "
        "`type: category` if it names a class"
    )


def _with_numbers(values: pl.Series, gap: Gap) -> pl.Series:
    import polars as pl

    return values.cast(pl.Float64).set(pl.Series(gap.rows), float(gap.fill))


def _report_plain(context: EncodeContext, column: str, values: pl.Series) -> None:
    """Say that numbers stand where percentages are to."""
    rows = values.is_not_null().arg_true().to_numpy().astype(np.int64)
    problem = f"`{column}` is `{values[int(rows[0])]:g}`, {BAD_TEXT['percent']},"
    report_rows(context, rows, "MS803", problem, help="remove `format: percent`")


def _check_present(context: EncodeContext, column: str, missing: pl.Series) -> bool:
    rows = missing.arg_true().to_numpy().astype(np.int64)
    if len(rows):
        problem = f"`{column}` has no value{_marker(context, column, int(rows[0]))}"
        help = "fill or remove the rows, or set `missing`"
        report_rows(context, rows, "MS803", problem, help=help)
    return not len(rows)


def _marker(context: EncodeContext, column: str, row: int) -> str:
    """What stands at a row that has no value, for a message."""
    written = context.written.columns.get(column) if context.written else None
    if written is None or isinstance(written, np.ndarray) or written[row] is None:
        return ""
    text = str(written[row]).strip()
    return f" (`{text}`)" if text else ""


def check_finite(
    context: EncodeContext, column: str, values: Array, *, scaled: bool = False
) -> bool:
    """Whether all values are finite in the field's dtype, and whole if it wants integers."""
    if not values.size:
        return True
    least, most = limits(context.field, scaled=scaled)
    low, high = float(values.min()), float(values.max())
    if not (least <= low and high <= most):
        wrong = ~((values >= least) & (values <= most))
        problem, help = _out_of_range(context.field, most)
        problem = "not a finite number" if scaled else problem
        _report_values(context, column, values, wrong, problem, help=help)
        return False
    if context.field.integers and values.dtype.kind == "f":
        broken = values != np.floor(values)
        if broken.any():
            _report_values(context, column, values, broken, "not an integer")
            return False
    return True


def limits(field: ModelField, *, scaled: bool = False) -> tuple[float, float]:
    """The least and the largest number that a field can hold, or what is to be normalised."""
    low, high = dtype_limits("float64" if scaled else field.dtype)
    if scaled or field.dtype == "bool":
        return low, high
    if field.limit:
        return 0, field.limit.rows - 1
    return (max(low, -_EXACT), min(high, _EXACT)) if field.integers else (low, high)


def _out_of_range(field: ModelField, most: float) -> tuple[str, str]:
    if field.limit:
        problem = f"and `{field.limit.node}` takes 0 to {most:.0f}"
        return problem, f"raise `input_dim` of `{field.limit.node}`, or declare `type: category`"
    problem = f"{'out of range for' if field.integers else 'not a finite'} {field.dtype}"
    return problem, "mend the rows, or list it under `missing_values` if it stands for no value"


def _report_values(
    context: EncodeContext,
    column: str,
    values: Array,
    wrong: Array,
    problem: str,
    *,
    help: str = "",
) -> None:
    rows = np.flatnonzero(wrong.reshape(len(wrong), -1).any(axis=1))
    example = values[wrong].ravel()[0]
    name = "NaN" if example != example else str(example).removesuffix(".0")
    report_rows(context, rows, "MS803", f"`{column}` is `{name}`, {problem},", help=help)
