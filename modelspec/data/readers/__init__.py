"""One module for each file format: it opens a file and gives a `Source`. Imports `table` only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.data.readers.prepared import Prepared, prepare
from modelspec.language.data_format import FileFormat

if TYPE_CHECKING:
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.table import Source
    from modelspec.source.data_suffixes import Format

__all__ = ["Prepared", "open_prepared", "open_source", "prepare"]


def open_source(format: Format | FileFormat, findings: Findings) -> Source | None:
    """Open a data file to be read whole. None after a finding: it is missing, empty, unreadable.

    Args:
        format: What it is.
        findings: Names it, and gets what is wrong.
    """
    stated = format if isinstance(format, FileFormat) else FileFormat(type=format)
    prepared = prepare(stated, findings)
    return None if prepared is None else open_prepared(prepared, findings)


def open_prepared(prepared: Prepared, findings: Findings, size: int | None = None) -> Source | None:
    """Open a file that was looked at. None after a finding.

    Args:
        prepared: The file.
        findings: Names it, and gets what is wrong.
        size: How many bytes of it may be read at a time; None for all.
    """
    match prepared.type:
        case "folder":
            from modelspec.data.readers.folder import FolderSource

            return FolderSource.open(findings)
        case "npz":
            from modelspec.data.readers.npz import NpzSource

            return NpzSource.open(prepared, findings)
        case "parquet" | "arrow":
            from modelspec.data.readers.columnar import open_columnar

            return open_columnar(prepared, findings)
        case "excel":
            from modelspec.data.readers.excel import open_excel

            return open_excel(prepared, findings)
        case "json" | "jsonl":
            from modelspec.data.readers.jsonl import open_jsonl

            return open_jsonl(prepared, findings, size)
    from modelspec.data.readers.delimited import DelimitedSource

    return DelimitedSource.open(prepared, findings)
