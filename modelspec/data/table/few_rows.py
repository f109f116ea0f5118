"""A few rows as Python has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class FewRows(NamedTuple):
    """Rows so few that a data frame costs more than what is done with it.

    Attributes:
        rows: How many, at least one.
        cells: The values of a column, None for one that says nothing; None for a column whose
            values only a data frame tells.
        plain: Whether numbers that are text may be written as programs write them.
    """

    rows: int
    cells: Callable[[str], list[Any] | None]
    plain: bool
