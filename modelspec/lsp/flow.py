"""Values in brackets that may not be closed yet, and scalars."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from modelspec.source.tree import Path

_QUOTED = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\n]|'')*'?")
_PLAIN = re.compile(r"(?:[^\s,:{}\[\]]|:(?=[^\s,}\]])|[ \t](?!#))*")
_SPACE = re.compile(r"(?:\s|(?<=\s)#[^\n]*)*")
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")


def scalar(written: str) -> str:
    """A scalar's text, without its quotes."""
    if len(written) > 1 and written[0] == written[-1] and written[0] in "\"'":
        return written[1:-1]
    return written


def uncommented(written: str) -> str:
    """The rest of a line, up to its comment; a `#` in quotes is none."""
    quoted = _QUOTED.match(written.lstrip())
    if quoted and written.lstrip()[0] in "\"'":
        return written[: len(written) - len(written.lstrip()) + quoted.end()]
    return _COMMENT.sub("", written)


class FlowReader:
    """Reads `{...}` and `[...]` up to `limit`, where they end if they are not closed.

    Attributes:
        typed: Where one types, as the first fields of a `Cursor`, if it is in here.
    """

    def __init__(self, text: str, limit: int, offset: int) -> None:
        self.text = text
        self.limit = limit
        self.offset = offset
        self.typed: tuple[Literal["key", "value"], Path, int] | None = None

    def value(self, at: int, path: Path) -> tuple[Any, int]:
        """The value at an index, which is at its first character, and where it ends."""
        if self._at(at) == "{":
            return self._mapping(at + 1, path)
        if self._at(at) == "[":
            return self._list(at + 1, path)
        return self._scalar(at)

    def _at(self, at: int) -> str:
        return self.text[at] if at < self.limit else ""

    def _scalar(self, at: int) -> tuple[str | None, int]:
        pattern = _QUOTED if self._at(at) in ("'", '"') else _PLAIN
        found = pattern.match(self.text, at, self.limit)
        assert found is not None
        written = found[0].rstrip()
        return (scalar(written) if written else None), at + len(written)

    def _skip(self, at: int) -> int:
        found = _SPACE.match(self.text, at, self.limit)
        return found.end() if found else at

    def _types(
        self, kind: Literal["key", "value"], path: Path, begin: int, at: int, end: int
    ) -> None:
        """Note that one types between `begin` and `end`, in what is written from `at` on."""
        if self.typed is None and begin <= self.offset <= end:
            self.typed = kind, path, min(at, self.offset)

    def _mapping(self, at: int, path: Path) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        while True:
            begin, at = at, self._skip(at)
            start = at
            name, at = self._scalar(at)
            behind = self._skip(at)
            self._types("key", path, begin, start, behind if self._at(behind) != ":" else at)
            at = behind
            if self._at(at) == ":":
                found[name or ""] = None
                found[name or ""], at = self._held(at + 1, (*path, name or ""))
            elif name:
                found[name] = None
            if self._at(at) != ",":
                return found, at + (self._at(at) == "}")
            at += 1

    def _list(self, at: int, path: Path) -> tuple[list[Any], int]:
        found: list[Any] = []
        while True:
            item, at = self._held(at, (*path, len(found)))
            if item is not None:
                found.append(item)
            if self._at(at) != ",":
                return found, at + (self._at(at) == "]")
            at += 1

    def _held(self, begin: int, path: Path) -> tuple[Any, int]:
        """A value in brackets, with the space around it."""
        start = self._skip(begin)
        item, at = self.value(start, path)
        end = self._skip(at)
        if not isinstance(item, dict | list):
            self._types("value", path, begin, start, end)
        return item, end
