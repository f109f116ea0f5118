"""Rows of a `.npy` file, wherever they are in it."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from modelspec.data.table.table import Array, RowIndices


class RowFile:
    """An array in a file, mapped into memory.

    Where the system can read at a place, its rows are read that way: a row that is touched in a
    mapped file brings up to 2 MB around it along, which count as the process's own.

    Args:
        path: The file.
    """

    def __init__(self, path: str) -> None:
        self.array: Array = np.load(path, mmap_mode="r")
        self._path = path
        self._row = self.array.dtype.itemsize * int(np.prod(self.array.shape[1:]))
        self._start = int(getattr(self.array, "offset", 0))
        self._handle = -1
        if hasattr(os, "preadv") and self.array.flags.c_contiguous:
            self._handle = os.open(path, os.O_RDONLY)
            weakref.finalize(self, os.close, self._handle)

    def take(self, rows: RowIndices) -> Array:
        """These rows in this order, copied.

        Raises:
            OSError: The file cannot be read, or became shorter.
        """
        if self._handle < 0:
            return np.asarray(self.array[rows])
        out = np.empty((len(rows), *self.array.shape[1:]), self.array.dtype)
        if not out.nbytes:
            return out
        cells, place = out.reshape(-1).view(np.uint8).data, 0
        begins = np.flatnonzero(np.diff(rows, prepend=rows[0] - 2) != 1)
        sizes = np.diff(begins, append=len(rows)) * self._row
        starts = rows[begins] * self._row + self._start
        for start, size in zip(starts.tolist(), sizes.tolist(), strict=True):
            self._read(cells[place : place + size], start)
            place += size
        return out

    def _read(self, cells: memoryview, start: int) -> None:
        done = 0
        while done < len(cells):
            count = os.preadv(self._handle, (cells[done:],), start + done)
            if not count:
                raise OSError(f"`{self._path}` is shorter than it was")
            done += count
