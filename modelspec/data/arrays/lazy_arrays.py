"""Encoded rows that are not one array in memory: mapped from a file, or padded on the spot."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, ClassVar, Self
from zlib import crc32

import numpy as np

from modelspec.data.arrays.npy_rows import RowFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.data.table.table import Array, RowIndices

_BLOCK_ROWS, _BLOCK_BYTES = 1 << 14, 8 << 20


class LazyArray(ABC):
    """The rows of one input or target, taken a batch at a time.

    It can be sent to another process: what it holds open, it opens again there.
    """

    costly: ClassVar[bool] = False
    """Whether taking rows costs so much that other processes should do it ahead of time."""

    @property
    @abstractmethod
    def shape(self) -> tuple[int | None, ...]:
        """Of all rows; None for an axis whose size is that of the longest row of a batch."""

    @property
    @abstractmethod
    def dtype(self) -> np.dtype:
        """Of the arrays that are taken."""

    @abstractmethod
    def take(self, rows: RowIndices) -> Array:
        """These rows in this order, as one contiguous array of their own."""

    @abstractmethod
    def subset(self, rows: RowIndices) -> Self:
        """Only these rows. Nothing is copied but their numbers."""

    @property
    def lengths(self) -> RowIndices | None:
        """How many steps each row has, where that varies."""
        return None

    def __len__(self) -> int:
        rows = self.shape[0]
        assert rows is not None
        return rows

    def checksum(self) -> int:
        """A CRC-32 of all that it gives."""
        found = 0
        for block in self._blocks():
            found = crc32(np.ascontiguousarray(block).reshape(-1).view(np.uint8).data, found)
        return found

    def _blocks(self) -> Iterator[Array]:
        step = _BLOCK_ROWS
        if None not in self.shape:  # the others are padded block by block
            row = self.dtype.itemsize * prod(size for size in self.shape[1:] if size)
            step = max(1, min(step, _BLOCK_BYTES // row))
        for start in range(0, len(self), step):
            yield self.take(np.arange(start, min(start + step, len(self))))


@dataclass(frozen=True)
class MemmapArray(LazyArray):
    """An array in a `.npy` file.

    Attributes:
        file: Its path.
        rows: Those of the file that are meant; None for all.
    """

    file: str
    rows: RowIndices | None = None

    @cached_property
    def _file(self) -> RowFile:
        return RowFile(self.file)

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Of all rows."""
        array = self._file.array
        return (len(array) if self.rows is None else len(self.rows), *array.shape[1:])

    @property
    def dtype(self) -> np.dtype:
        """The file's."""
        return self._file.array.dtype

    def take(self, rows: RowIndices) -> Array:
        """These rows, copied into memory."""
        return self._file.take(rows if self.rows is None else self.rows[rows])

    def __getitem__(self, rows: slice) -> Array:
        """Rows of the file that follow each other."""
        return self._file.take(np.arange(rows.start, rows.stop))

    def subset(self, rows: RowIndices) -> Self:
        """Only these rows."""
        return replace(self, rows=rows if self.rows is None else self.rows[rows])

    def __getstate__(self) -> dict[str, object]:
        return {"file": self.file, "rows": self.rows}


@dataclass(frozen=True)
class RaggedArray(LazyArray):
    """Sequences of different lengths, padded to the longest of a batch.

    Attributes:
        values: All steps of all sequences, one after another.
        starts: Where each sequence begins.
        sizes: How many steps each has.
        fill: What stands where a sequence has no step.
        least: How many steps a batch has at least: what the model needs.
        front: Whether the padding comes before the steps.
        symbol: What the number of steps is called; rows of one symbol are padded alike.
    """

    values: Array | MemmapArray
    starts: RowIndices
    sizes: RowIndices
    fill: float = 0
    least: int = 0
    front: bool = False
    symbol: str = ""

    @property
    def shape(self) -> tuple[int | None, ...]:
        """`(rows, None, ...)`."""
        return (len(self.starts), None, *self.values.shape[1:])

    @property
    def dtype(self) -> np.dtype:
        """That of the steps."""
        return self.values.dtype

    @property
    def lengths(self) -> RowIndices | None:
        """How many steps each sequence has."""
        return self.sizes

    def longest(self, rows: RowIndices) -> int:
        """How many steps a batch of these rows has."""
        return max(int(self.sizes[rows].max(initial=0)), self.least)

    def take(self, rows: RowIndices, longest: int = 0) -> Array:
        """These sequences, `[rows, longest, ...]`; at least as long as they are."""
        sizes = self.sizes[rows]
        longest = max(self.longest(rows), longest)
        out = np.full((len(rows), longest, *self.values.shape[1:]), self.fill, self.values.dtype)
        for first in range(0, len(rows), _BLOCK_ROWS):
            part = slice(first, first + _BLOCK_ROWS)
            self._put(rows[part], sizes[part], out[part])
        return out

    def _put(self, rows: RowIndices, sizes: RowIndices, out: Array) -> None:
        """The steps of these sequences to their places."""
        owners = np.repeat(np.arange(len(rows)), sizes)
        begins = np.cumsum(sizes) - sizes
        source = np.arange(len(owners)) + np.repeat(self.starts[rows] - begins, sizes)
        target = np.arange(len(owners)) - np.repeat(begins, sizes)
        if self.front:
            target += np.repeat(out.shape[1] - sizes, sizes)
        mapped = isinstance(self.values, MemmapArray)
        out[owners, target] = self.values.take(source) if mapped else self.values[source]

    def subset(self, rows: RowIndices) -> Self:
        """Only these sequences; the steps of the others stay where they are."""
        return replace(self, starts=self.starts[rows], sizes=self.sizes[rows])
