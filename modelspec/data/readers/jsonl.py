"""JSONL, one object a line, by polars."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.readers.nesting import TOO_DEEP, check_depth
from modelspec.data.readers.polars_source import FrameSource
from modelspec.data.readers.record_chunks import chunks
from modelspec.data.table.findings import UnfitError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from modelspec.data.table.findings import Findings
    from modelspec.data.table.table import RowIndices


def open_jsonl(findings: Findings, size: int | None = None) -> FrameSource | None:
    """Read the file, whose lines are objects with the same keys. None after a finding.

    Args:
        findings: Names the file.
        size: How many bytes of it may be read at a time; None for all.
    """
    import polars as pl

    from modelspec.data.readers.polars_errors import READ_ERRORS, cause

    try:
        if size is None:
            frame = pl.read_ndjson(findings.file, infer_schema_length=None)
        else:
            frame = _empty(findings.file, size)
    except READ_ERRORS as error:
        _report(findings, cause(error))
        return None
    if not check_depth(frame.schema, findings):
        return None
    return FrameSource(
        dict(frame.schema),
        lambda columns: frame[list(columns)],
        findings,
        partial(_stream, findings, dict(frame.schema)),
        partial(_lines, findings.file),
    )


def _empty(file: str, size: int) -> pl.DataFrame:
    """No rows of all columns, each of a type that holds all its values."""
    import polars as pl

    found = pl.DataFrame()
    for chunk in chunks(file, size, quotes=False):
        if chunk.strip():
            read = pl.read_ndjson(chunk, infer_schema_length=None).clear()
            found = pl.concat([found, read], how="diagonal_relaxed")
    return found


def _stream(
    findings: Findings, schema: dict[str, pl.DataType], columns: Sequence[str], size: int
) -> Iterator[pl.DataFrame]:
    import polars as pl

    from modelspec.data.readers.polars_errors import READ_ERRORS, cause

    try:
        for chunk in chunks(findings.file, size, quotes=False):
            frame = pl.read_ndjson(chunk, schema=schema) if chunk.strip() else None
            if frame is not None and frame.height:
                yield frame[list(columns)]
    except READ_ERRORS as error:
        _report(findings, cause(error))
        raise UnfitError from error


def _lines(file: str) -> RowIndices:
    """The line of each object."""
    with open(file, "rb") as lines:
        return np.array([number for number, line in enumerate(lines, 1) if line.strip()])


def _report(findings: Findings, cause: str) -> None:
    """Say which line is no object."""
    import json

    with open(findings.file, encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            try:
                sound = not line.strip() or isinstance(json.loads(line), dict)
                why = "it is no object"
            except ValueError as error:
                sound, why = False, str(error)
            except RecursionError:
                sound, why = False, TOO_DEEP
            if not sound:
                message = f"line {number} of `{findings.file}` cannot be read as JSON: {why}"
                findings.add("MS801", message, help="one `{...}` a line", line=number)
                return
    findings.add("MS801", f"`{findings.file}` cannot be read as JSONL: {cause}")
