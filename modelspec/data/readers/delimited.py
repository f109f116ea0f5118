"""CSV and TSV: polars where the file is sound, exact lines where it is not."""

from __future__ import annotations

import csv
from collections import Counter
from contextlib import suppress
from functools import cached_property
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.readers.dialect import named
from modelspec.data.readers.lines import Records, fields, scan
from modelspec.data.readers.prepared import undecodable
from modelspec.data.readers.record_chunks import beginning, records
from modelspec.data.table.findings import UnfitError
from modelspec.data.table.missing_markers import MISSING_MARKERS
from modelspec.data.table.number_style import as_numbers
from modelspec.data.table.table import SHOWN, Column, Kind, RowIndices, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl
    from numpy.typing import NDArray

    from modelspec.data.readers.prepared import Prepared
    from modelspec.data.table.findings import Findings

_SAMPLE = 1000


class DelimitedSource:
    """An open file in UTF-8, whose first line that is not empty names its columns.

    Fields may be quoted; blanks around names and values, and empty lines, do not count.
    """

    def __init__(
        self,
        prepared: Prepared,
        header: list[str],
        findings: Findings,
        path: str | None = None,
        before: int = 0,
    ) -> None:
        """Open a file, or the chunk of it in `path`, which lacks so many lines `before`."""
        self._prepared = prepared
        self._separator, self._quote = prepared.dialect.separator, prepared.dialect.quote
        self._header = header
        self._path = path or prepared.path
        self._before = before - bool(prepared.dialect.header)
        self.notes = prepared.notes
        self.style = prepared.dialect.style
        self._findings = findings
        stripped = [name.strip() for name in header]
        counts = Counter(stripped)
        self.names = {name: position for position, name in enumerate(stripped)}
        self.repeated = frozenset(name for name in self.names if counts[name] > 1)
        self._width = len(header)
        self._height = 0

    @classmethod
    def open(cls, prepared: Prepared, findings: Findings) -> DelimitedSource | None:
        """Read the header. None after a finding."""
        dialect = prepared.dialect
        try:
            with open(prepared.path, encoding="utf-8-sig", newline="") as file:
                reader = fields(file, dialect.separator, dialect.quote)
                header: list[str] = next((record for record in reader if record), [])
        except UnicodeDecodeError:
            _report_encoding(findings, prepared.path)
            return None
        except csv.Error as error:
            _report_unreadable(findings, str(error))
            return None
        if any("\0" in name for name in header):
            _report_unreadable(findings, "it holds binary data")
            return None
        if not header:
            findings.add("MS801", f"`{findings.file}` is empty", help="it needs a header and rows")
            return None
        return cls(prepared, header, findings)

    def kind(self, column: str) -> Kind:
        """Numbers, if at least half of the first thousand values are; those that miss aside."""
        if self._sample is None:
            return "text"
        values = self._sample.to_series(self.names[column]).drop_nulls().str.strip_chars()
        values = values.filter(~values.is_in(MISSING_MARKERS))
        numbers = as_numbers(values, self.style).count()
        return "number" if numbers * 2 >= len(values) else "text"

    def read(self, kinds: dict[str, Kind]) -> Table | None:
        """These columns. None after a finding: ragged rows, no rows, not UTF-8."""
        frame = self._frame(kinds)
        if frame is None:
            return None
        if not frame.height:
            self._report_empty()
            return None
        self._height = frame.height
        return self._table(frame, kinds)

    def chunks(self, kinds: dict[str, Kind], size: int) -> Iterator[Table]:
        """These columns, about `size` bytes of the file at a time.

        Raises:
            UnfitError: After a finding.
        """
        self._height = 0
        with NamedTemporaryFile(suffix=".csv") as part:
            for text, before in records(self._path, size, self._quote):
                part.seek(0)
                part.truncate()
                part.write(text)
                part.flush()
                chunk = DelimitedSource(
                    self._prepared, self._header, self._findings, part.name, before
                )
                frame = chunk._frame(kinds)
                if frame is None:
                    raise UnfitError
                first = self._height
                self._height += frame.height
                if frame.height:
                    yield self._table(frame, kinds, first)
        if not self._height:
            self._report_empty()
            raise UnfitError

    def _frame(self, kinds: dict[str, Kind]) -> pl.DataFrame | None:
        """These columns, without empty lines. None after a finding."""
        from modelspec.data.readers.polars_errors import READ_ERRORS, cause

        frame = None
        if self.style.plain:
            with suppress(*READ_ERRORS):
                frame = self._read_typed(kinds)
        if frame is None:
            try:
                frame = self._read_text(kinds)
            except READ_ERRORS as error:
                self._diagnose(cause(error))
                return None
        partial = len(kinds) < self._width
        if partial or any(series.null_count() for series in frame):
            kept = self._sound_rows(frame.height)
            if kept is None:
                return None
            frame = frame if kept.all() else frame.filter(kept)
        return frame

    def _report_empty(self) -> None:
        self._findings.add("MS804", f"`{self._findings.file}` has a header and no rows")

    def _table(self, frame: pl.DataFrame, kinds: dict[str, Kind], first: int = 0) -> Table:
        columns: dict[str, Column] = dict(zip(kinds, frame.get_columns(), strict=True))
        kept = np.arange(first, first + frame.height) if first else None
        lines, style = self._lines, self.style
        return Table(self._findings.file, frame.height, columns, "line", lines, kept, style)

    def _read_typed(self, kinds: dict[str, Kind]) -> pl.DataFrame:
        import polars as pl

        dtypes = {"number": pl.Float64(), "text": pl.String(), "list": pl.String()}
        chosen = {self._raw_names[self.names[name]]: dtypes[kinds[name]] for name in kinds}
        return self._read_csv(list(chosen), schema_overrides=chosen)

    def _read_text(self, kinds: dict[str, Kind]) -> pl.DataFrame:
        """All as text; then as numbers, where all are but for their blanks and marks."""
        import polars as pl

        frame = self._read_csv([self._raw_names[self.names[name]] for name in kinds])
        columns = []
        for series, kind in zip(frame.get_columns(), kinds.values(), strict=True):
            if kind == "number":
                numbers = as_numbers(series.str.strip_chars(), self.style)
                series = numbers if numbers.null_count() == series.null_count() else series
            columns.append(series)
        return pl.DataFrame(columns)

    def _read_csv(self, columns: list[str], **options: object) -> pl.DataFrame:
        import polars as pl

        everything = len(columns) == self._width
        frame = pl.read_csv(
            self._path,
            separator=self._separator,
            quote_char=self._quote or None,
            infer_schema=False,
            columns=None if everything else [self._raw_names.index(name) for name in columns],
            **options,  # type: ignore[arg-type]
        )
        return frame[list(columns)]

    @cached_property
    def _sample(self) -> pl.DataFrame | None:
        """The first rows as text; None of a broken file, of which `read` says what is wrong."""
        from modelspec.data.readers.polars_errors import READ_ERRORS

        try:
            return self._head(_SAMPLE)
        except READ_ERRORS:
            return None

    @cached_property
    def _raw_names(self) -> list[str]:
        """What polars calls the columns."""
        return self._head(0).columns

    def _head(self, rows: int) -> pl.DataFrame:
        import polars as pl

        head = pl.read_csv(
            beginning(self._path, rows, self._quote),
            separator=self._separator,
            quote_char=self._quote or None,
            n_rows=rows,
            infer_schema=False,
            encoding="utf8-lossy",
            truncate_ragged_lines=True,
        )
        if head.width != self._width:
            raise pl.exceptions.ComputeError("the quotes of its header can be read in two ways")
        return head

    @cached_property
    def _records(self) -> Records:
        return scan(self._path, self._separator, self._before, self._quote)

    def _lines(self) -> RowIndices:
        """The line of each row; one line a row where quotes make no sense of their own."""
        try:
            lines = self._records.lines[~self._records.blank]
        except csv.Error:
            lines = np.array([], np.int64)
        return lines if len(lines) == self._height else np.arange(2, self._height + 2)

    def _sound_rows(self, height: int) -> NDArray[np.bool_] | None:
        """Which of polars's rows are not empty lines. None after a finding."""
        try:
            records = self._records
        except (csv.Error, UnicodeDecodeError) as error:
            self._diagnose(str(error))
            return None
        if self._report_ragged(records):
            return None
        if len(records.lines) != height:
            _report_unreadable(self._findings, "its quotes can be read in two ways")
            return None
        return ~records.blank

    def _diagnose(self, cause: str) -> None:
        """Say why polars could not read the file."""
        if _report_encoding(self._findings, self._path, self._before):
            return
        try:
            ragged = self._report_ragged(self._records)
        except csv.Error as error:
            cause, ragged = str(error), False
        if not ragged:
            _report_unreadable(self._findings, cause)

    def _report_ragged(self, records: Records) -> bool:
        width = self._width
        ragged = np.flatnonzero((records.fields != width) & ~records.blank)
        if not len(ragged):
            return False
        first, file = ragged[0], self._findings.file
        counted = f"{records.fields[first]} field{'s' * bool(records.fields[first] != 1)}"
        message = f"line {records.lines[first]} of `{file}` has {counted}, its header has {width}"
        if len(ragged) > 1:
            others = ", ".join(str(records.lines[row]) for row in ragged[1:SHOWN])
            message += f" ({len(ragged)} such lines; next {others})"
        mark = named(self._separator)
        help = f"put values that hold {'a comma' if mark == '`,`' else mark} in quotes"
        if self._prepared.dialect.header:
            help = f"`format` says that there are {self._width} columns"
        elif self._width == 1 and self._separator == ",":
            help += ', or state `format: {separator: ";"}` if these are decimal commas'
        self._findings.add("MS804", message, help=help, line=int(records.lines[first]))
        return True


def _report_unreadable(findings: Findings, cause: str) -> None:
    findings.add("MS801", f"`{findings.file}` cannot be read: {cause}")


def _report_encoding(findings: Findings, path: str, before: int = 0) -> bool:
    """Say on which line a file is not UTF-8; False where it is."""
    found = undecodable(path)
    if found is None:
        return False
    line, byte = found[0] + before, found[1]
    message = f"`{findings.file}` is not UTF-8: byte 0x{byte:02x} on line {line}"
    help = "save it as UTF-8, or state `format: {encoding: ...}`, `latin-1` for instance"
    findings.add("MS801", message, help=help, line=line)
    return True
