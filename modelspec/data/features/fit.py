"""The rows of a file, whole or a chunk at a time, and the features fitted on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from modelspec.data.features import Feature, Filling, UnfitError
from modelspec.data.features.missing import filled, with_mean
from modelspec.data.features.symbol_sizes import Sizes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from modelspec.data.table.findings import Findings
    from modelspec.data.table.model_fields import Slot
    from modelspec.data.table.table import Rows, Table


class Chunks(Protocol):
    """The rows of a file, in their order, to go through as often as one likes."""

    @property
    def rows(self) -> int:
        """How many there are."""
        ...

    def tables(self, columns: Collection[str] | None = None) -> Iterator[Table]:
        """A table after the other, with these columns (None: all)."""
        ...


@dataclass(frozen=True, slots=True)
class Whole:
    """All rows as one chunk."""

    table: Table

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.table.rows

    def tables(self, columns: Collection[str] | None = None) -> Iterator[Table]:  # noqa: ARG002
        """The one table."""
        yield self.table


@dataclass(frozen=True, slots=True)
class FilePieces:
    """What a feature is fitted on.

    Attributes:
        train: The rows for training, in order; None for all.
        feature: Whose columns are wanted, and whose `fill` stands where they have no value.
    """

    slot: Slot
    findings: Findings
    sizes: Sizes
    chunks: Chunks
    train: Rows | None
    feature: Feature

    def __iter__(self) -> Iterator[tuple[Filling, Rows | None]]:
        first = 0
        for table in self.chunks.tables(self.feature.columns):
            filling = Filling(self.slot, table, self.sizes, self.findings)
            yield filled(self.feature, filling), self._within(first, first + table.rows)
            first += table.rows

    def _within(self, first: int, end: int) -> Rows | None:
        """Which rows from `first` on are for training, counted from there."""
        if self.train is None:
            return None
        start, stop = np.searchsorted(self.train, [first, end])
        if stop - start == end - first:
            return None
        return self.train[start:stop] - first if first else self.train[start:stop]


def fit_features(
    declared: Mapping[str, Feature | None],
    slots: Mapping[str, Slot],
    chunks: Chunks,
    train: Rows | None,
    minimums: dict[str, int],
    blamed: Mapping[str, Findings],
) -> dict[str, Feature]:
    """The features with what they learn from the training rows; without those that cannot."""
    sizes = Sizes(minimums)
    fitted: dict[str, Feature] = {}
    for name, feature in declared.items():
        if feature is None:
            continue
        pieces = FilePieces(slots[name], blamed[name], sizes, chunks, train, feature)
        try:
            feature = with_mean(feature, pieces)
            pieces = FilePieces(slots[name], blamed[name], sizes, chunks, train, feature)
            fitted[name] = feature.fit(pieces)
        except UnfitError:
            continue
    return fitted
