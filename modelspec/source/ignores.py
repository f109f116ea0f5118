"""Comments that silence findings: `# modelspec: ignore[MS601, MS701]`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelspec.source.document import Ignore
from modelspec.source.tree import Node, bounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.source.lines import Lines

_COMMENT = re.compile(r"(?:(?<=\s)|^)#[ \t]*modelspec:[ \t]*ignore\[([^\]\r\n]*)\]", re.MULTILINE)
_CODE = re.compile(r"[^\s,]+")


def find_ignores(lines: Lines, root: Node | None) -> dict[int, tuple[Ignore, ...]]:
    """The codes that each line silences."""
    comments = list(_COMMENT.finditer(lines.text))
    if not comments:
        return {}
    inside = sorted(_scalars(root))
    found: dict[int, tuple[Ignore, ...]] = {}
    for comment in comments:
        if _within(inside, comment.start()):
            continue
        line, _ = lines.position(comment.start())
        begin = comment.start(1)
        codes = tuple(
            Ignore(code[0], lines.between(begin + code.start(), begin + code.end()))
            for code in _CODE.finditer(comment[1])
        )
        found[line] = found.get(line, ()) + codes
    return found


def _scalars(root: Node | None) -> Iterator[tuple[int, int]]:
    """The stretch of every scalar, keys too. One that aliases repeat is met once."""
    open_nodes: list[Node] = [] if root is None else [root]
    seen: set[int] = set()
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, int):
            yield bounds(node)
        elif id(node) not in seen:
            seen.add(id(node))
            children = node.children
            open_nodes += children.values() if isinstance(children, dict) else children
            open_nodes += (node.keys or {}).values()


def _within(stretches: list[tuple[int, int]], index: int) -> bool:
    from bisect import bisect_right

    before = bisect_right(stretches, (index, 1 << 32))
    return before > 0 and stretches[before - 1][1] > index
