"""Alternatives that many arguments have, written once: what weights start as, cost, are held to."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.schema.declaration import Schema

LONG = 300
"""Alternatives of fewer characters stay where they are."""
OFTEN = 3


def hoisted(schema: Schema) -> Schema:
    """The same schema, long alternatives that stand in it often being in `$defs`."""
    counts = Counter(_lists(schema))
    often = [text for text, count in counts.items() if count >= OFTEN and len(text) >= LONG]
    names = {text: f"choice_{number}" for number, text in enumerate(often, 1)}
    found: Schema = _rewritten(schema, names)
    for text, name in names.items():
        found["$defs"][name] = {"anyOf": _rewritten(json.loads(text), names)}
    return found


def _lists(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if "anyOf" in schema:
            yield json.dumps(schema["anyOf"])
        for value in schema.values():
            yield from _lists(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _lists(value)


def _rewritten(schema: Any, names: dict[str, str]) -> Any:
    if isinstance(schema, list):
        return [_rewritten(value, names) for value in schema]
    if not isinstance(schema, dict):
        return schema
    name = names.get(json.dumps(schema["anyOf"])) if "anyOf" in schema else None
    if name is None:
        return {key: _rewritten(value, names) for key, value in schema.items()}
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**rest, "$ref": f"#/$defs/{name}"}
