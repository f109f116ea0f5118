"""JSONL, one object a line, by polars."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.readers.frames import FrameSource

if TYPE_CHECKING:
    from modelspec.data.findings import Findings
    from modelspec.data.table import Rows


def open_jsonl(findings: Findings) -> FrameSource | None:
    """Read the file, whose lines are objects with the same keys. None after a finding."""
    import polars as pl

    from modelspec.data.readers.refusals import REFUSALS, cause

    try:
        frame = pl.read_ndjson(findings.file, infer_schema_length=None)
    except REFUSALS as error:
        _report(findings, cause(error))
        return None
    return FrameSource(
        dict(frame.schema),
        lambda columns: frame.select(columns),
        findings,
        partial(_lines, findings.file),
    )


def _lines(file: str) -> Rows:
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
            if not sound:
                message = f"line {number} of `{findings.file}` cannot be read as JSON: {why}"
                findings.add("MS801", message, help="one `{...}` a line", line=number)
                return
    findings.add("MS801", f"`{findings.file}` cannot be read as JSONL: {cause}")
