"""Which character of a file each character of a scalar's text came from."""

from __future__ import annotations

import re

from modelspec.diagnostics.patterns import pattern

_WHITE = " \t\r\n\x85\u2028\u2029"
_ESCAPE = pattern(r"\\(?:x..|u.{4}|U.{8}|.)", re.DOTALL)
_FOLDED_BREAK = pattern(r"\\(?:\r\n|[\n\r\x85\u2028\u2029])[ \t]*")
_HEADER = pattern(r"[|>][^\r\n\x85\u2028\u2029]*(?:\r\n|[\n\r\x85\u2028\u2029])")


def offsets(source: str, start: int, end: int, value: str) -> list[int]:
    """The index in `source` of each character of `value`, and of its end.

    Args:
        source: The text of the file.
        start: Where the scalar begins, at its quote or block indicator if it has one.
        end: Where it ends.
        value: What it was read as.
    """
    style = source[start : start + 1]
    at = start
    if style in ("'", '"'):
        at, end = start + 1, end - 1
    elif style in ("|", ">"):
        header = _HEADER.match(source, start)
        at = header.end() if header else start
    found: list[int] = []
    for character in value:
        at = _next(source, at, end, character, style)
        found.append(at)
        at += _length(source, at, end, character, style)
    found.append(min(at, end))
    return found


def _next(source: str, at: int, end: int, character: str, style: str) -> int:
    """Where a character stands: line folding leaves white space that it is not."""
    while style == '"' and (folded := _FOLDED_BREAK.match(source, at, end)):
        at = folded.end()
    if character in _WHITE:
        return min(at, end)
    while at < end and source[at] in _WHITE:
        at += 1
        while style == '"' and (folded := _FOLDED_BREAK.match(source, at, end)):
            at = folded.end()
    return min(at, end)


def _length(source: str, at: int, end: int, character: str, style: str) -> int:
    """How many characters of the file one character of the value takes."""
    if at >= end:
        return 0
    if style == '"' and source[at] == "\\":
        escape = _ESCAPE.match(source, at, end)
        return escape.end() - at if escape else 1
    if style == "'" and source.startswith("''", at):
        return 2
    if character in _WHITE and source[at] not in _WHITE:
        return 0
    return 1
