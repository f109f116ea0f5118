"""How a text file writes its numbers, found by looking at some of its rows."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from modelspec.data.table.missing_markers import MISSING_MARKERS
from modelspec.data.table.number_style import BLANKS, STYLES, NumberStyle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_AROUND = re.compile(rf"[$€£¥%\s{BLANKS}]+")
"""What stands before or after the digits of money and percentages."""
_NUMBER = re.compile(rf"[+-]?[\d.,'’_{BLANKS}]*\d[.,]?(?:[eE][+-]?\d+)?")
_DIGIT = re.compile(r"\d")
_MISSING = frozenset(MISSING_MARKERS)
ROWS = 1000
"""How many rows are looked at, at most."""


class NumberLook(NamedTuple):
    """What was found.

    Attributes:
        note: What is to be said of a reading that may be another; empty where there is none.
    """

    style: NumberStyle
    note: str = ""


def look_at_numbers(
    columns: Mapping[str, Sequence[str]],
    separator: str,
    decimal: str | None = None,
    thousands: str | None = None,
    trained: NumberStyle | None = None,
) -> NumberLook:
    """The style in which most values are numbers.

    Args:
        columns: Some values of each column.
        separator: Of the file. Where it is a comma, `1,5` may be two numbers: a comma is a
            decimal mark only if it is stated, was one in training, or if thousands have a mark
            too, and all numbers are written so.
        decimal: The mark that the spec states.
        thousands: That which the spec states.
        trained: The style of the file that was trained on: where a value can be read in two
            ways, it is read as there.
    """
    styles = possible = _candidates(separator, decimal, thousands, trained)
    counts: Counter[NumberStyle] = Counter()
    both: set[NumberStyle] = set()
    total = 0
    examples: dict[NumberStyle, tuple[str, str]] = {}
    for name, values in columns.items():
        for value, fitting in _of_column(values):
            total += 1
            for style in fitting:
                counts[style] += 1
                examples.setdefault(style, (name, value))
                if style.thousands and style.thousands in value and style.decimal in value:
                    both.add(style)
    if separator == "," and "," not in (decimal, trained and trained.decimal) and thousands != ".":
        sure = {style for style in both if counts[style] == total}
        styles = [style for style in styles if style.decimal == "." or style in sure]
    most = max((counts[style] for style in styles), default=0)
    style = next(style for style in styles if counts[style] == most)
    known = trained is not None and trained.decimal == style.decimal
    if not most or known or (decimal is not None and thousands is not None):
        return NumberLook(style)
    equal = [each for each in possible if counts[each] == most]
    doubtful = any(each.thousands == style.decimal for each in equal)
    if style.thousands:
        doubtful = any(each.decimal == style.thousands for each in equal)
    if not doubtful or decimal is not None or thousands or (style.plain and separator != ";"):
        return NumberLook(style)
    return NumberLook(style, _doubt(style, *examples[style]))


def _candidates(
    separator: str, decimal: str | None, thousands: str | None, trained: NumberStyle | None
) -> list[NumberStyle]:
    """The styles that may be, the first being that which is taken for want of evidence."""
    if decimal is None and thousands == ".":
        decimal = ","
    found = [
        style
        for style in STYLES
        if decimal in (None, style.decimal) and thousands in (None, style.thousands)
    ]
    if separator == ",":
        found.sort(key=lambda style: (not style.plain, style.decimal == ","))
    if trained is not None:
        found.sort(key=lambda style: (style != trained, style.decimal != trained.decimal))
    return found


def _doubt(style: NumberStyle, column: str, value: str) -> str:
    mark = style.thousands or style.decimal
    read = value.replace(mark, "") if style.thousands else value.replace(mark, ".")
    key = "decimal" if style.thousands else "thousands"
    return (
        f"`{value}` of `{column}` is read as {read}; "
        f'if `{mark}` is the {key} mark, state `format: {{{key}: "{mark}"}}`'
    )


def _of_column(values: Sequence[str]) -> Iterable[tuple[str, tuple[NumberStyle, ...]]]:
    """The values that have marks, and the styles in which they are numbers.

    None of a column most of whose values are no numbers.
    """
    found: list[tuple[str, tuple[NumberStyle, ...]]] = []
    present = numbers = 0
    for value in values:
        value = _AROUND.sub(" ", value).strip() if not value.isdigit() else value
        if value in _MISSING:
            continue
        present += 1
        if value.isdigit():
            numbers += 1
        elif _NUMBER.fullmatch(value):
            fitting = _fitting(_DIGIT.sub("1", value))
            numbers += bool(fitting)
            if fitting and len(fitting) < len(STYLES):
                found.append((value, fitting))
    return found if numbers * 2 >= present else ()


@cache
def _patterns() -> list[tuple[NumberStyle, re.Pattern[str]]]:
    return [(style, re.compile(style.pattern())) for style in STYLES]


@lru_cache(maxsize=4096)
def _fitting(shape: str) -> tuple[NumberStyle, ...]:
    """The styles in which a value of this shape is a number."""
    return tuple(style for style, pattern in _patterns() if pattern.search(shape))
