"""What was made of the cells of one file: how many were filled in, unknown, clipped or cut."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias, get_args

Happening: TypeAlias = Literal["missing", "unknown", "clipped", "truncated"]
HAPPENINGS: tuple[Happening, ...] = get_args(Happening)


class CellCount(NamedTuple):
    """One line of what is said in the end.

    Attributes:
        field: The input or output that the column fills.
        cells: How many of the file's rows.
        became: What stands for them now, `the mean, 38.2`; empty where nothing more is to be said.
        first: The first such row, as the file counts its rows.
    """

    field: str
    column: str
    happening: Happening
    cells: int
    became: str = ""
    first: int = 0


@dataclass(slots=True)
class CellCounts:
    """Counts of one file, added up chunk by chunk while it is encoded.

    Attributes:
        notes: What was found out about the file itself, its dialect for instance: said with the
            counts, a line each.
    """

    found: dict[tuple[str, str, Happening], CellCount] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, new: CellCount) -> None:
        """Add rows; none are nothing to be said."""
        if not new.cells:
            return
        key = (new.field, new.column, new.happening)
        known = self.found.get(key)
        if known is not None:
            new = known._replace(cells=known.cells + new.cells)
        self.found[key] = new
