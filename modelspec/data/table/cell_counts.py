"""What was made of the cells of one file: how many were filled in, unknown, clipped or cut."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, get_args

from modelspec.diagnostics import Diagnostic, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Container

Happening: TypeAlias = Literal["missing", "dropped", "unknown", "clipped", "truncated"]
HAPPENINGS: tuple[Happening, ...] = get_args(Happening)
MANY = 20
"""Where more than one row in so many is cut, there is a finding."""


class CellCount(NamedTuple):
    """One line of what is said in the end.

    Attributes:
        field: The input or output that the column fills.
        cells: How many of the file's rows.
        became: What stands for them now, `the mean, 38.2`; of cut rows, what they are longer
            than; empty where nothing more is to be said.
        first: The first such row, as the file counts its rows.
        most: Of cut rows, the steps of the longest.
    """

    field: str
    column: str
    happening: Happening
    cells: int
    became: str = ""
    first: int = 0
    most: int = 0


@dataclass(slots=True)
class CellCounts:
    """Counts of one file, added up chunk by chunk while it is encoded.

    Attributes:
        file: Its path.
        rows: How many it has, those counted that are left out.
        unit: What one of its rows is called: `line`, `row` or `index`.
        notes: What was found out about the file itself, its dialect for instance: said with the
            counts, a line each.
    """

    found: dict[tuple[str, str, Happening], CellCount] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    file: str = ""
    rows: int = 0
    unit: str = "row"

    def add(self, new: CellCount) -> None:
        """Add rows; none are nothing to be said."""
        if not new.cells:
            return
        key = (new.field, new.column, new.happening)
        known = self.found.get(key)
        if known is not None:
            cells, most = known.cells + new.cells, max(known.most, new.most)
            new = known._replace(cells=cells, most=most)
        self.found[key] = new

    def add_rows(
        self,
        field: str,
        column: str,
        happening: Happening,
        cells: int,
        first: Callable[[], int],
        became: str = "",
        most: int = 0,
    ) -> None:
        """Add rows of which the first is only looked for where none is known: that is dear."""
        if cells:
            known = (field, column, happening) in self.found
            row = 0 if known else first()
            self.add(CellCount(field, column, happening, cells, became, row, most))

    def take(self, other: CellCounts) -> None:
        """Become what another one is."""
        for name in self.__slots__:
            setattr(self, name, getattr(other, name))

    def only(self, fields: Container[str]) -> CellCounts:
        """Those of some inputs and outputs."""
        found = {key: each for key, each in self.found.items() if each.field in fields}
        return replace(self, found=found)

    def of(self, field: str, *happenings: Happening) -> int:
        """How many cells of an input or output that happened to."""
        found = self.found.values()
        return sum(each.cells for each in found if each.field == field and each[2] in happenings)

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON data."""
        return {
            "file": self.file,
            "rows": self.rows,
            "unit": self.unit,
            "notes": list(self.notes),
            "columns": [each._asdict() for each in self.found.values()],
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> CellCounts:
        """What `to_dict` came from."""
        counts = cls(
            notes=list(state["notes"]), file=state["file"], rows=state["rows"], unit=state["unit"]
        )
        for each in state["columns"]:
            counts.add(CellCount(**each))
        return counts

    def lines(self) -> list[str]:
        """What is said of the file, a line each; nothing of one where nothing happened."""
        return [*self.note_lines(), *self.cell_lines()]

    def note_lines(self) -> list[str]:
        """What was found out about the file itself."""
        return [f"{self.file}: {note}" for note in self.notes]

    def cell_lines(self) -> list[str]:
        """What became of cells, a line for each column that something happened to."""
        return [self._line(each) for each in self.found.values()]

    def findings(self) -> list[Diagnostic]:
        """A finding for each column that something happened to, at the first such row."""
        found = []
        for each in self.found.values():
            line = each.first if self.unit == "line" else 1
            span = Span(self.file, line, 1, line, 1)
            help = "mend the cells, or leave `--strict` away"
            found.append(Diagnostic("MS813", self._line(each, quote="`"), span, help))
        return found

    def _line(self, count: CellCount, quote: str = "") -> str:
        place = f" (first at {self.unit} {count.first})"
        return f"{quote}{count.column}{quote}: {self._told(count)}{place}"

    def _told(self, count: CellCount) -> str:
        of = f"{count.cells:,} of {self.rows:,} {'values' if self.rows != 1 else 'value'}"
        was = "was" if count.cells == 1 else "were"
        became, it = count.became, "is" if count.cells == 1 else "are"
        match count.happening:
            case "missing":
                return f"{of} {was} missing" + (f" and {it} filled with {became}" if became else "")
            case "dropped":
                rows = "its row is" if count.cells == 1 else "their rows are"
                return f"{of} {was} missing, and {rows} left out"
            case "unknown":
                said = f", and {'counts' if count.cells == 1 else 'count'} as {became}"
                return f"{of} {was} not known from training" + (said if became else "")
            case "clipped":
                return f"{of} {was} not within {became}, and {it} set to the nearer end"
            case "truncated":
                return f"{of} {was} longer than {became}, up to {count.most:,}, and {it} cut"
