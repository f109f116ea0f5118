"""Schemas that stand in many places, written once: what weights start as, cost, are held to."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.schema.declaration import Schema

REFERENCE = 40
"""About how many characters a reference has, and how many more its definition."""

_ONE = ("items", "additionalProperties", "propertyNames", "not", "if", "then", "else")
_LISTS = ("anyOf", "allOf", "prefixItems")
_NAMED = ("properties", "$defs")
_OUTER = ("description", "default")


def hoisted(schema: Schema) -> Schema:
    """The same schema, what stands in it more than once being in `$defs`.

    What says a default or a description of its own keeps it beside the reference.
    """
    counts: Counter[str] = Counter()
    _count(schema, counts)
    often = {text for text, count in counts.items() if _gain(text, count) > 0}
    taken = set(schema["$defs"])
    names: dict[str, str] = {}
    for text, hint in _hints(schema, ""):
        if text in often and text not in names:
            names[text] = _unused(hint, taken)
    within = _within(schema, names)
    found: Schema = {key: within[key] for key in schema}
    for text, name in names.items():
        found["$defs"][name] = _within(json.loads(text), names)
    return found


def _gain(text: str, count: int) -> int:
    """How many characters fewer a schema takes that is written once."""
    return (count - 1) * len(text) - (count + 1) * REFERENCE


def _unused(hint: str, taken: set[str]) -> str:
    name, number = hint, 2
    while name in taken:
        name, number = f"{hint}_{number}", number + 1
    taken.add(name)
    return name


def _count(schema: Schema, counts: Counter[str]) -> None:
    """In how many different places each schema stands, equal places being one."""
    for _, child in _children(schema):
        text = json.dumps(child)
        counts[text] += 1
        if counts[text] == 1:
            _count(child, counts)


def _hints(schema: Schema, hint: str) -> Iterator[tuple[str, str]]:
    """Each schema with a name for it: the key it is the value of; types are types of something."""
    for key, child in _children(schema):
        name = f"{hint}_type" if key == "type" else key or hint
        yield json.dumps(child), name
        yield from _hints(child, name)


def _children(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """The schemas right within one, with their names where they have one."""
    if bare := _bare(schema):
        yield "", bare
        return
    for key, value in schema.items():
        if key in _ONE and isinstance(value, dict):
            yield "", value
        elif key in _LISTS:
            yield from (("", each) for each in value)
        elif key in _NAMED:
            yield from value.items()


def _bare(schema: Schema) -> Schema | None:
    """What a schema with a description or a default demands, where that is worth a name."""
    demanded = {key: value for key, value in schema.items() if key not in _OUTER}
    if len(demanded) == len(schema) or not demanded.keys() & {"anyOf", "if"}:
        return None
    return demanded


def _within(schema: Schema, names: dict[str, str]) -> Schema:
    """A schema, those within it by their names."""
    if bare := _bare(schema):
        outer = {key: value for key, value in schema.items() if key in _OUTER}
        return {**outer, **_named(bare, names)}
    found: Schema = {}
    for key, value in schema.items():
        if key in _ONE and isinstance(value, dict):
            found[key] = _named(value, names)
        elif key in _LISTS:
            found[key] = [_named(each, names) for each in value]
        elif key in _NAMED:
            found[key] = {name: _named(each, names) for name, each in value.items()}
        else:
            found[key] = value
    return found


def _named(schema: Schema, names: dict[str, str]) -> Any:
    name = names.get(json.dumps(schema))
    return _within(schema, names) if name is None else {"$ref": f"#/$defs/{name}"}
