"""Rows without a value: left out, or filled with what the spec says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.features.absent import absent, marker_numbers
from modelspec.data.features.column_values import way_out
from modelspec.data.features.feature import Gap, UnfitError
from modelspec.data.features.statistics import mean_of, median_of, mode_of
from modelspec.data.table.number_style import PLAIN, as_numbers
from modelspec.language.base_feature import UNFILLED
from modelspec.language.data_model import class_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import polars as pl

    from modelspec.data.features.feature import EncodeContext, Feature, FitChunks
    from modelspec.data.table.cell_counts import CellCounts
    from modelspec.data.table.number_style import NumberStyle
    from modelspec.data.table.table import Array, Column, RowIndices, Table

_NOT_A_NUMBER = [sign + word for sign in ("", "+", "-") for word in ("nan", "NaN", "NAN")]
"""What a typed column reads as no number."""
LEARNT = ("mean", "median", "mode")
"""What stands for a missing value that the training rows tell."""
_OF_NUMBERS: dict[str, Callable[[Iterable[Array]], list[float] | None]] = {
    "mean": mean_of,
    "median": median_of,
    "mode": mode_of,
}


def without_markers(feature: Feature, column: Column, style: NumberStyle = PLAIN) -> Column:
    """A column of a feature with nothing where a value says that there is none.

    Args:
        feature: Has the markers.
        column: As the file has it.
        style: How the file writes numbers.
    """
    numbers = marker_numbers(feature.markers)
    if isinstance(column, np.ndarray):
        if not numbers or column.dtype.kind not in "iuf":
            return column
        given = np.isin(column, numbers)
        return np.where(given, np.nan, column) if given.any() else column
    import polars as pl

    if column.dtype == pl.String:
        return _unmarked_text(feature, column, numbers, style)
    if not numbers or not column.dtype.is_numeric():
        return column
    return _cleared(column, column.cast(pl.Float64).is_in(numbers))


def _without_markers(feature: Feature, table: Table, name: str) -> Column:
    column = without_markers(feature, table.columns[name], table.style)
    if name not in table.dates or isinstance(column, np.ndarray):
        return column
    return feature.without_marked_dates(column)


def unmarked(feature: Feature, table: Table) -> Table:
    """A table with nothing where the feature's columns say that there is none."""
    found = {
        name: _without_markers(feature, table, name)
        for name in feature.columns
        if name in table.columns
    }
    if all(found[name] is table.columns[name] for name in found):
        return table
    return replace(table, columns=table.columns | found)


def with_numbers(feature: Feature, table: Table) -> Table:
    """A table whose text is numbers where the feature's columns hold nothing else.

    What has been read so once need not be read again.
    """
    found: dict[str, Column] = {}
    for name in feature.columns if feature.kind == "number" else ():
        column = table.columns[name]
        if isinstance(column, np.ndarray) or str(column.dtype) != "String":
            continue
        text = without_markers(feature, column, table.style)
        assert not isinstance(text, np.ndarray)
        numbers = as_numbers(text.str.strip_chars(), table.style)
        if numbers.null_count() == absent(text).sum():
            found[name] = numbers
    return replace(table, columns=table.columns | found) if found else table


def complete_rows(
    table: Table, features: Mapping[str, Feature | None], counts: CellCounts
) -> RowIndices | None:
    """The rows where no feature that leaves rows out misses anything; None where all are.

    Args:
        table: The rows.
        features: By input or output.
        counts: Gets how many rows each column leaves out.
    """
    missing = np.zeros(table.rows, bool)
    for name, feature in features.items():
        for column in feature.columns if feature else ():
            if feature is None or feature.strategy(column) != "drop":
                continue
            values = _without_markers(feature, table, column)
            gone = feature.absent(values, table.style)
            rows = np.flatnonzero(gone)
            counts.add_rows(name, column, "dropped", len(rows), _first(table, rows))
            missing |= gone
    return np.flatnonzero(~missing) if missing.any() else None


def with_fill(feature: Feature, chunks: FitChunks) -> Feature:
    """The feature with what it fills in, where it is the training rows that tell.

    Raises:
        UnfitError: A column has no value at all, or none that its field can hold, of which there
            is a finding.
    """
    learnt = {column for column in feature.columns if feature.strategy(column) in LEARNT}
    if not learnt:
        return feature
    fills: list[str | float | None] = []
    for column in feature.columns:
        if column not in learnt:
            fills.append(feature.stands_for(column))
            continue
        strategy = feature.strategy(column)
        found = _statistic(strategy, _measured(feature, column, chunks))
        if found is None:
            _report_none(feature, column, chunks)
            raise UnfitError
        _check_whole(feature, column, found, chunks)
        fills += found
    return replace(feature, fill=tuple(fills))


def _report_none(feature: Feature, column: str, chunks: FitChunks) -> None:
    """Say that no training row has a number: there is no value, or what is there is none."""
    wrong = f"`{column}` has no {feature.strategy(column)}: no training row has a"
    for context, rows in chunks.of(column):
        values = context.table.columns[column]
        if isinstance(values, np.ndarray) or str(values.dtype) != "String":
            continue
        known = values if rows is None else values[rows]
        texts = known.filter(~absent(known)).str.strip_chars()
        if feature.kind == "number" and len(texts):
            message = f"{wrong} number, but `{texts[0]}`"
            chunks.findings.add("MS803", message, help=way_out(context.table, texts, ""))
            return
    chunks.findings.add("MS803", f"{wrong} value", help="use `missing: constant` with `fill`")


def filled(feature: Feature, context: EncodeContext) -> EncodeContext:
    """What is being filled, with the feature's own values where its columns have none.

    Text is put into the table; numbers are told as `gaps`. Both are counted.
    """
    table = unmarked(feature, context.table)
    columns, gaps = dict(table.columns), {}
    for name in dict.fromkeys(feature.columns):
        strategy = feature.strategy(name)
        fill = feature.stands_for(name)
        if strategy in UNFILLED or fill is None or name not in columns:
            continue
        missing = feature.absent(columns[name], table.style)
        if not missing.any():
            continue
        gaps[name] = Gap(missing, fill)
        if isinstance(fill, str):
            columns[name] = _with_text(columns[name], missing, fill)
        rows = np.flatnonzero(missing)
        first, told = _first(context.table, rows), became(feature, name)
        context.counts.add_rows(context.field.name, name, "missing", len(rows), first, told)
    if table is not context.table or gaps:
        table = replace(table, columns=columns)
    return context._replace(table=table, gaps=gaps, written=context.written or context.table)


def became(feature: Feature, column: str) -> str:
    """What a missing value of a column becomes, as a count says it: `the mean, 38.2`."""
    fill, strategy = feature.stands_for(column), feature.strategy(column)
    shown = "" if fill is None else feature.shown(fill)
    return shown if strategy == "constant" else f"the {strategy}, {shown}"


def indicator_columns(feature: Feature, context: EncodeContext) -> Array:
    """1 where a value was missing, else 0, `[rows, indicators]`, once `filled`."""
    marks = np.zeros((context.table.rows, len(feature.indicators)), np.float32)
    for place, column in enumerate(feature.indicators):
        if column in context.gaps:
            marks[:, place] = context.gaps[column].rows
    return marks


def _first(table: Table, rows: RowIndices) -> Callable[[], int]:
    return lambda: table.number(int(rows[0]))


def _measured(feature: Feature, column: str, chunks: FitChunks) -> Iterator[Column]:
    """The training rows of a column, a chunk at a time.

    Raises:
        UnfitError: After a finding.
    """
    for context, rows in chunks.of(column):
        values = feature.measured(context, column, rows)
        if values is None:
            raise UnfitError
        yield values


def _statistic(strategy: str, chunks: Iterator[Column]) -> list[float] | list[str] | None:
    """The mean, median or mode of each entry; None where there is no value at all."""
    first = next(chunks)
    if not isinstance(first, np.ndarray):
        return _most_frequent(first, chunks)

    def arrays() -> Iterator[Array]:
        yield first
        for each in chunks:
            assert isinstance(each, np.ndarray)
            yield each

    return _OF_NUMBERS[strategy](arrays())


def _most_frequent(first: pl.Series, others: Iterable[Column]) -> list[str] | None:
    """The most frequent text; of several the first in order."""
    import polars as pl

    counts: Counter[str] = Counter()
    for column in (first, *others):
        assert not isinstance(column, np.ndarray)
        stripped = column.str.strip_chars()
        known = stripped.filter(pl.Series(~absent(stripped))).value_counts()
        counts.update(dict(known.iter_rows()))
    return [min(counts, key=lambda text: (-counts[text], text))] if counts else None


def _check_whole(
    feature: Feature, column: str, found: list[float] | list[str], chunks: FitChunks
) -> None:
    """Refuse to fill integers with what is none."""
    broken = [each for each in found if isinstance(each, float) and not each.is_integer()]
    if feature.kind == "number" and chunks.field.integers and broken:
        what = f"the {feature.strategy(column)} of `{column}` is {broken[0]:.6g}"
        message = f"{what}, and {chunks.field.text} holds integers ({chunks.field.dtype})"
        help = "use `missing: mode`, or `constant` with `fill`"
        chunks.findings.add("MS803", message, help=help)
        raise UnfitError


def _unmarked_text(
    feature: Feature, column: pl.Series, numbers: list[float], style: NumberStyle
) -> pl.Series:
    texts = marker_texts(feature)
    if not texts:
        return column
    stripped = column.str.strip_chars()
    given = stripped.is_in(list(texts))
    if feature.usual_markers and numbers:
        given = given | as_numbers(stripped, style).is_in(numbers).fill_null(False)
    return _cleared(column, given)


def marker_texts(feature: Feature) -> frozenset[str]:
    """The texts without blanks at their ends that stand for no value."""
    texts = {each.strip() for each in feature.markers if isinstance(each, str)}
    if feature.usual_markers:
        return frozenset(texts.union(feature.usual_markers, _NOT_A_NUMBER))
    for each in feature.markers:  # classes are compared as text, in the ways a file may write one
        if not isinstance(each, str):
            texts |= {class_text(each), str(float(each))}
    return frozenset(texts)


def _cleared(column: pl.Series, given: pl.Series) -> pl.Series:
    """A column with nothing at some rows."""
    given = given.fill_null(False)
    return column.set(given, None) if given.any() else column


def _with_text(column: Column, missing: Array, fill: str) -> Column:
    import polars as pl

    if isinstance(column, np.ndarray) or column.dtype != pl.String:
        return column
    return column.set(pl.Series(missing), fill)
