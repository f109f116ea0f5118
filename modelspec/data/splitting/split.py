"""Which rows are for training, validation and test."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from modelspec.data.features.dates import parsed
from modelspec.data.splitting.permutation import permutation
from modelspec.language.data_model import class_text

if TYPE_CHECKING:
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.table import Array, Kind, RowIndices, Source, Table
    from modelspec.language.split import Split


SPLITS = ("train", "validation", "test")


class SplitIndices(NamedTuple):
    """Row indices, each part's in the order of the file; `train` None is all rows."""

    train: RowIndices | None
    validation: RowIndices | None
    test: RowIndices | None


def split_rows(table: Table, split: Split, findings: Findings) -> SplitIndices | None:
    """The rows of each part. None after a finding: a part would be empty.

    A fraction gets `floor(rows * fraction + 1/2)` rows; with groups, the fewest whole groups
    that have as many. The test rows are dealt first: another fraction for validation leaves
    them as they are.

    Args:
        table: The rows; it has the column that `split` names.
        split: How to deal.
        findings: Gets what is wrong.
    """
    if not split.validates and not split.test:
        return SplitIndices(None, None, None)
    held_out = (
        _by_value(table, split, findings) if split.column else _in_turn(table, split, findings)
    )
    if held_out is None:
        return None
    validation, test = (np.sort(part) for part in held_out)
    left = np.ones(table.rows, bool)
    left[validation] = left[test] = False
    train = np.flatnonzero(left)
    if not len(train):
        message = f"the split leaves none of the {table.rows} rows of `{findings.file}` to train on"
        findings.add("MS804", message, help="make the fractions smaller, or bring more rows")
        return None
    return SplitIndices(train, validation if len(validation) else None, test if len(test) else None)


def split_column(split: Split, source: Source) -> dict[str, Kind]:
    """The column that a split reads, and as what."""
    if split.by is None:
        return {}
    number = split.time is not None and source.kind(split.time) == "number"
    return {split.by: "number" if number else "text"}


def _by_value(
    table: Table, split: Split, findings: Findings
) -> tuple[RowIndices, RowIndices] | None:
    """The validation and the test rows, by what a column says."""
    assert split.column
    values = _texts(table, split.column)
    validation, test = (
        np.flatnonzero(np.isin(values, [class_text(value) for value in listed]))
        for listed in (split.values.validation, split.values.test)
    )
    for part, rows in (("validation", validation), ("test", test)):
        if part in split.values.model_fields_set and not len(rows):
            wanted = ", ".join(f"`{class_text(each)}`" for each in getattr(split.values, part))
            message = f"`{split.column}` is {wanted} in no row: none is for {part}"
            findings.add("MS804", message, help="mend `values`, or leave it out there")
            return None
    if len(validation) or len(test):
        return validation, test
    known = ", ".join(f"`{value}`" for value in np.unique(values)[:4].tolist())
    message = f"`{split.column}` says of no row that it is for validation or testing: it is {known}"
    findings.add("MS804", message, help="set `values: {validation: [...], test: [...]}`")
    return None


def _in_turn(
    table: Table, split: Split, findings: Findings
) -> tuple[RowIndices, RowIndices] | None:
    """The validation and the test rows: the test rows come first in an order of all rows."""
    counts = {part: floor(table.rows * getattr(split, part) + 0.5) for part in _FRACTIONS}
    for part, count in counts.items():
        if getattr(split, part) and not count:
            fraction = f"`{part}: {getattr(split, part):g}`"
            message = f"{fraction} of the {table.rows} rows of `{findings.file}` is no row"
            findings.add("MS804", message, help="enlarge the fraction, or remove it")
            return None
    order = _order(table, split, findings)
    if order is None:
        return None
    tested = order.cut_at_or_after(counts["test"])
    start, stop = tested, tested + counts["validation"]
    if split.fold_of:
        number, folds = split.fold_of
        rest = table.rows - tested
        start, stop = (tested + floor(rest * n / folds + 0.5) for n in (number - 1, number))
        start = order.cut_at_or_after(start)
        if order.cut_at_or_after(stop) <= start:
            message = f"`fold: {split.fold}` of the {rest} rows of `{findings.file}` is no row"
            findings.add("MS804", message, help="make fewer folds")
            return None
    return order.rows[start : order.cut_at_or_after(stop)], order.rows[:tested]


_FRACTIONS = ("test", "validation")


@dataclass(frozen=True, slots=True)
class _Order:
    """All rows in the order in which they are dealt out.

    Attributes:
        ends: After how many of them a cut may be made; None for anywhere.
    """

    rows: RowIndices
    ends: RowIndices | None = None

    def cut_at_or_after(self, cut: int) -> int:
        """The first place at or after `cut` where a cut may be made."""
        if self.ends is None or cut == 0:
            return cut
        return int(self.ends[np.searchsorted(self.ends, cut)]) if cut < len(self.rows) else cut


def _order(table: Table, split: Split, findings: Findings) -> _Order | None:
    drawn = permutation(table.rows, split.seed)
    if split.time:
        times = _times(table, split.time, findings)
        return None if times is None else _Order(np.argsort(times, kind="stable")[::-1])
    if split.stratify:
        return _Order(_stratified(drawn, _texts(table, split.stratify)))
    if split.group:
        return _grouped(_texts(table, split.group), split.seed)
    return _Order(drawn)


def _stratified(drawn: RowIndices, values: Array) -> RowIndices:
    """The rows in an order any chunk of which has the classes in their shares.

    The j-th of n rows of a class has its place at `(j + 1/2) / n` of the whole.
    """
    _, classes, counts = np.unique(values[drawn], return_inverse=True, return_counts=True)
    by_class = np.argsort(classes, kind="stable")
    firsts = np.cumsum(counts) - counts
    places = np.empty(len(drawn))
    within = np.arange(len(drawn)) - np.repeat(firsts, counts)
    places[by_class] = (within + 0.5) / np.repeat(counts, counts)
    return drawn[np.argsort(places, kind="stable")]


def _grouped(values: Array, seed: int) -> _Order:
    """The rows group by group, the groups in an order of their own."""
    names, groups = np.unique(values, return_inverse=True)
    place = np.argsort(permutation(len(names), seed))[groups]
    rows = np.argsort(place, kind="stable")
    return _Order(rows, np.cumsum(np.bincount(place)))


def _texts(table: Table, column: str) -> Array:
    values = table.columns[column]
    if isinstance(values, np.ndarray):
        return values.astype(np.str_)
    return values.fill_null("").str.strip_chars().to_numpy().astype(np.str_)


def _times(table: Table, column: str, findings: Findings) -> Array | None:
    """A column's times as numbers. None after a finding."""
    values = table.columns[column]
    if isinstance(values, np.ndarray):
        return values
    times = values if values.dtype.is_numeric() else parsed(values.str.strip_chars(), "")
    missing = times.is_null().arg_true().to_numpy()
    if not len(missing):
        return times.to_physical().to_numpy()
    message = f"`{column}` has no time (a number, or ISO 8601) at {table.where(missing)}"
    findings.add("MS803", message, help="mend or remove the rows", line=table.line(int(missing[0])))
    return None
