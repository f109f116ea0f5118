"""NPZ, by numpy, which is never let near a pickle."""

from __future__ import annotations

import zipfile
import zlib
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.readers.npz_members import described, parts
from modelspec.data.readers.text import all_whole, as_text
from modelspec.data.table.findings import UnfitError
from modelspec.data.table.table import Array, Column, Kind, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from modelspec.data.readers.prepared import Prepared
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.number_style import NumberStyle

_BROKEN = (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, MemoryError)


class NpzSource:
    """An open NPZ file: arrays whose first axis is the rows."""

    repeated: frozenset[str] = frozenset()
    style: NumberStyle | None = None

    def __init__(self, names: list[str], findings: Findings, notes: tuple[str, ...] = ()) -> None:
        self.notes = notes
        self._findings = findings
        self._arrays: dict[str, Array | None] = {}
        self.names = dict.fromkeys(names)

    @classmethod
    def open(cls, prepared: Prepared, findings: Findings) -> NpzSource | None:
        """Read the arrays' names. None after a finding."""
        try:
            with open(findings.file, "rb") as file:
                loaded = np.load(file, allow_pickle=False)
                if isinstance(loaded, np.lib.npyio.NpzFile):
                    return cls(list(loaded.files), findings, prepared.notes)
            cause = "it is a single array, write it with `numpy.savez`"
        except _BROKEN as error:
            cause = "it is no archive of arrays" if _is_other(error) else str(error)
        findings.add("MS801", f"`{findings.file}` cannot be read as NPZ: {cause}")
        return None

    def kind(self, column: str) -> Kind:
        """By the array's dtype."""
        try:
            dtype = described(self._findings.file, column)[1]
        except _BROKEN:
            return "number"
        return "text" if dtype.kind in "US" else "number"

    def read(self, kinds: dict[str, Kind]) -> Table | None:
        """These arrays. None after a finding: other dtypes, no or unequal numbers of rows."""
        arrays = {name: self._checked(name) for name in kinds}
        rows = {name: len(array) for name, array in arrays.items() if array is not None}
        if len(rows) < len(arrays) or not self._check_rows(rows):
            return None
        columns: dict[str, Column] = {
            name: _column(array, kinds[name]) for name, array in arrays.items() if array is not None
        }
        return Table(self._findings.file, min(rows.values()), columns, "index")

    def chunks(self, kinds: dict[str, Kind], size: int) -> Iterator[Table]:
        """These arrays, about `size` bytes of them at a time.

        Raises:
            UnfitError: After a finding: other dtypes, no or unequal numbers of rows, a broken file.
        """
        try:
            yield from self._chunks(kinds, size)
        except _BROKEN as error:
            message = f"`{self._findings.file}` cannot be read as NPZ: {error}"
            self._findings.add("MS801", message)
            raise UnfitError from error

    def _chunks(self, kinds: dict[str, Kind], size: int) -> Iterator[Table]:
        file = self._findings.file
        about = {name: described(file, name) for name in kinds}
        sound = [
            self._check_kind(name, len(shape), dtype) for name, (shape, dtype) in about.items()
        ]
        counts = {name: shape[0] for name, (shape, _) in about.items() if shape}
        if not all(sound) or not self._check_rows(counts):
            raise UnfitError
        width = sum(dtype.itemsize * prod(shape[1:]) for shape, dtype in about.values())
        rows = max(1, size // max(1, width))
        whole = {
            name: all(all_whole(_series(part)) for part in parts(file, name, rows))
            for name, (shape, dtype) in about.items()
            if kinds[name] == "text" and len(shape) == 1 and dtype.kind == "f"
        }
        first = 0
        for arrays in zip(*(parts(file, name, rows) for name in kinds), strict=True):
            columns: dict[str, Column] = {
                name: _column(array, kinds[name], whole.get(name))
                for name, array in zip(kinds, arrays, strict=True)
            }
            kept = np.arange(first, first + len(arrays[0])) if first else None
            yield Table(file, len(arrays[0]), columns, "index", kept=kept)
            first += len(arrays[0])

    def _load(self, name: str) -> Array | None:
        if name not in self._arrays:
            try:
                with open(self._findings.file, "rb") as file:
                    self._arrays[name] = np.load(file, allow_pickle=False)[name]
            except _BROKEN as error:
                cause = "it holds Python objects" if "pickle" in str(error) else str(error)
                message = f"`{name}` of `{self._findings.file}` cannot be read: {cause}"
                self._findings.add("MS801", message, help="store an array of numbers or text")
                self._arrays[name] = None
        return self._arrays[name]

    def _checked(self, name: str) -> Array | None:
        array = self._load(name)
        if array is None:
            return None
        return array if self._check_kind(name, array.ndim, array.dtype) else None

    def _check_kind(self, name: str, rank: int, dtype: np.dtype) -> bool:
        if rank and dtype.kind in "biufUS":
            return True
        holds = f"`{dtype}`, not numbers or text" if rank else "one value, not rows"
        code = "MS803" if rank else "MS805"
        help = "store dates as text, `dates.astype(str)`" if rank and dtype.kind == "M" else ""
        self._findings.add(code, f"`{name}` of `{self._findings.file}` holds {holds}", help=help)
        return False

    def _check_rows(self, rows: dict[str, int]) -> bool:
        file = self._findings.file
        if len(set(rows.values())) > 1:
            counts = ", ".join(f"`{name}` has {count}" for name, count in rows.items())
            self._findings.add("MS804", f"the arrays of `{file}` differ in rows: {counts}")
            return False
        if 0 in rows.values():
            self._findings.add("MS804", f"`{file}` has no rows")
            return False
        return True


def _is_other(error: Exception) -> bool:
    return isinstance(error, ValueError | EOFError | zipfile.BadZipFile)


def _column(array: Array, kind: Kind, whole: bool | None = None) -> Column:
    """An array as a feature of this kind reads it: text may hold numbers, as in other files."""
    if array.ndim > 1:
        return array
    if kind == "text":
        return as_text(_series(array), whole)
    return _series(array) if array.dtype.kind in "US" else array


def _series(array: Array) -> pl.Series:
    import polars as pl

    return pl.Series(array.astype(np.str_) if array.dtype.kind in "US" else array)
