"""Excel workbooks, by polars and its reader `fastexcel`."""

from __future__ import annotations

import os
import zipfile
from typing import TYPE_CHECKING

from modelspec.data.readers.polars_source import FrameSource
from modelspec.data.readers.unpacked import MOST_FREE, MOST_RATIO
from modelspec.diagnostics import did_you_mean, name_list
from modelspec.diagnostics.extras import help_for, is_missing, missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from modelspec.data.readers.prepared import Prepared
    from modelspec.data.table.findings import Findings


def open_excel(prepared: Prepared, findings: Findings) -> FrameSource | None:
    """Read one sheet, whose first row names the columns. None after a finding."""
    if is_missing("fastexcel"):
        what = missing("fastexcel", f"`{findings.file}`, an Excel workbook,")
        findings.add("MS801", what, help=help_for("fastexcel"))
        return None
    if not _check_size(prepared.path, findings):
        return None
    sheet = _sheet(prepared, findings)
    if sheet is None:
        return None
    found, repeated = sheet
    batch = 1 << 16

    def stream(columns: Sequence[str], size: int) -> Iterator[pl.DataFrame]:  # noqa: ARG001
        return found[list(columns)].iter_slices(batch)

    return FrameSource(
        dict(found.schema),
        lambda columns: found[list(columns)],
        findings,
        stream,
        notes=prepared.notes,
        repeated=repeated,
        trained=prepared.trained,
    )


def _sheet(prepared: Prepared, findings: Findings) -> tuple[pl.DataFrame, frozenset[str]] | None:
    """A sheet, and the names that several of its columns have. None after a finding."""
    import fastexcel

    try:
        book = fastexcel.read_excel(prepared.path)
        if not book.sheet_names:
            findings.add("MS804", f"`{findings.file}` has no sheet")
            return None
        wanted = prepared.sheet or book.sheet_names[0]
        if wanted not in book.sheet_names:
            _report_sheet(wanted, book.sheet_names, findings)
            return None
        header = book.load_sheet(wanted, header_row=None, n_rows=1, dtypes="string").to_polars()
        names = [name for row in header.rows() for name in row]
        repeated = frozenset(name for name in names if name and names.count(name) > 1)
        return book.load_sheet(wanted, schema_sample_rows=None).to_polars(), repeated
    except fastexcel.FastExcelError as error:
        cause = str(error).partition("\n")[0]
        findings.add("MS801", f"`{findings.file}` cannot be read as Excel: {cause}")
        return None


def _report_sheet(wanted: str, sheets: Sequence[str], findings: Findings) -> None:
    near = did_you_mean(wanted, sheets)
    help = f"did you mean `{near}`?" if near else f"it has {name_list(sheets)}"
    findings.add("MS801", f"`{findings.file}` has no sheet `{wanted}`", help=help)


def _check_size(path: str, findings: Findings) -> bool:
    """Whether a workbook unpacks to what is allowed, and to what it says that it does."""
    most = max(MOST_FREE, MOST_RATIO * os.path.getsize(path))
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > most:
                message = f"`{findings.file}` unpacks to more than {most:,} bytes"
                findings.add("MS801", message, help="save the table as CSV, if it is sound")
                return False
            broken = archive.testzip()
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        findings.add("MS801", f"`{findings.file}` cannot be read as Excel: {error}")
        return False
    if broken:
        findings.add("MS801", f"`{findings.file}` cannot be read as Excel: `{broken}` is damaged")
    return not broken
