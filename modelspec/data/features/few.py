"""Encoding a few rows as Python has them, where a data frame costs more than its rows.

`Feature.few` gives what does it for one field. It makes the arrays that `Feature.encode` makes of a
table of the same rows, with the same counts; or nothing of rows that it is not sure of, which then
go through a table. So it never has a finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.data.arrays.arrays import Values
    from modelspec.data.table.cell_counts import CellCount
    from modelspec.data.table.few_rows import FewRows


class FewEncoded(NamedTuple):
    """The values of one field, and what became of its cells.

    Attributes:
        of_text: Whether text was read as numbers, which holds only if all text that is read so is
            written as programs write numbers.
    """

    values: Values
    counts: Sequence[CellCount] = ()
    of_text: bool = False


class FewEncoder(Protocol):
    """Encodes one field of a few rows."""

    def encode(self, few: FewRows) -> FewEncoded | None:
        """The values for all rows; None for those that only a table is sure of."""
        ...
