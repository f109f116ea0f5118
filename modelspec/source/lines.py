"""From a stretch of text to the lines and columns that people and editors count."""

from __future__ import annotations

import re
from bisect import bisect_right

from modelspec.diagnostics import Span
from modelspec.diagnostics.patterns import pattern
from modelspec.source.tree import Node, Stretch, bounds, stretch

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What the parser counts as the end of a line."""
_PROPERTIES = pattern(r"(?:[&!][^\s,\[\]{}]*(?:\s|#[^\r\n]*)*)*")


class Lines:
    """A text, and where its lines begin."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._starts: list[int] | None = None

    @property
    def starts(self) -> list[int]:
        """The index of each line's first character."""
        if self._starts is None:
            self._starts = [0, *(found.end() for found in _BREAK.finditer(self.text))]
        return self._starts

    def position(self, index: int) -> tuple[int, int]:
        """The line and the column of a character, both from 1."""
        line = bisect_right(self.starts, index)
        return line, index - self.starts[line - 1] + 1

    def between(self, start: int, end: int) -> Span:
        """The span of `text[start:end]`."""
        line, column = self.position(start)
        starts = self.starts
        if line == len(starts) or end < starts[line]:
            return Span(self.file, line, column, line, column + end - start)
        end_line, end_column = self.position(end)
        return Span(self.file, line, column, end_line, end_column)

    def span(self, where: Stretch) -> Span:
        """The span of a stretch, without the white space that a block scalar ends in."""
        start, end = bounds(where)
        while end > start and self.text[end - 1] in " \t\r\n":
            end -= 1
        return self.between(start, end)

    def of(self, node: Node) -> Span:
        """What to underline for a value.

        A scalar, or a flow collection that fits on its line, as a whole; otherwise the first
        token of the collection.
        """
        if isinstance(node, int):
            return self.span(self.content(node))
        start, end = bounds(self.content(node.where))
        if self.text[start] in "{[" and len(_BREAK.split(self.text[start:end], 1)) == 1:
            return self.between(start, end)
        if node.keys and self.text[start] != "{":
            return self.span(min(node.keys.values()))
        return self.between(start, start + 1)

    def content(self, where: Stretch) -> Stretch:
        """A value's stretch without the anchor and the tag before it."""
        start, end = bounds(where)
        if self.text[start : start + 1] in ("&", "!"):
            found = _PROPERTIES.match(self.text, start, end)
            start = found.end() if found else start
        return stretch(start, end)
