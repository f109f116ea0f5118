"""What a column of a table seems to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

ColumnType: TypeAlias = Literal[
    "number", "category", "text", "image", "date", "sequence", "tags", "split", "skip"
]

FEW_CLASSES = 50
"""A text column of at most so many values is a category."""
FEW_NUMBERS = 20
"""A target of at most so many whole numbers is classes."""


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """One column.

    Attributes:
        type: What it seems to be.
        why: In a few words, for a comment.
        missing: How many rows have no value.
        markers: What stands in them, where it is not nothing.
        classes: How many values it has.
        size: The entries of a vector, the vocabulary of a text; height, width and channels of
            pictures.
        whole: Whether all its numbers are whole ones from 0 on.
        values: Those that it has, in order, where they are few.
        frequent: How many of its values at least `FREQUENT` rows have.
        rows: How many rows its rarest and its most frequent value have.
        rarest: The rarest value.
        settings: Keys of its feature beside those of its type, `{"format": "percent"}`.
        notes: What else is to be said of it, a comment each.
    """

    name: str
    type: ColumnType
    why: str
    missing: int = 0
    classes: int = 0
    size: tuple[int, ...] = ()
    whole: bool = False
    values: tuple[str | int, ...] = ()
    frequent: int = 0
    rows: tuple[int, int] = (0, 0)
    rarest: str | int = ""
    settings: tuple[tuple[str, Any], ...] = ()
    markers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def is_vast(self) -> bool:
        """Whether its classes are too many to list, and too rare to be all met in training."""
        return not self.values and self.rows[0] < CERTAIN

    def is_class(self, rows: int) -> bool:
        """Whether it is classes as a target."""
        few = self.whole and self.classes <= FEW_NUMBERS
        few = few and self.classes * 10 <= rows - self.missing
        return self.type == "category" or (self.type == "number" and few and not self.size)


CERTAIN = 10
"""A class of so many rows is found in each part, where they come in equal shares."""


def constant(value: object, missing: int) -> str:
    """Why a column of one value is of no use."""
    return f"it is {value} in every row" + " that has a value" * bool(missing)


FREQUENT = 3
"""A class that fewer rows have is none of its own, where there are many classes."""
