"""Putting a value into the text of a spec: all else stays as it is written, comments too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.language.yaml_writer import entry, flow, scalar
from modelspec.source.token_tree import Token, comments, token_tree

if TYPE_CHECKING:
    from modelspec.source import Path

MOST_ROUNDS = 20
"""How many anchors on the way to a value are written out."""


def put(text: str, before: Any, after: Any, path: Path) -> str | None:
    """The text with the value of one path put in place.

    Args:
        text: A YAML mapping.
        before: Its data.
        after: The data that it is to have: the same, apart from what lies at `path`, or from a
            short form on the way that is written out.
        path: Where the value lies.

    Returns:
        The text; what it reads as is for the caller to see. None where there is no way.
    """
    for _ in range(MOST_ROUNDS):
        root = token_tree(text)
        if root is None or root.kind != "mapping":
            return None
        expanded = _without_aliases(text, root, before, path)
        if expanded is None:
            return _put(text, root, after, path)
        text = expanded
    return None


def _put(text: str, root: Token, after: Any, path: Path) -> str:
    key: Token | None = None
    node = root
    for depth, part in enumerate(path):
        found = node.child(part)
        if found is None and node.kind == "mapping":
            return _inserted(text, node, str(part), _at(after, path[: depth + 1]))
        if found is None:
            return _replaced(text, root, key, node, _at(after, path[:depth]))
        key, node = found
    return _replaced(text, root, key, node, _at(after, path))


def _replaced(text: str, root: Token, key: Token | None, node: Token, value: Any) -> str:
    """The text with a node's value written anew; comments inside it go above its line."""
    start, new = node.start, flow(value)
    if key is not None:
        colon = text.index(":", key.end) + 1
        if node.start == node.end or "\n" in text[colon : node.start]:
            start, new = colon, f" {new}"
    end = max(node.end, start)
    inside = [text[a:b] for a, b in comments(text, root) if start <= a < end]
    head = _line_start(text, (key or node).start)
    indent = " " * ((key or node).start - head)
    above = "".join(f"{indent}{comment}{_line_end(text)}" for comment in inside)
    return f"{text[:head]}{above}{text[head:start]}{new}{text[end:]}"


def _inserted(text: str, node: Token, key: str, value: Any) -> str:
    """The text with an entry after the last one of a mapping."""
    if node.flow:
        new = f"{scalar(key)}: {flow(value)}"
        if not node.entries:
            brace = text.index("{", node.start) + 1
            return f"{text[:brace]}{new}{text[brace:]}"
        end = node.entries[-1][1].end
        return f"{text[:end]}, {new}{text[end:]}"
    first = node.entries[0][0]
    assert first is not None
    indent = first.start - _line_start(text, first.start)
    end = node.end
    while end < len(text) and text[end] not in "\r\n":
        end += 1
    newline = _line_end(text)
    new = newline.join(entry(key, value, indent))
    return f"{text[:end]}{newline}{new}{text[end:]}"


def first_entry(text: str, key: str, value: Any) -> str | None:
    """The text with an entry before the first one of the whole mapping."""
    root = token_tree(text)
    first = root.entries[0][0] if root and root.kind == "mapping" and root.entries else None
    if first is None or root is None:
        return None
    new = f"{scalar(key)}: {flow(value)}"
    if root.flow:
        return f"{text[: first.start]}{new}, {text[first.start :]}"
    return f"{text[: first.start]}{new}{_line_end(text)}{text[first.start :]}"


def _without_aliases(text: str, root: Token, before: Any, path: Path) -> str | None:
    """The text with one alias written out that stands in the way; None where none does.

    In the way are aliases on the path, and those of anchors around what is changed and in what is
    replaced: they stand for what was there.
    """
    node, way, stays = root, [(root, before)], False
    for depth, part in enumerate(path):
        found = node.child(part)
        if found is None:
            stays = node.kind == "mapping"
            break
        node = found[1]
        if node.kind == "alias":
            return f"{text[: node.start]}{flow(_at(before, path[: depth + 1]))}{text[node.end :]}"
        way.append((node, _at(before, path[: depth + 1])))
    anchors = [each for each, _ in way if each.anchor]
    if not stays:
        anchors += [each for each in node.walk() if each.anchor and each is not node]
    data = {id(each): value for each, value in way} | _data(node, way[-1][1])
    for anchored in reversed(anchors):
        for alias in root.walk():
            if alias.kind == "alias" and _stands_for(root, alias, anchored):
                if id(anchored) not in data:
                    return None
                return f"{text[: alias.start]}{flow(data[id(anchored)])}{text[alias.end :]}"
    return None


def _stands_for(root: Token, alias: Token, anchored: Token) -> bool:
    """Whether an anchor is the last one of its name before an alias."""
    named = [each for each in root.walk() if each.anchor == alias.text and each.start < alias.start]
    return bool(named) and named[-1] is anchored


def _data(node: Token, value: Any) -> dict[int, Any]:
    """The data of all that is written inside a node."""
    found = {id(node): value}
    for index, (key, inner) in enumerate(node.entries):
        if isinstance(value, dict) and key is not None and key.text in value:
            found |= _data(inner, value[key.text])
        elif isinstance(value, list) and key is None and index < len(value):
            found |= _data(inner, value[index])
    return found


def _at(data: Any, path: Path) -> Any:
    for key in path:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _line_start(text: str, index: int) -> int:
    return max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
