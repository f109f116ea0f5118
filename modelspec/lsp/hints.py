"""Inlay hints: the shape that each entry gives, behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types

from modelspec.graph import bodies, node_parameters
from modelspec.graph.block import inner_graph
from modelspec.layers.values import tensors_of
from modelspec.shapes import text as shape_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.graph import Graph, Node
    from modelspec.layers.values import Value
    from modelspec.lint import Examined
    from modelspec.lsp.text import Edit, Text
    from modelspec.source import Place
    from modelspec.source.tree import Path

_UNKNOWN = "?"


class Hint(NamedTuple):
    """A hint behind the character before `offset`.

    Attributes:
        path: The entry that it is of.
        shape: `[T-4, 32]`; the values of further ports behind it.
        parameters: How many numbers it owns.
        more: What is said where the mouse rests on it.
    """

    offset: int
    path: Path
    shape: str
    parameters: int
    more: str

    def moved(self, edit: Edit) -> Hint | None:
        """The hint after an edit; None where its place is gone."""
        offset = edit.moved(self.offset)
        return None if offset is None else self._replace(offset=offset)

    def shown(self, text: Text, *, parameters: bool) -> types.InlayHint:
        """The hint as editors take it."""
        count = f", {self.parameters:,} parameters" if parameters and self.parameters else ""
        return types.InlayHint(
            position=text.position(self.offset),
            label=f"{self.shape}{count}",
            tooltip=self.more,
            padding_left=True,
        )


def hints_of(examined: Examined, text: Text) -> Iterator[Hint]:
    """The hints of a spec, in no order. What stands in a block is as its first call sees it."""
    assert examined.graph is not None
    assert examined.document is not None
    seen: set[Path] = set()
    for place, node, shared in _entries(examined.graph):
        if place.document.file != examined.document.file or place.path in seen:
            continue
        shape = _shapes(node)
        if shape == _UNKNOWN:
            continue
        seen.add(place.path)
        yield Hint(
            _offset(place, text), place.path, shape, sum(node_parameters(node)), _more(node, shared)
        )


def _entries(graph: Graph) -> Iterator[tuple[Place, Node, str]]:
    """Each place that a hint belongs to, with the node that it is of; of copies, the last."""
    for body in bodies(graph):
        for node in body.nodes.values():
            if node.repeat is None or node.repeat.index == node.repeat.count:
                yield node.place, node, ""
        for shared in body.shared.values():
            if shared.calls:
                yield shared.place, body.nodes[shared.calls[0]], shared.name


def _shapes(node: Node) -> str:
    ports = {port: value_text(value) for port, value in node.outputs.items()}
    default = ports.pop("", None)
    if default is not None:
        return default
    return ", ".join(f"{port} {value}" for port, value in ports.items()) or _UNKNOWN


def value_text(value: Value) -> str:
    """`[T, 32]`; the parts of a bundle side by side."""
    return " ".join(shape_text(part.shape) for part in tensors_of(value))


def _more(node: Node, shared: str) -> str:
    dtype = getattr(node.outputs.get(""), "dtype", "")
    first = f"as `{node.path}`, its first call, sees it: " if shared else ""
    inside = inner_graph(node)
    nodes = f", {len(inside.nodes)} nodes inside" if inside else ""
    count = f"{sum(node_parameters(node)):,} parameters"
    return f"{first}{_shapes(node)} {dtype}, {count}{nodes}".replace(" ,", ",")


def _offset(place: Place, text: Text) -> int:
    """Behind the value where it stands on the line of its key, else behind that line."""
    start = text.bounds(place.key_span)[0]
    number = text.line_number(start)
    begin, end = text.bounds(place.span)
    if text.line_number(begin) == number and text.content[begin:end] not in ("{", "["):
        return end
    line = text.line(number)
    comment = line.find(" #")
    written = line if comment < 0 else line[:comment]
    return text.offset(types.Position(number, 0)) + len(written.rstrip())
