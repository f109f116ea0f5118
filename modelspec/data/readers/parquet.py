"""Parquet, by polars."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from modelspec.data.readers.frames import FrameSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from modelspec.data.findings import Findings


def open_parquet(findings: Findings) -> FrameSource | None:
    """Read the schema. None after a finding."""
    import polars as pl

    from modelspec.data.readers.refusals import REFUSALS, cause

    try:
        schema = pl.read_parquet_schema(findings.file)
    except REFUSALS as error:
        _report_unreadable(findings, cause(error))
        return None
    return FrameSource(dict(schema), partial(_read, findings), findings)


def _read(findings: Findings, columns: Sequence[str]) -> pl.DataFrame | None:
    import polars as pl

    from modelspec.data.readers.refusals import REFUSALS, cause

    try:
        return pl.read_parquet(findings.file, columns=list(columns))
    except REFUSALS as error:
        _report_unreadable(findings, cause(error))
        return None


def _report_unreadable(findings: Findings, cause: str) -> None:
    findings.add("MS801", f"`{findings.file}` cannot be read as Parquet: {cause}")
