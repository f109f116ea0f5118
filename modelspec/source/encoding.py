"""Bytes to text: UTF-8 or UTF-16, and nothing that YAML does not allow."""

from __future__ import annotations

import codecs

from modelspec.diagnostics import Diagnostic, Span
from modelspec.source.lines import Lines

MAX_BYTES = 64 * 1024 * 1024

_NOT_ALLOWED = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_LAYOUT = dict.fromkeys(map(ord, "\t\n\r"))
"""Allowed, and not printable: what is printable beside these needs no regular expression."""
_FIRST = frozenset((*b"\t\n\r", *range(0x20, 0x7F), *range(0xA0, 0x100)))
"""What a text may begin with, as Latin-1."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(content: str | bytes, file: str) -> Lines | Diagnostic:
    """The text of a file, or why it is none."""
    if len(content) > MAX_BYTES:
        size = f"{MAX_BYTES // 1024 // 1024} MiB"
        return Diagnostic("MS104", f"the file is larger than {size}", Span(file))
    if isinstance(content, str):
        text, problem = content.removeprefix("\ufeff"), ""
    else:
        text, problem = _text(content)
    lines = Lines(file, text)
    stray = _stray(lines)
    if stray is not None:
        return stray
    if problem:
        end = lines.between(len(text), len(text))
        span = end._replace(end_column=end.column + 1)
        return Diagnostic("MS101", problem, span, "save the file as UTF-8")
    return lines


def _stray(lines: Lines) -> Diagnostic | None:
    """The finding for the first character that YAML does not allow."""
    if lines.text.translate(_LAYOUT).isprintable():
        return None
    import re

    stray = re.search(_NOT_ALLOWED, lines.text)
    if stray is None:
        return None
    return Diagnostic(
        "MS101",
        f"the character {ascii(stray[0])[1:-1]} is not allowed in YAML",
        lines.between(*stray.span()),
        "is this a text file? If it is, remove the character, or write it as an escape in "
        "double quotes",
    )


def _text(content: bytes) -> tuple[str, str]:
    """The text, or as much of it as there is and what comes behind it."""
    mark, encoding = next(
        (known for known in _MARKS if content.startswith(known[0])), (b"", _guess(content))
    )
    content = content[len(mark) :]
    try:
        return content.decode(encoding), ""
    except UnicodeDecodeError as error:
        readable = content[: error.start].decode(encoding)
        name = encoding[:6].rstrip("-").upper()
        return readable, f"byte 0x{content[error.start]:02x} is not {name} text"


def _guess(content: bytes) -> str:
    """UTF-16 without a mark shows by the zero beside its first character."""
    if len(content) > 1 and content[1] == 0 and content[0] in _FIRST:
        return "utf-16-le"
    return "utf-16-be" if len(content) > 1 and content[0] == 0 and content[1] in _FIRST else "utf-8"
