"""The JSON Schema of the language, asked what may stand at a place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.schema import json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.lsp.outline import Outline
    from modelspec.source.tree import Path

_DEEPEST = 60
"""References within references, far more than the schema has."""


class Key(NamedTuple):
    """A key that may stand in a mapping, and what its value may be."""

    name: str
    required: bool
    description: str
    default: Any
    schemas: tuple[dict[str, Any], ...]


class Choice(NamedTuple):
    """A value that may stand at a place."""

    value: str
    description: str


class SchemaView:
    """The schema of all that is declared when this is made."""

    def __init__(self) -> None:
        self._root = json_schema()

    def keys(self, path: Path, outline: Outline) -> list[Key]:
        """The keys of the mapping at a path, those that are required first."""
        found: dict[str, Key] = {}
        held = outline.at(path)
        required: set[str] = set()
        for schema in self._at(path, outline, held if isinstance(held, dict) else {}):
            required |= set(schema.get("required", ()))
            for name, each in schema.get("properties", {}).items():
                flat = tuple(self._flat(each, None))
                said = [one["description"] for one in flat if one.get("description")]
                defaults = [one["default"] for one in flat if "default" in one]
                default = defaults[0] if defaults else None
                if name not in found or said:
                    found[name] = Key(name, False, said[0] if said else "", default, flat)
        keys = [key._replace(required=name in required) for name, key in found.items()]
        return sorted(keys, key=lambda key: not key.required)

    def choices(self, path: Path, outline: Outline) -> list[Choice]:
        """The values that the schema names for a path, in its order."""
        found: dict[str, Choice] = {}
        for schema in self._at(path, outline, outline.at(path)):
            for choice in _named(schema):
                found.setdefault(choice.value, choice)
        return list(found.values())

    def required(self, path: Path, outline: Outline, type: str) -> list[Key]:
        """The arguments that a mapping at a path has to have when it is of a type."""
        held = {"type": type}
        keys: dict[str, Key] = {}
        needed: list[str] = []
        for schema in self._at(path, outline, held):
            needed += schema.get("required", ())
            for name, each in schema.get("properties", {}).items():
                if each:
                    flat = tuple(self._flat(each, None))
                    keys.setdefault(name, Key(name, True, "", None, flat))
        return [keys[name] for name in dict.fromkeys(needed) if name in keys and name != "type"]

    def _at(self, path: Path, outline: Outline, held: Any) -> list[dict[str, Any]]:
        """The schemas that hold for a path, `held` being what stands there."""
        current = [self._root]
        for depth, key in enumerate(path):
            value = outline.at(path[:depth])
            if isinstance(key, str) and not isinstance(value, dict):
                value = {}  # what is typed there is yet to become a mapping
            flat = [one for each in current for one in self._flat(each, value)]
            current = [one for each in flat for one in _children(each, key)]
        return [one for each in current for one in self._flat(each, held)]

    def _flat(self, schema: dict[str, Any], value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
        """A schema and those that it says hold too, of alternatives all that may."""
        if depth > _DEEPEST:
            return
        yield schema
        if reference := schema.get("$ref"):
            target = self._root["$defs"][reference.removeprefix("#/$defs/")]
            yield from self._flat(target, value, depth + 1)
        choices = schema.get("anyOf", [])
        if choices[-1:] == [{}] and isinstance(value, dict):
            choices = []  # names that are offered where no mapping is
        for each in (*schema.get("allOf", ()), *choices):
            yield from self._flat(each, value, depth + 1)
        if "if" in schema:
            holds = self._holds(schema["if"], value)
            if holds is not False and "then" in schema:
                yield from self._flat(schema["then"], value, depth + 1)
            if holds is not True and "else" in schema:
                yield from self._flat(schema["else"], value, depth + 1)

    def _holds(self, schema: dict[str, Any], value: Any) -> bool | None:
        """Whether a condition holds; None where it depends on what is still typed."""
        if reference := schema.get("$ref"):
            return self._holds(self._root["$defs"][reference.removeprefix("#/$defs/")], value)
        answers = [self._required(schema, value), self._type(schema, value)]
        if "not" in schema:
            inner = self._holds(schema["not"], value)
            answers.append(None if inner is None else not inner)
        if isinstance(value, dict):
            named = schema.get("properties", {})
            answers += [self._holds(named[key], value[key]) for key in named if key in value]
        if "const" in schema:
            answers.append(value == schema["const"])
        if "enum" in schema:
            answers.append(value in schema["enum"])
        if "pattern" in schema and isinstance(value, str):
            answers.append(re.search(schema["pattern"], value) is not None)
        return False if False in answers else None if None in answers else True

    def _required(self, schema: dict[str, Any], value: Any) -> bool:
        needed = schema.get("required", ())
        return not needed or (isinstance(value, dict) and all(key in value for key in needed))

    def _type(self, schema: dict[str, Any], value: Any) -> bool | None:
        wanted = schema.get("type")
        if wanted is None:
            return True
        if value is None:
            return None
        if isinstance(value, dict | list):
            return bool(wanted == ("object" if isinstance(value, dict) else "array"))
        return wanted not in ("object", "array")


def _children(schema: dict[str, Any], key: str | int) -> Iterator[dict[str, Any]]:
    if isinstance(key, int):
        if isinstance(schema.get("items"), dict):
            yield schema["items"]
        yield from schema.get("prefixItems", ())[key : key + 1]
        return
    named = schema.get("properties", {})
    if key in named:
        yield named[key]
    elif isinstance(schema.get("additionalProperties"), dict):
        yield schema["additionalProperties"]


def _named(schema: dict[str, Any]) -> Iterator[Choice]:
    values = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())]
    if schema.get("type") == "boolean":
        values = ["true", "false"]
    for value in values:
        if isinstance(value, bool):
            value = str(value).lower()
        if value is not None:
            yield Choice(str(value), schema.get("description", ""))
