"""How text is shown: with or without colours, how wide, and what a terminal may be sent."""

from typing import NamedTuple

TAB_WIDTH = 4

_ESCAPES = {"red": "1;31", "yellow": "1;33", "blue": "1;34", "cyan": "36", "bold": "1"}


class Style(NamedTuple):
    """Whether to colour, and how many columns there are."""

    colour: bool = False
    width: int = 120

    def paint(self, text: str, ink: str) -> str:
        """The text in `red`, `yellow`, `blue`, `cyan` or `bold`, where colours are on."""
        return f"\x1b[{_ESCAPES[ink]}m{text}\x1b[0m" if self.colour and text else text


def printable(text: str) -> str:
    """The text without what could drive a terminal: a spec may hold any character."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)


def cells(text: str) -> list[str]:
    """What each character of a line is shown as: tabs as spaces, control characters as U+FFFD."""
    shown: list[str] = []
    column = 0
    for character in text:
        if character == "\t":
            shown.append(" " * (TAB_WIDTH - column % TAB_WIDTH))
        else:
            shown.append(character if character.isprintable() else "\ufffd")
        column += width(shown[-1])
    return shown


def width(text: str) -> int:
    """The columns that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    return sum(
        0
        if category(character) in ("Mn", "Me", "Cf")
        else 2
        if east_asian_width(character) in "WF"
        else 1
        for character in text
    )
