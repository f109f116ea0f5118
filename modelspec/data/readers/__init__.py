"""One module for each file format: it opens a file and gives a `Source`. Imports `table` only."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelspec.source.special_files import check_regular

if TYPE_CHECKING:
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.table import Source
    from modelspec.language.data import Format


def open_source(format: Format, findings: Findings, size: int | None = None) -> Source | None:
    """Open a data file. None after a finding: it is missing, empty, unreadable.

    Args:
        format: What it is.
        findings: Names it, and gets what is wrong.
        size: How many bytes of it may be read at a time; None for all.
    """
    if format == "folder":
        return _open_folder(findings)
    if not _check_exists(findings):
        return None
    if format == "npz":
        from modelspec.data.readers.npz import NpzSource

        return NpzSource.open(findings)
    if format == "parquet":
        from modelspec.data.readers.parquet import open_parquet

        return open_parquet(findings)
    if format == "jsonl":
        from modelspec.data.readers.jsonl import open_jsonl

        return open_jsonl(findings, size)
    from modelspec.data.readers.delimited import DelimitedSource

    return DelimitedSource.open("\t" if format == "tsv" else ",", findings)


def _open_folder(findings: Findings) -> Source | None:
    from modelspec.data.readers.folder import FolderSource

    if os.path.isdir(findings.file):
        return FolderSource.open(findings)
    _report_absence(findings, "folder")
    return None


def _report_absence(findings: Findings, what: str) -> None:
    from modelspec.diagnostics import did_you_mean

    folder, name = os.path.split(findings.file.rstrip("/"))
    beside = os.listdir(folder or ".") if os.path.isdir(folder or ".") else []
    near = did_you_mean(name, beside)
    help = f"did you mean `{os.path.join(folder, near)}`?" if near else ""
    findings.add("MS801", f"there is no {what} `{findings.file}`", help=help)


def _check_exists(findings: Findings) -> bool:
    try:
        check_regular(findings.file)
        with open(findings.file, "rb") as file:
            empty = not file.read(1)
    except FileNotFoundError:
        _report_absence(findings, "file")
        return False
    except OSError as error:
        findings.add("MS801", f"`{findings.file}` cannot be read: {error.strerror}")
        return False
    if empty:
        findings.add("MS801", f"`{findings.file}` is empty")
    return not empty
