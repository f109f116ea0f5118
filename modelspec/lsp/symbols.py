"""The outline of a text: sections with their entries, and what can be folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from modelspec.source.tree import Branch, bounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.lsp.open_file import OpenFile
    from modelspec.source import Document
    from modelspec.source.tree import Node

_NAMED = {
    "inputs": types.SymbolKind.Interface,
    "layers": types.SymbolKind.Function,
    "shared": types.SymbolKind.Object,
    "blocks": types.SymbolKind.Module,
    "params": types.SymbolKind.Constant,
    "outputs": types.SymbolKind.Event,
}
_DEEPEST = 8


def symbols(file: OpenFile) -> list[types.DocumentSymbol]:
    """The sections of the last text that could be read, and what has a name in them."""
    document = file.latest.document if file.latest else None
    if document is None or not isinstance(document.root, Branch):
        return []
    return list(_model(file, document, document.root))


def _model(file: OpenFile, document: Document, root: Branch) -> Iterator[types.DocumentSymbol]:
    for section, value in _entries(root):
        kind = _NAMED.get(section)
        inside: list[types.DocumentSymbol] = []
        if kind is not None and isinstance(value, Branch):
            for name, entry in _entries(value):
                held = entry if section == "blocks" and isinstance(entry, Branch) else None
                below = [*_model(file, document, held)] if held is not None else []
                inside.append(_symbol(file, value, name, entry, kind, below))
        yield _symbol(file, root, section, value, types.SymbolKind.Namespace, inside)


def _entries(branch: Branch) -> Iterator[tuple[str, Node]]:
    if isinstance(branch.children, dict):
        yield from branch.children.items()


def _symbol(
    file: OpenFile,
    holder: Branch,
    name: str,
    value: Node,
    kind: types.SymbolKind,
    inside: list[types.DocumentSymbol],
) -> types.DocumentSymbol:
    start, end = _start_end(file, holder, name, value)
    key = bounds((holder.keys or {})[name])
    detail = next((each.shape for each in file.hints if start <= each.offset <= end), "")
    shown = detail if not inside and kind is not types.SymbolKind.Namespace else None
    return types.DocumentSymbol(
        name,
        kind,
        file.text.range(start, end),
        file.text.range(*key),
        detail=shown,
        children=inside,
    )


def _start_end(file: OpenFile, holder: Branch, name: str, value: Node) -> tuple[int, int]:
    start = bounds((holder.keys or {})[name])[0]
    end = max(_end(value), bounds((holder.keys or {})[name])[1])
    content = file.text.content
    while end > start and content[end - 1 : end].isspace():
        end -= 1
    return start, min(end, len(content))


def _end(node: Node) -> int:
    return bounds(node.where)[1] if isinstance(node, Branch) else bounds(node)[1]


def foldings(file: OpenFile) -> list[types.FoldingRange]:
    """The mappings and lists that take several lines."""
    document = file.latest.document if file.latest else None
    if document is None:
        return []
    return list(_folds(file, document.root, 0))


def _folds(file: OpenFile, node: Node, depth: int) -> Iterator[types.FoldingRange]:
    if not isinstance(node, Branch) or not isinstance(node.children, dict) or depth > _DEEPEST:
        return
    for name, value in node.children.items():
        start, end = _start_end(file, node, name, value)
        first, last = file.text.line_number(start), file.text.line_number(end)
        if last > first:
            yield types.FoldingRange(first, last)
        yield from _folds(file, value, depth + 1)
