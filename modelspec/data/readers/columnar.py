"""Parquet and Arrow (Feather), by polars."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from modelspec.data.readers.content import CALLED
from modelspec.data.readers.nesting import check_depth
from modelspec.data.readers.polars_source import FrameSource
from modelspec.data.table.findings import UnfitError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from modelspec.data.readers.prepared import Prepared
    from modelspec.data.table.findings import Findings

_STREAM = b"\xff\xff\xff\xff"
"""What a stream of Arrow begins with: it is read whole."""


def open_columnar(prepared: Prepared, findings: Findings) -> FrameSource | None:
    """Read the schema. None after a finding."""
    from modelspec.data.readers.polars_errors import READ_ERRORS, cause

    file = _File(prepared, findings)
    try:
        schema = file.scanned().collect_schema()
    except READ_ERRORS as error:
        file.report(cause(error))
        return None
    if not check_depth(schema, findings):
        return None
    names = list(schema)
    read, stream = partial(_read, file, names), partial(_stream, file, names)
    return FrameSource(
        dict(schema), read, findings, stream, notes=prepared.notes, trained=prepared.trained
    )


class _File:
    """A file, and what is said where it cannot be read."""

    def __init__(self, prepared: Prepared, findings: Findings) -> None:
        self._prepared = prepared
        self._findings = findings

    def scanned(self) -> pl.LazyFrame:
        """Its columns, none of them read yet."""
        import polars as pl

        path = self._prepared.path
        if self._prepared.type == "parquet":
            return pl.scan_parquet(path, glob=False)
        with open(path, "rb") as file:
            if file.read(len(_STREAM)) == _STREAM:
                return pl.read_ipc_stream(path).lazy()
        return pl.scan_ipc(path, glob=False)

    def report(self, cause: str) -> None:
        """Say why it cannot be read."""
        called = CALLED[self._prepared.type]
        message = f"`{self._findings.file}` cannot be read as {called}: {cause}"
        self._findings.add("MS801", message, help="bring it again whole, or as CSV")


def _read(file: _File, names: list[str], columns: Sequence[str]) -> pl.DataFrame | None:
    import polars as pl

    from modelspec.data.readers.polars_errors import READ_ERRORS, cause

    try:
        return file.scanned().select(pl.nth(_places(names, columns))).collect()
    except READ_ERRORS as error:
        file.report(cause(error))
        return None


def _places(names: list[str], columns: Sequence[str]) -> list[int]:
    """Where columns lie: by its name, polars takes `*` for all of them."""
    return [names.index(column) for column in columns]


def _stream(
    file: _File, names: list[str], columns: Sequence[str], size: int
) -> Iterator[pl.DataFrame]:
    import polars as pl

    from modelspec.data.readers.polars_errors import READ_ERRORS, cause

    rows = max(1, size // (8 * len(columns)))
    try:
        chosen = file.scanned().select(pl.nth(_places(names, columns)))
        batches = chosen.collect_batches(chunk_size=rows, maintain_order=True)
        yield from (batch for batch in batches if batch.height)
    except READ_ERRORS as error:
        file.report(cause(error))
        raise UnfitError from error
