"""A file's columns in memory, and how to speak of their rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from modelspec.data.table.number_style import PLAIN, NumberStyle

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[Any]"
RowIndices: TypeAlias = "NDArray[np.int64]"
Column: TypeAlias = "pl.Series | Array"
"""A polars series of numbers or text; of an NPZ file, an array whose first axis is the rows."""
Kind: TypeAlias = Literal["number", "text", "list", "date"]
"""What a column is read as; a `date` is what a file may hold, and is read as text."""

SHOWN = 3
"""How many rows a finding names."""


@dataclass(slots=True)
class Table:
    """The columns of one file that somebody asked for, in as many rows each.

    Attributes:
        unit: What a row of the file is called, and what the first one's number is:
            a `line` of a text file, a `row` (from 1), an `index` of an array (from 0).
        lines: The line of each row, for text files; only called when there is a finding.
        kept: The rows of the file that these are, where some were left out.
        style: How the file writes numbers, where it is text.
        dates: The columns of text whose type says that they hold dates: they are written as in ISO
            8601, whatever a spec says of the form of others.
        in_memory: Whether there is no file: a finding names a row where it would name a line.
    """

    file: str
    rows: int
    columns: dict[str, Column]
    unit: Literal["line", "row", "index"] = "row"
    lines: Callable[[], RowIndices] | None = None
    kept: RowIndices | None = None
    style: NumberStyle = PLAIN
    in_memory: bool = False
    dates: frozenset[str] = frozenset()

    def keep(self, rows: RowIndices) -> Table:
        """Only these rows."""
        columns = {name: column[rows] for name, column in self.columns.items()}
        kept = rows if self.kept is None else self.kept[rows]
        return replace(self, rows=len(rows), columns=columns, kept=kept)

    def number(self, row: int) -> int:
        """What the file calls its row `row` (from 0)."""
        row = row if self.kept is None else int(self.kept[row])
        if self.lines is not None:
            return int(self.lines()[row])
        return row if self.unit == "index" else row + 1

    def line(self, row: int) -> int:
        """The line of a text file, the row of what is in memory, 0 of another file."""
        return self.number(row) if self.unit == "line" or self.in_memory else 0

    def where(self, rows: RowIndices) -> str:
        """``lines 7, 9, 12 and 41 more of `houses.csv` ``, for rows from 0."""
        numbers = [str(self.number(int(row))) for row in rows[:SHOWN]]
        if len(rows) > SHOWN:
            numbers.append(f"{len(rows) - SHOWN} more")
        plural = {"line": "lines", "row": "rows", "index": "indices"}[self.unit]
        name = self.unit if len(rows) == 1 else plural
        listed = " and ".join([", ".join(numbers[:-1]), numbers[-1]] if numbers[1:] else numbers)
        return f"{name} {listed} of `{self.file}`"


class Source(Protocol):
    """An open data file, before its columns are read."""

    @property
    def names(self) -> Collection[str]:
        """Its columns, quick to ask."""
        ...

    @property
    def repeated(self) -> frozenset[str]:
        """Names that several columns have."""
        ...

    @property
    def notes(self) -> Sequence[str]:
        """What was found out about the file that is not plain, a line each."""
        ...

    @property
    def style(self) -> NumberStyle | None:
        """How it writes numbers; None where numbers are no text."""
        ...

    def kind(self, column: str) -> Kind:
        """What a column holds, going by the file."""
        ...

    def read(self, kinds: dict[str, Kind]) -> Table | None:
        """These columns, as numbers or text. None after a finding.

        A column of numbers that holds anything else comes as text: who needs the numbers
        says which rows are wrong.
        """
        ...

    def chunks(self, kinds: dict[str, Kind], size: int) -> Iterator[Table]:
        """These columns, about `size` bytes of them at a time, no chunk without rows.

        Raises:
            UnfitError: After a finding.
        """
        ...
