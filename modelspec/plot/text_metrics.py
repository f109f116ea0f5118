"""How wide a text is, and what of it fits."""

from functools import cache

ELLIPSIS = "\u2026"
_UNSEEN = 1000
"""The width of a character that the table lacks: a CJK letter's, which few exceed."""


@cache
def _advances(bold: bool) -> dict[str, int]:
    from modelspec.plot import font_widths

    table = font_widths.BOLD if bold else font_widths.REGULAR
    return {letter: width for width, letters in table.items() for letter in letters}


def covered(text: str) -> bool:
    """Whether the fonts that we ship have every character of a text."""
    return text.isascii() or all(letter in _advances(False) or letter == "\n" for letter in text)


@cache
def text_width(text: str, size: float, bold: bool = False) -> float:
    """The width of a text set in Helvetica, in the unit of its size."""
    advances = _advances(bold)
    return sum(advances.get(letter, _UNSEEN) for letter in text) * size / 1000


def fitted(text: str, size: float, limit: float, bold: bool = False) -> str:
    """The text itself, or as much of it as fits the width `limit` with an ellipsis behind it."""
    if text_width(text, size, bold) <= limit:
        return text
    advances = _advances(bold)
    room = limit - text_width(ELLIPSIS, size, bold)
    kept = 0
    for letter in text:
        room -= advances.get(letter, _UNSEEN) * size / 1000
        if room < 0:
            break
        kept += 1
    return text[:kept].rstrip(" ,") + ELLIPSIS


def printable(text: str) -> str:
    """The text without the characters that XML and UTF-8 do not allow."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(filter(_is_allowed, text))


def _is_allowed(letter: str) -> bool:
    return (letter >= " " or letter in "\n\t") and not (
        "\ud800" <= letter <= "\udfff" or letter in "\ufffe\uffff"
    )
