"""A text as editors count it: lines and UTF-16 code units, both from 0."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types

if TYPE_CHECKING:
    from modelspec.diagnostics import Span

_EDITOR_BREAK = re.compile("\r\n|[\n\r]")
_YAML_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_BYTES = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
"""How a column is counted: the encoding, and the bytes of a unit."""


class Edit(NamedTuple):
    """The characters from `start` to `end` were replaced by `length` others."""

    start: int
    end: int
    length: int

    def moved(self, offset: int) -> int | None:
        """Where a place of the text before stands after it; None where it is gone."""
        if offset <= self.start:
            return offset
        return offset + self.length - (self.end - self.start) if offset >= self.end else None


class Text:
    """A text, and where its lines begin for an editor and for YAML, which know different breaks.

    Args:
        content: The characters; a byte order mark is one of them.
        encoding: In which columns are counted: `utf-8`, `utf-16` or `utf-32`.
    """

    def __init__(self, content: str, encoding: str = "utf-16") -> None:
        self.content = content
        self.encoding = encoding
        self._starts = [0, *(each.end() for each in _EDITOR_BREAK.finditer(content))]
        self._yaml_starts: list[int] | None = None

    def offset(self, position: types.Position) -> int:
        """The index of the character at a position; one beyond its line means its end."""
        if position.line >= len(self._starts):
            return len(self.content)
        line = self.line(position.line)
        return self._starts[position.line] + self._characters(line, position.character)

    def line(self, number: int) -> str:
        """A line, counted from 0, without its break."""
        ends = [*self._starts[number + 1 : number + 2], len(self.content)]
        return self.content[self._starts[number] : ends[0]].rstrip("\r\n")

    @property
    def last_line(self) -> int:
        """The number of the last line, from 0."""
        return len(self._starts) - 1

    def line_number(self, offset: int) -> int:
        """The line, from 0, of a character."""
        return bisect_right(self._starts, offset) - 1

    def position(self, offset: int) -> types.Position:
        """The line and the column of a character."""
        number = self.line_number(offset)
        before = self.content[self._starts[number] : offset]
        return types.Position(number, self._units(before))

    def range(self, start: int, end: int) -> types.Range:
        """The range of `content[start:end]`."""
        return types.Range(self.position(start), self.position(end))

    def bounds(self, span: Span) -> tuple[int, int]:
        """The first character of a finding's span, and the one behind its last."""
        return (
            self._spanned(span.line, span.column),
            self._spanned(span.end_line, span.end_column),
        )

    def of_span(self, span: Span) -> types.Range:
        """The range of a finding's span."""
        return self.range(*self.bounds(span))

    def changed(self, change: types.TextDocumentContentChangeEvent) -> tuple[Text, Edit]:
        """The text after a change that a client tells of, and what that was."""
        if isinstance(change, types.TextDocumentContentChangePartial):
            start, end = self.offset(change.range.start), self.offset(change.range.end)
        else:
            start, end = 0, len(self.content)
        start, end = min(start, end), max(start, end)
        content = self.content[:start] + change.text + self.content[end:]
        return Text(content, self.encoding), Edit(start, end, len(change.text))

    def _spanned(self, line: int, column: int) -> int:
        if self._yaml_starts is None:
            marked = self.content.startswith("\ufeff")
            breaks = (each.end() for each in _YAML_BREAK.finditer(self.content))
            self._yaml_starts = [int(marked), *breaks]
        if line > len(self._yaml_starts):
            return len(self.content)
        return min(self._yaml_starts[line - 1] + column - 1, len(self.content))

    def _units(self, text: str) -> int:
        if text.isascii():
            return len(text)
        name, width = _BYTES[self.encoding]
        return len(text.encode(name, "surrogatepass")) // width

    def _characters(self, line: str, units: int) -> int:
        """How many characters of a line some units are; the middle of one is its start."""
        if line.isascii():
            return min(units, len(line))
        for index, character in enumerate(line):
            units -= self._units(character)
            if units < 0:
                return index
        return len(line)
