"""The arrays of an NPZ file, some rows at a time."""

from __future__ import annotations

from math import prod
from typing import IO, TYPE_CHECKING
from zipfile import ZipFile

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.data.table.table import Array


def described(file: str, name: str) -> tuple[tuple[int, ...], np.dtype]:
    """An array's shape and dtype.

    Raises:
        OSError, ValueError, zipfile.BadZipFile: It cannot be read.
    """
    with ZipFile(file) as archive, _opened(archive, name) as member:
        shape, _, dtype = _header(member)
    return shape, dtype


def parts(file: str, name: str, rows: int) -> Iterator[Array]:
    """An array, so many rows at a time. One in Fortran's order is read whole for it.

    Raises:
        OSError, ValueError, zipfile.BadZipFile: It cannot be read.
    """
    with ZipFile(file) as archive, _opened(archive, name) as member:
        shape, fortran, dtype = _header(member)
        if fortran and len(shape) > 1:
            with np.load(file, allow_pickle=False) as arrays:
                whole = arrays[name]
            yield from (whole[start : start + rows] for start in range(0, len(whole), rows))
            return
        for start in range(0, shape[0], rows):
            row = (min(rows, shape[0] - start), *shape[1:])
            data = member.read(prod(row) * dtype.itemsize)
            yield np.frombuffer(data, dtype).reshape(row)


def _opened(archive: ZipFile, name: str) -> IO[bytes]:
    return archive.open(f"{name}.npy" if f"{name}.npy" in archive.namelist() else name)


def _header(member: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = np.lib.format.read_magic(member)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(member)
    return np.lib.format.read_array_header_2_0(member)
