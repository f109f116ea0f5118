"""A `.npy` file that is written some rows at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from modelspec.data.table.table import Array


class NpyWriter:
    """An array in a file, to which rows are added.

    Args:
        path: The file.
        like: An array of as many axes, sizes but for the first one, and dtype.
    """

    def __init__(self, path: Path, like: Array) -> None:
        self._file = path.open("wb")
        self._dtype, self._row = like.dtype, like.shape[1:]
        self.rows = 0
        self._write_header()

    def __enter__(self) -> NpyWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._file.seek(0)
            self._write_header()
        self._file.close()

    def append(self, rows: Array) -> None:
        """Write more rows.

        Raises:
            OSError: The disk is full.
        """
        assert rows.dtype == self._dtype
        assert rows.shape[1:] == self._row
        self._file.write(np.ascontiguousarray(rows).reshape(-1).view(np.uint8).data)
        self.rows += len(rows)

    def _write_header(self) -> None:
        """Numpy leaves room in it for the number of rows to grow."""
        about = {
            "descr": np.lib.format.dtype_to_descr(self._dtype),
            "fortran_order": False,
            "shape": (self.rows, *self._row),
        }
        np.lib.format.write_array_header_1_0(self._file, about)
