"""A column's values as numpy or text, with a finding for every kind of bad one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.table.number_style import as_numbers

if TYPE_CHECKING:
    import polars as pl

    from modelspec.data.features.feature import EncodeContext
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array, RowIndices

_EXACT = 2.0**53
"""The integers that a float64 holds exactly, and so the largest that a file may give."""


def numbers(context: EncodeContext, column: str) -> Array | None:
    """The column as finite numbers of its field's kind. None after a finding."""
    values = context.table.columns[column]
    if not isinstance(values, np.ndarray):
        parsed = _parsed(context, column, values)
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
    return values if _check_finite(context, column, values) else None


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


def _parsed(context: EncodeContext, column: str, values: pl.Series) -> pl.Series | None:
    """A series as numbers, none missing."""
    import polars as pl

    if values.dtype != pl.String:
        present = not values.null_count() or _check_present(context, column, values.is_null())
        return values if present else None
    stripped = values.str.strip_chars()
    missing = (stripped == "").fill_null(True)
    parsed = as_numbers(stripped, context.table.style)
    rows = (parsed.is_null() & ~missing).arg_true().to_numpy().astype(np.int64)
    if len(rows):
        problem = f"`{column}` is `{stripped[int(rows[0])]}`, not a number,"
        help = "mend the rows, or declare `type: category` if it names a class"
        report_rows(context, rows, "MS803", problem, help=help)
    present = _check_present(context, column, missing)
    return parsed if present and not len(rows) else None


def _check_present(context: EncodeContext, column: str, missing: pl.Series) -> bool:
    rows = missing.arg_true().to_numpy().astype(np.int64)
    if len(rows):
        report_rows(
            context, rows, "MS803", f"`{column}` has no value", help="fill or remove the rows"
        )
    return not len(rows)


def _check_finite(context: EncodeContext, column: str, values: Array) -> bool:
    """Whether all values are finite in the field's dtype, and whole if it wants integers."""
    if not values.size:
        return True
    least, most = _limits(context.field)
    low, high = float(values.min()), float(values.max())
    if not (least <= low and high <= most):
        wrong = ~((values >= least) & (values <= most))
        problem, help = _out_of_range(context.field, most)
        _report_values(context, column, values, wrong, problem, help=help)
        return False
    if context.field.integers and values.dtype.kind == "f":
        broken = values != np.floor(values)
        if broken.any():
            _report_values(context, column, values, broken, "not an integer")
            return False
    return True


def _limits(field: ModelField) -> tuple[float, float]:
    """The least and the largest number that a field can hold."""
    if field.dtype == "bool":
        return 0, 1
    if field.limit:
        return 0, field.limit.rows - 1
    if field.integers:
        info = np.iinfo(field.dtype)
        return max(float(info.min), -_EXACT), min(float(info.max), _EXACT)
    most = float(np.finfo(field.dtype if field.dtype in ("float16", "float64") else "float32").max)
    return -most, most


def _out_of_range(field: ModelField, most: float) -> tuple[str, str]:
    if field.limit:
        problem = f"and `{field.limit.node}` takes 0 to {most:.0f}"
        return problem, f"raise `input_dim` of `{field.limit.node}`, or declare `type: category`"
    return f"{'out of range for' if field.integers else 'not a finite'} {field.dtype}", ""


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
