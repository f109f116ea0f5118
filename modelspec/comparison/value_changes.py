"""The changes from some values to others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.comparison.because import Params, between
from modelspec.comparison.changes import NOTHING, Change
from modelspec.comparison.values import Value, same, where_said

if TYPE_CHECKING:
    from modelspec.comparison.entries import Values
    from modelspec.source import Path


def value_changes(before: Values, after: Values, params: Params, file: str = "") -> list[Change]:
    """The changes from some values to others, by their ways down.

    Args:
        before: What the first spec says.
        after: What the second one says.
        params: What they may follow from.
        file: What stands before paths in the file that they are in.
    """
    retyped = {
        way[:-1]
        for way in before.keys() & after.keys()
        if way[-1:] == ("type",) and not same(before[way].value, after[way].value)
    }
    found = []
    for way in dict.fromkeys((*before, *after)):
        first, second = before.get(way), after.get(way)
        if first and second and same(first.value, second.value):
            continue
        if _is_default(first) and _is_default(second) and _is_of(way, retyped):
            continue
        if (first is None or first.value is None) and (second is None or second.value is None):
            continue
        first, second = where_said(first, second)
        path = _path(first, second, file)
        because = params.because(first, second) if first and second else ()
        found.append(between(path, first, second, because))
    return found


def _path(before: Value | None, after: Value | None, file: str) -> str:
    """The way to a value as it was written: to a layer, where its type stands alone."""
    written = [each for each in (after, before) if each and each.written is not NOTHING]
    said = written[0] if written else after or before
    assert said
    path = said.path if written else said.place.text
    return f"{file}.{path}" if file else path


def _is_default(value: Value | None) -> bool:
    return value is None or value.written is NOTHING


def _is_of(way: Path, retyped: set[Path]) -> bool:
    """Whether a value belongs to something that is of another type now."""
    return any(way[: len(around)] == around for around in retyped)
