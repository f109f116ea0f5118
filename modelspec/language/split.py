"""How rows are dealt out: the entry `data.split`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field

from modelspec.language.data_model import DataModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.diagnostics import Report
    from modelspec.source import Place

WAYS = ("stratify", "group", "time", "column")
_Values = Annotated[list[str | bool | int | float], Field(min_length=1)]
_Column = Annotated[str, Field(min_length=1)]
_FOLD = r"^[1-9][0-9]*/[1-9][0-9]*$"


def _is_fold(written: object) -> object:
    if not isinstance(written, str) or not re.match(_FOLD, written):
        raise ValueError("a fold is the second of five, `2/5`, and so on")
    return written


_Fold = Annotated[
    str,
    Field(json_schema_extra={"pattern": _FOLD}),
    BeforeValidator(_is_fold, json_schema_input_type=str),
]


class PartValues(DataModel):
    """What a column holds in the rows of each part."""

    validation: _Values = Field(["validation", "val"])
    """Of the rows that are measured after every epoch."""
    test: _Values = Field(["test"])
    """Of the rows that are kept for `modelspec eval`."""


class Split(DataModel):
    """How the rows of one file are dealt out: at random, unless a column says how.

    A part of `fraction` gets `round(fraction * rows)` rows, a half rounded up; the training
    rows are the rest.
    """

    validation: float = Field(0.0, ge=0, lt=1)
    """The fraction of the rows that is measured after every epoch."""
    test: float = Field(0.0, ge=0, lt=1)
    """The fraction of the rows that is kept for `modelspec eval`."""
    seed: int = Field(0, ge=0)
    """Another seed deals the rows out otherwise."""
    stratify: _Column | None = None
    """A column whose values come in equal shares in each part: that of the classes."""
    group: _Column | None = None
    """A column whose equal values stay together: all rows of a patient in one part."""
    time: _Column | None = None
    """A column of times (numbers, or ISO 8601): the last rows are the test rows, those before
    them the validation rows."""
    column: _Column | None = None
    """A column that says of each row which part it belongs to."""
    values: PartValues = PartValues()
    """What stands in `column`; any other value is a training row's."""
    fold: _Fold | None = None
    """`2/5`: of five parts of what is not for testing, the second one is the validation rows."""

    @property
    def by(self) -> str | None:
        """The column that says how, if one does."""
        return self.stratify or self.group or self.time or self.column

    @property
    def fold_of(self) -> tuple[int, int] | None:
        """Which fold, from 1, of how many."""
        if self.fold is None:
            return None
        number, count = map(int, self.fold.split("/"))
        return number, count

    @property
    def validates(self) -> bool:
        """Whether there are rows for validation."""
        return bool(self.validation or self.fold or self.column)


def check_split(split: Split, own_files: list[str], place: Place, report: Report) -> None:
    """Report what the keys of a split contradict each other in.

    Args:
        split: What is written.
        own_files: The parts that have a file of their own.
        place: Where it stands.
        report: Gets the findings.
    """
    for code, key, message, help in _problems(split, own_files):
        where = place.at(key) if key else place
        report.add(where.finding(code, message, help=help, key=True))


def _problems(split: Split, own_files: list[str]) -> Iterator[tuple[str, str, str, str]]:
    """(code, key, message, help)."""
    if split.validation + split.test >= 1:
        message = (
            f"`validation` {split.validation:g} and `test` {split.test:g} leave no rows to train on"
        )
        yield "MS204", "", message, "make them sum to less than 1"
    for part in own_files:
        if getattr(split, part):
            message = f"`{part}` has a file of its own and a fraction of the training rows"
            yield "MS206", part, message, f"remove one: `data.{part}` or `data.split.{part}`"
    ways = [way for way in WAYS if getattr(split, way)]
    if len(ways) > 1:
        message = f"rows are dealt out by `{ways[0]}` or by `{ways[1]}`"
        yield "MS206", ways[1], message, "remove one of them"
    for part in ("validation", "test") if split.column else ():
        if getattr(split, part):
            message = f"`column` says which rows are for {part}, not a fraction"
            yield "MS206", part, message, f"remove `{part}`, or `column`"
    if split.fold_of:
        yield from _fold_problems(split, *split.fold_of)
        if "validation" in own_files:
            message = "the fold is the validation rows, and they have a file of their own"
            yield "MS206", "fold", message, "remove one: `data.validation` or `data.split.fold`"


def _fold_problems(split: Split, number: int, count: int) -> Iterator[tuple[str, str, str, str]]:
    if count < 2 or number > count:
        message = f"there is no fold {number} of {count}"
        yield "MS204", "fold", message, "write `1/5`, `2/5` and so on to `5/5`"
    if split.validation:
        message = "the fold is the validation rows, and so is a fraction"
        yield "MS206", "validation", message, "remove `validation`, or `fold`"
    if split.time or split.column:
        message = f"folds are dealt out at random, not by `{'time' if split.time else 'column'}`"
        yield "MS206", "fold", message, "remove one of them"
