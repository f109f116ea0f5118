"""JSONL, one object a line, by polars; and JSON documents that were made so."""

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

    from modelspec.data.readers.prepared import Prepared
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.table import RowIndices


def open_jsonl(
    prepared: Prepared, findings: Findings, size: int | None = None
) -> FrameSource | None:
    """Read the file, whose lines are objects with the same keys. None after a finding.

    Args:
        prepared: The file; of a JSON document, what was made of it.
        findings: Gets what is wrong.
        size: How many bytes of it may be read at a time; None for all.
    """
    import polars as pl

    from modelspec.data.readers.polars_errors import READ_ERRORS, cause

    try:
        if size is None:
            frame = pl.read_ndjson(prepared.path, infer_schema_length=None)
        else:
            frame = _empty(prepared.path, size)
    except READ_ERRORS as error:
        _report(prepared, findings, cause(error))
        return None
    if not check_depth(frame.schema, findings):
        return None
    return FrameSource(
        dict(frame.schema),
        lambda columns: frame[list(columns)],
        findings,
        partial(_stream, prepared, findings, dict(frame.schema)),
        partial(_lines, prepared) if prepared.type == "jsonl" else None,
        prepared.notes,
        trained=prepared.trained,
    )


def _empty(file: str, size: int) -> pl.DataFrame:
    """No rows of all columns, each of a type that holds all its values."""
    import polars as pl

    found = pl.DataFrame()
    for chunk in chunks(file, size):
        if chunk.strip():
            read = pl.read_ndjson(chunk, infer_schema_length=None).clear()
            found = pl.concat([found, read], how="diagonal_relaxed")
    return found


def _stream(
    prepared: Prepared,
    findings: Findings,
    schema: dict[str, pl.DataType],
    columns: Sequence[str],
    size: int,
) -> Iterator[pl.DataFrame]:
    import polars as pl

    from modelspec.data.readers.polars_errors import READ_ERRORS, cause

    try:
        for chunk in chunks(prepared.path, size):
            frame = pl.read_ndjson(chunk, schema=schema) if chunk.strip() else None
            if frame is not None and frame.height:
                yield frame[list(columns)]
    except READ_ERRORS as error:
        _report(prepared, findings, cause(error))
        raise UnfitError from error


def _lines(prepared: Prepared) -> RowIndices:
    """The line of each object.

    It takes what holds the file, which may be a temporary one, not its path.
    """
    with open(prepared.path, "rb") as lines:
        return np.array([number for number, line in enumerate(lines, 1) if line.strip()])


def _report(prepared: Prepared, findings: Findings, cause: str) -> None:
    """Say which line is no object."""
    import json

    lines = prepared.type == "jsonl"
    unit, help = ("line", "one `{...}` a line") if lines else ("record", "a record is `{...}`")
    number = 0
    with open(prepared.path, encoding="utf-8", errors="replace") as file:
        for place, line in enumerate(file, 1):
            number = place if lines else number + bool(line.strip())
            try:
                sound = not line.strip() or isinstance(json.loads(line), dict)
                why = "it is no object"
            except ValueError as error:
                sound, why = False, str(error)
            except RecursionError:
                sound, why = False, TOO_DEEP
            if not sound:
                message = f"{unit} {number} of `{findings.file}` cannot be read as JSON: {why}"
                findings.add("MS801", message, help=help, line=number if lines else 0)
                return
    findings.add("MS801", f"`{findings.file}` cannot be read as JSONL: {cause}")
