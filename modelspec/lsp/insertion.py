"""What is written for a key that is chosen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelspec.lsp.schema_view import Key

SECTIONS = {
    "version": "version: 1",
    "name": "name: $1",
    "description": "description: $1",
    "params": "params:\n  ${1:name}: $2",
    "inputs": "inputs:\n  ${1:x}: {shape: [$2]}",
    "layers": "layers:\n  $1",
    "shared": "shared:\n  $1",
    "blocks": "blocks:\n  $1",
    "edges": "edges:\n  - $1",
    "outputs": "outputs:\n  $1",
    "data": "data:\n  $1",
    "train": "train:\n  $1",
    "tune": "tune:\n  $1",
}
"""What begins each section."""


def looks_like_other_yaml(data: dict[str, Any]) -> bool:
    """Whether a text has top keys that a spec has not, so that it is left alone."""
    return any(
        name not in SECTIONS and (value is not None or not _begins_one(name))
        for name, value in data.items()
    )


def _begins_one(name: str) -> bool:
    return any(section.startswith(name) for section in SECTIONS)


def key_text(key: Key, *, top: bool, flow: bool) -> str:
    """The snippet for a key: `units: $1`, with brackets where its value has some.

    Args:
        key: The key.
        top: Whether it begins a section.
        flow: Whether it is in brackets itself.
    """
    if top and key.name in SECTIONS and not flow:
        return SECTIONS[key.name]
    kinds = {schema.get("type") for schema in key.schemas}
    if default := value_of_key(key):
        return f"{key.name}: ${{1:{default}}}"
    if kinds & {"array"} and not kinds & {"string", "integer", "number"}:
        return f"{key.name}: [$1]"
    return f"{key.name}: $1"


def value_of_key(key: Key) -> str:
    """A key's default as YAML has it, where it is a number, a name or a truth value."""
    default = key.default
    if isinstance(default, bool | int | float):
        return json.dumps(default)
    return default if isinstance(default, str) else ""
