"""The rows of a file, whole or a chunk at a time, and the features fitted on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from modelspec.data.features import EncodeContext, Feature, UnfitError
from modelspec.data.features.missing import filled, with_fill, with_numbers
from modelspec.data.features.symbol_sizes import SymbolSizes
from modelspec.data.table.cell_counts import CellCounts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from modelspec.data.table.findings import Findings
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import RowIndices, Table


class TableChunks(Protocol):
    """The rows of a file, in their order, to go through as often as one likes."""

    @property
    def rows(self) -> int:
        """How many there are."""
        ...

    def tables(self, columns: Collection[str] | None = None) -> Iterator[Table]:
        """A table after the other, with these columns (None: all)."""
        ...


@dataclass(frozen=True, slots=True)
class WholeTable:
    """All rows as one chunk."""

    table: Table

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.table.rows

    def tables(self, columns: Collection[str] | None = None) -> Iterator[Table]:
        """The one table; of a single column, only that."""
        if columns is not None and len(columns) == 1:
            kept = {name: self.table.columns[name] for name in columns}
            yield replace(self.table, columns=kept)
        else:
            yield self.table


@dataclass(frozen=True, slots=True)
class FileFitChunks:
    """What a feature is fitted on.

    Attributes:
        train: The rows for training, in order; None for all.
        feature: Whose columns are wanted, and whose `fill` stands where they have no value.
        written: The rows as their file has them, where `chunks` has more of them read.
    """

    field: ModelField
    findings: Findings
    sizes: SymbolSizes
    chunks: TableChunks
    train: RowIndices | None
    feature: Feature

    written: Table | None = None

    def __iter__(self) -> Iterator[tuple[EncodeContext, RowIndices | None]]:
        return self._contexts(self.feature.columns)

    def of(self, column: str) -> Iterator[tuple[EncodeContext, RowIndices | None]]:
        """As all of it, with one column."""
        return self._contexts((column,))

    def _contexts(
        self, columns: tuple[str, ...]
    ) -> Iterator[tuple[EncodeContext, RowIndices | None]]:
        first = 0
        for table in self.chunks.tables(columns):
            context = EncodeContext(
                self.field, table, self.sizes, self.findings, CellCounts(), written=self.written
            )
            yield filled(self.feature, context), self._within(first, first + table.rows)
            first += table.rows

    def _within(self, first: int, end: int) -> RowIndices | None:
        """Which rows from `first` on are for training, counted from there."""
        if self.train is None:
            return None
        start, stop = np.searchsorted(self.train, [first, end])
        if stop - start == end - first:
            return None
        return self.train[start:stop] - first if first else self.train[start:stop]


def fit_features(
    declared: Mapping[str, Feature | None],
    fields: Mapping[str, ModelField],
    chunks: TableChunks,
    train: RowIndices | None,
    minimums: dict[str, int],
    findings_by_field: Mapping[str, Findings],
) -> dict[str, Feature]:
    """The features with what they learn from the training rows; without those that cannot."""
    sizes = SymbolSizes(minimums)
    fitted: dict[str, Feature] = {}
    for name, feature in declared.items():
        if feature is None:
            continue
        read, written = chunks, None
        if isinstance(chunks, WholeTable):
            read, written = WholeTable(with_numbers(feature, chunks.table)), chunks.table
        fit_on = FileFitChunks(
            fields[name], findings_by_field[name], sizes, read, train, feature, written
        )
        try:
            feature = feature.prepare(fit_on)
            feature = with_fill(feature, replace(fit_on, feature=feature))
            fitted[name] = feature.fit(replace(fit_on, feature=feature))
        except UnfitError:
            continue
    return fitted
