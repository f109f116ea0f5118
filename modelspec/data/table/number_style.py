"""How a text file writes its numbers, and text as numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

BLANKS = " \u00a0\u2009\u202f"
"""All that stands between thousands where a blank does: also those that do not break a line."""

DECIMALS = (".", ",")
THOUSANDS = (",", ".", " ", "'", "’", "_")


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How numbers are written.

    Attributes:
        decimal: The mark before a number's fraction.
        thousands: The mark between its groups of three digits; empty for none. Numbers without
            groups are numbers too, but none begins with a group `0`.
    """

    decimal: str = "."
    thousands: str = ""

    @property
    def plain(self) -> bool:
        """Whether it is that of programs."""
        return self == PLAIN

    @property
    def text(self) -> str:
        """``decimal mark `,`, thousands mark `.` ``: what differs from the plain style."""
        decimal = f"decimal mark `{self.decimal}`" if self.decimal != "." else ""
        thousands = f"thousands mark `{self.thousands}`" if self.thousands else ""
        return ", ".join(filter(None, (decimal, thousands)))

    @property
    def stated(self) -> str:
        """How a spec states it: `format: {decimal: ",", thousands: "."}`."""
        keys = [f'decimal: "{self.decimal}"', f'thousands: "{self.thousands}"']
        return f"format: {{{', '.join(keys if self.thousands else keys[:1])}}}"

    @classmethod
    def from_dict(cls, state: Any) -> NumberStyle:
        """The style that was kept as a mapping of its fields.

        Raises:
            TypeError: It is none.
        """
        style = cls(**state)
        if style.decimal not in DECIMALS or style.thousands not in ("", *THOUSANDS):
            raise TypeError(f"{state} is no style of numbers")
        return style

    def pattern(self) -> str:
        """A regular expression for grouped numbers, or numbers with another decimal mark."""
        digits = r"\d+"
        if self.thousands:
            digits = rf"(?:[1-9]\d{{0,2}}(?:{_one_of(self.thousands)}\d{{3}})+|\d+)"
        mark = re.escape(self.decimal)
        return rf"^[+-]?(?:{digits}(?:{mark}\d*)?|{mark}\d+)(?:[eE][+-]?\d+)?$"


PLAIN = NumberStyle()
STYLES = (
    PLAIN,
    NumberStyle(","),
    NumberStyle(".", ","),
    NumberStyle(",", "."),
    *(NumberStyle(decimal, mark) for mark in (" ", "'", "’", "_") for decimal in DECIMALS),
)
"""All styles, the usual ones first."""


def style_of(text: str) -> NumberStyle | None:
    """The first style in which a text is a number."""
    return next((style for style in STYLES if re.search(style.pattern(), text)), None)


def as_numbers(texts: pl.Series, style: NumberStyle = PLAIN) -> pl.Series:
    """Texts as float64, null where they are no numbers: the only place where text becomes numbers.

    Args:
        texts: Without blanks at their ends.
        style: How numbers are written.
    """
    import polars as pl

    if style.plain:
        return texts.cast(pl.Float64, strict=False)
    sound = texts.str.contains(style.pattern())
    plain = texts
    if style.thousands:
        plain = plain.str.replace_all(_one_of(style.thousands), "")
    if style.decimal != ".":
        plain = plain.str.replace(style.decimal, ".", literal=True)
    numbers = plain.cast(pl.Float64, strict=False)
    return numbers.set(~sound.fill_null(False), None)


def _one_of(thousands: str) -> str:
    return f"[{BLANKS}]" if thousands in BLANKS else re.escape(thousands)
