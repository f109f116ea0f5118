"""Parquet, by polars."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from modelspec.data.readers.nesting import check_depth
from modelspec.data.readers.polars_source import FrameSource
from modelspec.data.table.findings import UnfitError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from modelspec.data.table.findings import Findings


def open_parquet(findings: Findings) -> FrameSource | None:
    """Read the schema. None after a finding."""
    import polars as pl

    from modelspec.data.readers.polars_errors import READ_ERRORS, cause

    try:
        schema = pl.read_parquet_schema(findings.file)
    except READ_ERRORS as error:
        _report_unreadable(findings, cause(error))
        return None
    if not check_depth(schema, findings):
        return None
    names = list(schema)
    read, stream = partial(_read, findings, names), partial(_stream, findings, names)
    return FrameSource(dict(schema), read, findings, stream)


def _read(findings: Findings, names: list[str], columns: Sequence[str]) -> pl.DataFrame | None:
    import polars as pl

    from modelspec.data.readers.polars_errors import READ_ERRORS, cause

    try:
        return pl.read_parquet(findings.file, columns=_places(names, columns))
    except READ_ERRORS as error:
        _report_unreadable(findings, cause(error))
        return None


def _places(names: list[str], columns: Sequence[str]) -> list[int]:
    """Where columns lie: by its name, polars takes `*` for all of them."""
    return [names.index(column) for column in columns]


def _stream(
    findings: Findings, names: list[str], columns: Sequence[str], size: int
) -> Iterator[pl.DataFrame]:
    import polars as pl

    from modelspec.data.readers.polars_errors import READ_ERRORS, cause

    rows = max(1, size // (8 * len(columns)))
    try:
        chosen = pl.scan_parquet(findings.file).select(pl.nth(_places(names, columns)))
        batches = chosen.collect_batches(chunk_size=rows, maintain_order=True)
        yield from (batch for batch in batches if batch.height)
    except READ_ERRORS as error:
        _report_unreadable(findings, cause(error))
        raise UnfitError from error


def _report_unreadable(findings: Findings, cause: str) -> None:
    findings.add("MS801", f"`{findings.file}` cannot be read as Parquet: {cause}")
