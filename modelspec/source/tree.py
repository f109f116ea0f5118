"""Where every key and value of a file stands: a tree beside the data, of the same form.

A stretch of text is one integer, `start << 32 | end`, in characters: there is one for each
scalar of a file, and small integers cost the garbage collector nothing.
"""

from __future__ import annotations

from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""The keys (text) and indices of lists (integers) that lead from the top of a file to a value."""

Stretch: TypeAlias = int


def stretch(start: int, end: int) -> Stretch:
    """The text from `start` up to, not including, `end`."""
    return start << 32 | end


def bounds(stretch: Stretch) -> tuple[int, int]:
    """The start and the end of a stretch."""
    return stretch >> 32, stretch & 0xFFFFFFFF


class Branch:
    """A mapping or a list.

    Attributes:
        where: From its first token to its end; of a block collection, its first token is an entry.
        keys: A mapping's keys; None of a list.
        children: By key, or by index.
    """

    __slots__ = ("children", "keys", "where")

    def __init__(self, keys: dict[str, Stretch] | None) -> None:
        self.where: Stretch = 0
        self.keys = keys
        self.children: dict[str, Node] | list[Node] = [] if keys is None else {}


Node: TypeAlias = Stretch | Branch


def child(node: Node, key: str | int) -> Node | None:
    """The value under a key or at an index, if there is one."""
    if isinstance(node, int):
        return None
    children = node.children
    if isinstance(children, dict):
        return children.get(key) if isinstance(key, str) else None
    return children[key] if isinstance(key, int) and 0 <= key < len(children) else None
