"""A text as the tree of what stands in it: aliases are not followed, ends are where text ends.

`Document.root` says where the values of the data stand; this is for who changes the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from modelspec.source.lines import Lines
from modelspec.source.tree import bounds, stretch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml.events import NodeEvent

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_COMMENT = re.compile(r"(?:(?<=\s)|^)#", re.MULTILINE)
_BREAK = re.compile(r"[\r\n]|\Z")


@dataclass(slots=True, eq=False)
class Token:
    """A scalar, a collection, or an alias.

    Attributes:
        start: Of its anchor or tag, if it has one.
        end: After its last character that is no white space.
        text: Of a scalar, what it reads as; of an alias, the anchor's name.
        flow: Whether it is a collection in brackets.
        entries: Of a collection: the key (None in a list) and the value of each.
    """

    kind: Literal["scalar", "alias", "mapping", "list"]
    start: int
    end: int = 0
    text: str = ""
    anchor: str | None = None
    flow: bool = False
    entries: list[tuple[Token | None, Token]] = field(default_factory=list)

    def child(self, key: str | int) -> tuple[Token | None, Token] | None:
        """The entry under a key, or at an index."""
        if self.kind == "list":
            known = isinstance(key, int) and 0 <= key < len(self.entries)
            return self.entries[key] if known and isinstance(key, int) else None
        return next(
            (each for each in self.entries if each[0] is not None and each[0].text == key), None
        )

    def walk(self) -> Iterator[Token]:
        """It and all inside it, in the order of the text."""
        yield self
        for key, value in self.entries:
            if key is not None:
                yield from key.walk()
            yield from value.walk()


def token_tree(text: str) -> Token | None:
    """The tree of a text that has been read without an error; None of an empty one."""
    lines = Lines("", text)
    root: Token | None = None
    open_: list[tuple[Token, list[Token]]] = []
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, CollectionEndEvent):
            token, inside = open_.pop()
            _close(token, inside, event.end_mark.index)  # type: ignore[union-attr]
        elif isinstance(event, MappingStartEvent | SequenceStartEvent | ScalarEvent | AliasEvent):
            token = _token(event, lines)
            if open_:
                open_[-1][1].append(token)
            else:
                root = token
            if token.kind in ("mapping", "list"):
                open_.append((token, []))
    return root


def comments(text: str, root: Token) -> list[tuple[int, int]]:
    """Where the comments of a text stand, in order."""
    scalars = sorted((each.start, each.end) for each in root.walk() if each.kind == "scalar")

    def is_inside(index: int) -> bool:
        before = bisect_right(scalars, (index, len(text) + 1))
        return before > 0 and scalars[before - 1][1] > index

    found: list[tuple[int, int]] = []
    for mark in _COMMENT.finditer(text):
        start = mark.start()
        if not is_inside(start) and not (found and start < found[-1][1]):
            end = _BREAK.search(text, start)
            found.append((start, end.start() if end else len(text)))
    return found


def _token(event: NodeEvent, lines: Lines) -> Token:
    start, end = event.start_mark.index, event.end_mark.index  # type: ignore[union-attr]
    if isinstance(event, AliasEvent):
        return Token("alias", start, end, str(event.anchor))
    if isinstance(event, ScalarEvent):
        while end > start and lines.text[end - 1] in " \t\r\n":
            end -= 1
        return Token("scalar", start, end, event.value, event.anchor)
    kind: Literal["mapping", "list"] = "list"
    if isinstance(event, MappingStartEvent):
        kind = "mapping"
    content, _ = bounds(lines.content(stretch(start, len(lines.text))))
    return Token(kind, start, anchor=event.anchor, flow=lines.text[content : content + 1] in "[{")


def _close(token: Token, inside: list[Token], end: int) -> None:
    if token.kind == "list":
        token.entries = [(None, value) for value in inside]
    else:
        token.entries = list(zip(inside[::2], inside[1::2], strict=True))
    token.end = end if token.flow or not inside else inside[-1].end
