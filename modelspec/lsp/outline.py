"""A text that may be broken, read by its lines and indentation: what it holds, and where one types.

It never fails. What is read of a text that YAML reads too is the same, but that scalars stay text,
and that anchors, tags and keys of several lines are not looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from modelspec.lsp.flow import FlowReader, scalar, uncommented

if TYPE_CHECKING:
    from modelspec.source.tree import Path

_KEY = re.compile(r"""("[^"\n]*"|'[^'\n]*'|[^\s#{}\[\],:'"&*!|>%@`-][^\s:{}\[\],]*)\s*:(?=\s|$)""")


class Cursor(NamedTuple):
    """Where one types.

    Attributes:
        kind: Whether a key or a value is typed.
        path: Of a value, its place; of a key, the place of the mapping that it will be in.
        start: The index at which the key or the value begins.
        flow: Whether it is in brackets.
    """

    kind: Literal["key", "value"]
    path: Path
    start: int
    flow: bool = False


class Outline(NamedTuple):
    """What a text holds, in mappings, lists and texts; what is not there yet is None."""

    data: Any
    cursor: Cursor | None

    def at(self, path: Path) -> Any:
        """What stands at a path; None where nothing does."""
        found = self.data
        for key in path:
            if isinstance(found, dict):
                found = found.get(key)
            elif isinstance(found, list) and isinstance(key, int) and key < len(found):
                found = found[key]
            else:
                return None
        return found


class _Level(NamedTuple):
    """A mapping or a list that is open, and the column of its entries."""

    column: int
    held: Any
    path: Path

    @property
    def last(self) -> str | int | None:
        if isinstance(self.held, list):
            return len(self.held) - 1 if self.held else None
        return next(reversed(self.held), None)


def outline(text: str, offset: int = -1) -> Outline:
    """Read a text.

    Args:
        text: All of it.
        offset: Where one types; -1 for nowhere.
    """
    return _Reader(text, offset).read()


class _Reader:
    def __init__(self, text: str, offset: int) -> None:
        self.text = text
        self.offset = offset
        self.cursor: Cursor | None = None
        self.top: dict[str, Any] = {}
        self.levels = [_Level(0, self.top, ())]

    def read(self) -> Outline:
        at = 0
        while at <= len(self.text):
            end = self.text.find("\n", at)
            end = len(self.text) if end < 0 else end
            at = self._line(at, end) + 1
        return Outline(self.top, self.cursor)

    def _line(self, start: int, end: int) -> int:
        """Read a line, and what belongs to it on those behind; where that ends."""
        line = self.text[start:end]
        content = len(line) - len(line.lstrip(" "))
        typed_here = start <= self.offset <= end
        if not line.strip() or line[content] == "#":
            if typed_here and (not line.strip() or self.offset - start <= content):
                self._blank(self.offset - start)
            return end
        return self._entries(start + content, end, content)

    def _blank(self, column: int) -> None:
        """One types where nothing stands yet: a key of what is open at that column."""
        level = self._level(column, of=dict, make=False)
        if level is not None:
            self.cursor = Cursor("key", level.path, self.offset)

    def _entries(self, start: int, end: int, column: int) -> int:
        """The `- ` and the key that a line begins with, and its value."""
        text = self.text
        while text[start:end].startswith("- ") or text[start:end] == "-":
            level = self._level(column, of=list)
            if level is None or not isinstance(level.held, list):
                return end
            level.held.append(None)
            inside = start + 1
            while inside < end and text[inside] == " ":
                inside += 1
            column += inside - start
            start = inside
        key = _KEY.match(text, start, end)
        if key is None:
            return self._plain(start, end, column)
        level = self._level(column, of=dict)
        if level is None or not isinstance(level.held, dict):
            return end
        name = scalar(key[1])
        level.held.pop(name, None)
        level.held[name] = None
        if start <= self.offset <= key.end(1):
            self.cursor = Cursor("key", level.path, start)
        return self._value(level, name, key.end(), end, column)

    def _plain(self, start: int, end: int, column: int) -> int:
        """A value of a list, or a key that is being typed."""
        level = self.levels[-1]
        before = self.text[self.text.rfind("\n", 0, start) + 1 : start]
        if isinstance(level.held, list) and before.strip().startswith("-"):
            return self._value(level, len(level.held) - 1, start, end, level.column)
        if start <= self.offset <= end:
            below = self._level(column, of=dict, make=False)
            if below is not None:
                self.cursor = Cursor("key", below.path, start)
        return end

    def _value(self, level: _Level, key: str | int, start: int, end: int, column: int) -> int:
        """The value of a key or an item, from `start`; where it ends."""
        text, path = self.text, (*level.path, key)
        while start < end and text[start] in " \t":
            start += 1
        if text[start:end].startswith(("{", "[")):
            reader = FlowReader(text, self._limit(end, column), self.offset)
            value, stop = reader.value(start, path)
            if reader.typed is not None:
                self.cursor = Cursor(*reader.typed, flow=True)
            line_end = text.find("\n", stop)
            stop = len(text) if line_end < 0 else line_end
        elif text[start:end].startswith(("|", ">")):
            value, stop = "", self._limit(end, column)
        else:
            written = uncommented(text[start:end])
            value, stop = scalar(written.strip()) if written.strip() else None, end
            if self._types_in(start, len(written), end):
                self.cursor = Cursor("value", path, min(start, self.offset))
        level.held[key] = value
        return stop

    def _types_in(self, start: int, length: int, end: int) -> bool:
        """Whether one types in a scalar, or in the space before it."""
        before = start
        while self.text[before - 1 : before] in (" ", "\t"):
            before -= 1
        after = end if start + length == end else start + length
        return before < self.offset <= after or (before == start == self.offset)

    def _limit(self, end: int, column: int) -> int:
        """The end of the last line behind this one that is indented deeper than a column."""
        text = self.text
        while end < len(text):
            following = text.find("\n", end + 1)
            following = len(text) if following < 0 else following
            line = text[end + 1 : following]
            if line.strip() and len(line) - len(line.lstrip(" ")) <= column:
                break
            end = following
        return end

    def _level(
        self, column: int, *, of: type[dict[str, Any]] | type[list[Any]], make: bool = True
    ) -> _Level | None:
        """The open mapping, or list, whose entries stand in a column; made where one may begin."""
        levels = self.levels if make else [*self.levels]
        while len(levels) > 1 and levels[-1].column > column:
            levels.pop()
        top = levels[-1]
        if top.column == column and not isinstance(top.held, of):
            if of is dict and len(levels) > 1:
                levels.pop()
                return levels[-1] if levels[-1].column == column else None
        elif top.column == column:
            return top
        top = levels[-1]
        key = top.last
        if key is None or top.held[key] is not None:
            return None
        level = _Level(column, of(), (*top.path, key))
        if make:
            top.held[key] = level.held
            levels.append(level)
        return level
