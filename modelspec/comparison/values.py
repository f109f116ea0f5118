"""The values of a spec, each with what was written for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.comparison.changes import NOTHING

if TYPE_CHECKING:
    from modelspec.source import Path, Place


class Value(NamedTuple):
    """A value as it is meant, and as it was written.

    Attributes:
        value: Plain data: params replaced, defaults filled in.
        place: Where it stands, or would stand.
        written: What the file says, `$filters`; `NOTHING` of a default.
        default: Where the default is written, of a block's param.
    """

    value: Any
    place: Place
    written: Any = NOTHING
    default: Place | None = None

    @property
    def path(self) -> str:
        """The way to it, as far as the file has it: a short form has no `type` below it."""
        place = self.place
        while place.path and as_written(place) is NOTHING:
            place = place._replace(path=place.path[:-1])
        return place.text


def where_said(before: Value | None, after: Value | None) -> tuple[Value | None, Value | None]:
    """Two values, at the places of their defaults where neither was written itself."""
    if not before or not after or not before.default or not after.default:
        return before, after
    if before.written is not NOTHING or after.written is not NOTHING:
        return before, after
    return (
        Value(before.value, before.default, as_written(before.default)),
        Value(after.value, after.default, as_written(after.default)),
    )


def as_written(place: Place) -> Any:
    """What a file says at a place; `NOTHING` where it says nothing."""
    data = place.document.data
    for key in place.path:
        if isinstance(data, list):
            inside = isinstance(key, int) and 0 <= key < len(data)
        else:
            inside = isinstance(data, dict) and key in data
        if not inside:
            return NOTHING
        data = data[key]
    return data


def same(before: Any, after: Any) -> bool:
    """Whether two values mean the same; a number, and a list of that number, do."""
    if isinstance(before, list | tuple) and isinstance(after, list | tuple):
        return len(before) == len(after) and all(map(same, before, after))
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return before.keys() == after.keys() and all(same(before[k], after[k]) for k in before)
    if isinstance(before, list | tuple) and _is_number(after):
        return bool(before) and all(same(item, after) for item in before)
    if isinstance(after, list | tuple) and _is_number(before):
        return same(after, before)
    if isinstance(before, bool) or isinstance(after, bool):
        return before is after
    return bool(before == after)


def flat(value: Any, path: Path = ()) -> dict[Path, Any]:
    """The single values of nested mappings and of lists of mappings, by their way down."""
    if isinstance(value, Mapping) and value:
        inner = value.items()
    elif isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value):
        inner = enumerate(value)  # type: ignore[assignment]
    else:
        return {path: value}
    found: dict[Path, Any] = {}
    for key, item in inner:
        found |= flat(item, (*path, key))
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
