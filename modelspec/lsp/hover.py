"""What is said of the word under the mouse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lsprotocol import types

from modelspec.diagnostics import CODES
from modelspec.graph import node_parameters
from modelspec.graph.block import inner_graph, type_text
from modelspec.lsp.hints import value_text
from modelspec.lsp.insertion import value_of_key
from modelspec.lsp.outline import outline
from modelspec.lsp.scope import scope_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelspec.graph import Graph, Node
    from modelspec.lsp.open_file import OpenFile
    from modelspec.lsp.outline import Cursor, Outline
    from modelspec.lsp.schema_view import SchemaView
    from modelspec.lsp.scope import Scope

_WORD = re.compile(r"[\w-]+")


def hover(
    file: OpenFile,
    position: types.Position,
    view: SchemaView,
    explain: Callable[[str], Sequence[str]],
) -> types.Hover | None:
    """What is known of the word at a position; None where nothing is."""
    offset = file.text.offset(position)
    line = file.text.line(position.line) if position.line <= file.text.last_line else ""
    start = file.text.offset(types.Position(position.line, 0))
    word = next(
        (each for each in _WORD.finditer(line) if each.start() <= offset - start <= each.end()),
        None,
    )
    if word is None:
        return None
    said = _Hover(file, offset, word[0], view, explain).said()
    if not said:
        return None
    where = file.text.range(start + word.start(), start + word.end())
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, said), where)


class _Hover:
    def __init__(
        self,
        file: OpenFile,
        offset: int,
        word: str,
        view: SchemaView,
        explain: Callable[[str], Sequence[str]],
    ) -> None:
        self.word = word
        self.content = file.text.content
        self.offset = offset
        self.view = view
        self.explain = explain
        self.graph = file.good.graph if file.good else None
        self.outline: Outline = outline(file.text.content, offset)

    def said(self) -> str:
        """The words, as Markdown; empty for none."""
        if self.word.upper() in CODES:
            return "\n".join(self.explain(self.word))
        cursor = self.outline.cursor
        if cursor is None:
            return ""
        scope = scope_of(self.outline, cursor.path, self.graph)
        if param := self._param(scope):
            return param
        return self._key(cursor, scope) if cursor.kind == "key" else self._value(cursor, scope)

    def _param(self, scope: Scope) -> str:
        before = self.content[: self.offset].rpartition("\n")[2]
        is_param = re.search(r"\$\{?[^{},\s]*[^{},]*\Z|\$\w*\Z", before) is not None
        after = self.content[self.offset : self.offset + 1]
        params = scope.section("params")
        if self.word in params and (is_param or (after and before.endswith("$"))):
            return f"`${self.word}` is `{params[self.word]}`"
        return ""

    def _key(self, cursor: Cursor, scope: Scope) -> str:
        section = scope.path[0] if scope.path else ""
        if len(scope.path) == 1 and section in ("inputs", "layers", "outputs"):
            return self._node(scope)
        if len(scope.path) == 1 and section == "shared" and scope.graph:
            shared = scope.graph.shared.get(self.word)
            if shared and shared.calls:
                calls = ", ".join(f"`{name}`" for name in shared.calls)
                node = scope.graph.nodes[shared.calls[0]]
                return f"{node_text(node, scope.graph)}\n\nCalled by {calls}."
        for key in self.view.keys(cursor.path, self.outline):
            if key.name == self.word:
                default = value_of_key(key)
                more = "Required." if key.required else f"Default: `{default}`." if default else ""
                return f"**{key.name}**: {key.description} {more}".strip()
        return ""

    def _value(self, cursor: Cursor, scope: Scope) -> str:
        path = scope.path
        if path[0] == "edges" or path[-1] == "from" or path[:2] == ("train", "freeze"):
            return self._node(scope)
        if path[0] == "outputs" and len(path) == 2 and isinstance(path[1], int):
            return self._node(scope)
        if path[0] == "inputs":
            return self._size(scope) or self._explained(cursor)
        if path[-1] == "use" and scope.graph and self.word in scope.graph.shared:
            shared = scope.graph.shared[self.word]
            return f"the shared {shared.block or type(shared.layer).__name__} `{self.word}`"
        return self._explained(cursor)

    def _node(self, scope: Scope) -> str:
        node = scope.graph.nodes.get(self.word) if scope.graph else None
        return node_text(node, scope.graph) if node is not None and scope.graph else ""

    def _size(self, scope: Scope) -> str:
        """Of a symbol, the least that it can be."""
        if "shape" not in scope.path and len(scope.path) != 3:
            return ""
        least = scope.graph.minimums.get(self.word) if scope.graph else None
        if least is None:
            return ""
        return f"`{self.word}` is any size from {least} on, the same wherever the symbol stands."

    def _explained(self, cursor: Cursor) -> str:
        """The page of a type, a loss, an optimizer; what the language says of another value."""
        named = {each.value: each for each in self.view.choices(cursor.path, self.outline)}
        chosen = named.get(self.word)
        types_of = self.view.choices((*cursor.path, "type"), self.outline)
        if chosen is None and self.word not in {each.value for each in types_of}:
            return ""
        pages = self.explain(self.word)
        return "\n".join(pages) if pages else chosen.description if chosen else ""


def node_text(node: Node, graph: Graph) -> str:
    """What is to say of a node: type, shape, parameters, and what it is connected to."""
    ports = {port: value_text(value) for port, value in node.outputs.items()}
    shape = ports.pop("", "")
    lines = [f"**{node.name}**: {type_text(node)} {f'`{shape}`' if shape else ''}".rstrip(), ""]
    lines += [f"- `.{port}`: `{value}`" for port, value in ports.items()]
    if count := sum(node_parameters(node)):
        frozen = "" if node.trainable else ", frozen"
        lines.append(f"- {count:,} parameters{frozen}")
    if inside := inner_graph(node):
        lines.append(f"- {len(inside.nodes)} nodes inside")
    if node.sources:
        lines.append(f"- from {', '.join(f'`{each}`' for each in node.sources)}")
    readers = [each.name for each in graph.nodes.values() if _reads(each, node.name)]
    readers += [
        f"output {out.name}" for out in graph.outputs.values() if out.source.node == node.name
    ]
    if readers:
        lines.append(f"- to {', '.join(f'`{each}`' for each in readers)}")
    return "\n".join(lines)


def _reads(node: Node, name: str) -> bool:
    return any(source.node == name for source in node.sources)
