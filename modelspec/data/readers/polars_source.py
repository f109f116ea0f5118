"""What the formats have in common that polars reads whole: columns with types."""

from __future__ import annotations

from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from modelspec.data.readers.number_look import ROWS, look_at_numbers
from modelspec.data.readers.text import all_whole, as_text
from modelspec.data.table.findings import UnfitError
from modelspec.data.table.number_style import PLAIN
from modelspec.data.table.table import Column, Kind, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    import polars as pl

    from modelspec.data.table.findings import Findings
    from modelspec.data.table.number_style import NumberStyle
    from modelspec.data.table.table import RowIndices


_CALENDAR = (-719_162, 2_932_895)
"""From year 1 to 9999, in days since 1970."""


class ReadColumns(Protocol):
    """Reads some columns of a file; None after a finding."""

    def __call__(self, columns: Sequence[str]) -> pl.DataFrame | None:
        """These columns."""


class StreamColumns(Protocol):
    """Reads some columns of a file, about `size` bytes at a time.

    Raises:
        UnfitError: After a finding.
    """

    def __call__(self, columns: Sequence[str], size: int) -> Iterator[pl.DataFrame]:
        """Rows after rows, none empty."""


class FrameSource:
    """An open file of typed columns.

    Args:
        schema: The type of each column.
        read: Reads columns.
        findings: Where findings go.
        stream: Reads columns, about so many bytes at a time.
        lines: Gives the line of each row, where the file has lines.
        notes: What was found out about it, a line each.
        repeated: Names that several columns have in the file.
        trained: How the file that was trained on writes its numbers, if it is text.
    """

    style: NumberStyle | None

    def __init__(
        self,
        schema: Mapping[str, pl.DataType],
        read: ReadColumns,
        findings: Findings,
        stream: StreamColumns,
        lines: Callable[[], RowIndices] | None = None,
        notes: tuple[str, ...] = (),
        repeated: frozenset[str] = frozenset(),
        trained: NumberStyle | None = None,
    ) -> None:
        self._schema = schema
        self._read = read
        self._findings = findings
        self._stream = stream
        self._lines = lines
        self.names: Collection[str] = schema.keys()
        self.style = None
        self.notes = self._own_notes = notes
        self._trained = trained
        self.repeated = repeated

    def kind(self, column: str) -> Kind:
        """Numbers and booleans are numbers, and so are lists of them."""
        dtype = self._schema[column]
        if dtype.is_nested():
            return "list"
        if dtype.is_temporal():
            return "date"
        return "number" if dtype.is_numeric() or str(dtype) in ("Boolean", "Null") else "text"

    def read(self, kinds: dict[str, Kind]) -> Table | None:
        """These columns. None after a finding: values of another kind, no rows, a broken file."""
        refused = [column for column in kinds if self._is_unsupported(column)]
        if refused:
            return None
        frame = self._read(list(kinds))
        if frame is None:
            return None
        if not frame.height:
            self._findings.add("MS804", f"`{self._findings.file}` has no rows")
            return None
        self._look(frame, kinds)
        return self._table(frame, kinds)

    def _look(self, frame: pl.DataFrame, kinds: Mapping[str, Kind]) -> None:
        """Find out how numbers are written that are text, going by some of the rows."""
        import polars as pl

        written = {
            name: frame[name].head(ROWS).drop_nulls().to_list()
            for name, kind in kinds.items()
            if kind == "number" and self._schema[name] == pl.String
        }
        found = look_at_numbers(written, ",", trained=self._trained)
        self.style = None if found.style.plain else found.style
        doubt, apart, _ = found.note.partition(", state ")
        note = f"{doubt}, give it as numbers, not as text" if apart else ""
        self.notes = (*self._own_notes, note) if note else self._own_notes

    def chunks(self, kinds: dict[str, Kind], size: int) -> Iterator[Table]:
        """These columns, about `size` bytes at a time.

        Raises:
            UnfitError: After a finding.
        """
        if any(self._is_unsupported(column) for column in kinds):
            raise UnfitError
        floats = [
            name for name, kind in kinds.items() if kind == "text" and self._schema[name].is_float()
        ]
        whole = dict.fromkeys(floats, True)
        for frame in self._stream(floats, size) if floats else ():
            whole = {name: known and all_whole(frame[name]) for name, known in whole.items()}
        for frame in islice(self._stream(list(kinds), size), 1):
            self._look(frame, kinds)
        first = 0
        for frame in self._stream(list(kinds), size):
            table = self._table(frame, kinds, first, whole)
            if table is None:
                raise UnfitError
            first += table.rows
            yield table
        if not first:
            self._findings.add("MS804", f"`{self._findings.file}` has no rows")
            raise UnfitError

    def _table(
        self,
        frame: pl.DataFrame,
        kinds: dict[str, Kind],
        first: int = 0,
        whole: Mapping[str, bool] = MappingProxyType({}),
    ) -> Table | None:
        """Rows from the `first` on. None after a finding."""
        columns: dict[str, Column] = {}
        for name, kind in kinds.items():
            column = self._column(frame[name], kind, whole.get(name))
            if column is None:
                return None
            columns[name] = column
        unit: Literal["line", "row"] = "line" if self._lines else "row"
        kept = np.arange(first, first + frame.height) if first else None
        style = self.style or PLAIN
        dates = frozenset(name for name in columns if self._holds_dates(name))
        return Table(
            self._findings.file, frame.height, columns, unit, self._lines, kept, style, dates=dates
        )

    def _holds_dates(self, column: str) -> bool:
        """Whether a column's type is that of dates; one of times of day is not."""
        return str(self._schema[column]).startswith("Date")

    def _column(self, series: pl.Series, kind: Kind, whole: bool | None) -> Column | None:
        import polars as pl

        if isinstance(series.dtype, pl.Categorical | pl.Enum):
            series = series.cast(pl.String)
        if not _are_in_calendar(series):
            message = (
                f"`{series.name}` of `{self._findings.file}` holds dates beyond the years 1 to 9999"
            )
            help = "store it as numbers, if it is none; else mend the rows"
            self._findings.add("MS803", message, help=help)
            return None
        if kind == "list":
            return series
        if series.dtype.is_nested():
            return self._vectors(series) if kind == "number" else self._joined(series)
        return as_text(series, whole) if kind == "text" else _plain(series)

    def _vectors(self, series: pl.Series) -> Column | None:
        """Lists of equally many numbers as an array; a row without a list is not a number."""
        import polars as pl

        if getattr(series.dtype, "inner", None) == pl.String:
            message = f"`{series.name}` of `{self._findings.file}` holds lists of text"
            help = "declare it with `type: category` and `encode: multi_hot`"
            self._findings.add("MS803", message, help=help)
            return None
        given, shape = series.drop_nulls(), [len(series)]
        values = given
        while values.dtype.is_nested():
            lists = values if isinstance(values.dtype, pl.List) else values.arr.to_list()
            sizes = lists.list.len().unique().sort().to_list()
            if len(sizes) != 1:
                self._report_lists(series.name, sizes)
                return None
            shape.append(sizes[0])
            values = lists.explode() if sizes[0] else pl.Series([], dtype=pl.Float64)
        numbers = values.cast(pl.Float64, strict=False).to_numpy()
        if len(given) == len(series):
            return numbers.reshape(shape)
        found = np.full(shape, np.nan)
        found[series.is_not_null().to_numpy()] = numbers.reshape(len(given), *shape[1:])
        return found

    def _report_lists(self, column: str, sizes: Sequence[int]) -> None:
        what = f"`{column}` of `{self._findings.file}` holds lists"
        if sizes:
            what += f" of {sizes[0]} to {sizes[-1]} numbers"
        self._findings.add("MS803", what, help="declare it with `type: sequence`")

    def _joined(self, series: pl.Series) -> Column | None:
        """Lists of classes as text, as `multi_hot` reads it."""
        import polars as pl

        inner = getattr(series.dtype, "inner", None)
        if inner is None or inner.is_nested():
            what = f"`{series.name}` of `{self._findings.file}` holds lists in lists, not classes"
            self._findings.add("MS803", what, help="write one list of classes a row, or text")
            return None
        return series.cast(pl.List(pl.String), strict=False).list.join(",")

    def _is_unsupported(self, column: str) -> bool:
        dtype = self._schema[column]
        if not str(dtype).startswith(("Binary", "Object", "Struct", "Duration")):
            return False
        message = f"`{column}` of `{self._findings.file}` holds `{dtype}`, not numbers or text"
        self._findings.add("MS803", message, help="turn it into columns of numbers or text")
        return True


def _are_in_calendar(series: pl.Series) -> bool:
    """Whether polars can write all dates of a column, which it tries with a panic."""
    import polars as pl

    if series.dtype == pl.Date:
        units = 1
    elif isinstance(series.dtype, pl.Datetime):
        units = 86_400 * {"ms": 10**3, "us": 10**6, "ns": 10**9}[series.dtype.time_unit]
    else:
        return True
    days = series.to_physical() // units
    return bool(days.is_between(*_CALENDAR).all())


def _plain(series: pl.Series) -> pl.Series:
    """Numbers that numpy has: no decimals, no nulls' type."""
    import polars as pl

    odd = series.dtype.is_decimal() or series.dtype in (pl.Null, pl.Int128)
    if series.dtype.is_temporal():
        return series.cast(pl.String)
    return series.cast(pl.Float64) if odd else series
