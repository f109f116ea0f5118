"""Edits that mend a finding of the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Fix

if TYPE_CHECKING:
    from modelspec.graph.graph import Node
    from modelspec.language.model import Input
    from modelspec.source import Place


def dtype_fix(declared: Input) -> Fix | None:
    """Give an input `dtype: int64`."""
    place = declared.place
    if isinstance(place.document.value(place.path), dict):
        return _added(place, "shape", "dtype", "int64")
    return _from_short_form(declared)


def return_sequences_fix(node: Node) -> Fix | None:
    """Have a recurrent layer return all steps."""
    place = node.place
    while isinstance(place.document.value(place.at("layer").path), dict):
        place = place.at("layer")
    given = place.at("return_sequences")
    if place.document.value(given.path) is not None:
        return Fix(given.span, "true", "return all steps")
    return _added(place, "type", "return_sequences", "true")


def _added(place: Place, before: str, key: str, value: str) -> Fix | None:
    """Put a key in front of another one of the same mapping."""
    neighbour = place.at(before)
    if place.document.value(neighbour.path) is None:
        return None
    span = neighbour.key_span
    gap = ", " if place.document.is_flow(place.path) else "\n" + " " * (span.column - 1)
    start = span._replace(end_line=span.line, end_column=span.column)
    return Fix(start, f"{key}: {value}{gap}", f"add `{key}: {value}`")


def _from_short_form(declared: Input) -> Fix | None:
    """Write `[T]` as `{shape: [T], dtype: int64}`, where it stands on one line."""
    place = declared.place
    span = place.span
    lines = place.document.text.splitlines()
    if not place.document.is_flow(place.path) or span.line > len(lines):
        return None
    line = lines[span.line - 1]
    end = line.find("]", span.column - 1)
    if end < 0:
        return None
    shape = line[span.column - 1 : end + 1]
    whole = span._replace(end_line=span.line, end_column=end + 2)
    return Fix(whole, f"{{shape: {shape}, dtype: int64}}", "say `dtype: int64`")
