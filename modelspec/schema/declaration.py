"""The JSON Schema of one declaration: a layer's arguments, an optimizer's, a section's."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel

from modelspec.schema.documentation import field_docs

Schema: TypeAlias = dict[str, Any]

PARAM: Schema = {"$ref": "#/$defs/param"}

_OUTER = ("description", "default", "deprecated", "examples")


def declared(declaration: type[BaseModel], *, others: Mapping[str, Schema] | None = None) -> Schema:
    """The object schema of a declaration: fields with what they are, defaults and bounds.

    Wherever a value stands, a `$param` may stand.

    Args:
        declaration: A pydantic model.
        others: Schemas of keys that it has not itself, as `type`, or that say more than its own.
    """
    raw = declaration.model_json_schema()
    shared = raw.get("$defs", {})
    docs = {name.removesuffix("_"): doc for name, doc in field_docs(declaration).items()}
    properties: Schema = {}
    given = others or {}
    for name, schema in raw.get("properties", {}).items():
        own = {**_untitled(_inlined(schema, shared)), "description": docs.get(name, "")}
        if name in given:
            about = {key: own[key] for key in _OUTER if key in own}
            properties[name] = {**about, **given[name]}
        else:
            properties[name] = own if "holds" in own else or_param(own)
    found: Schema = {
        "type": "object",
        "description": summary_line(declaration),
        "properties": {**given, **properties},
        "additionalProperties": False,
    }
    if raw.get("required"):
        found["required"] = raw["required"]
    return found


def summary_line(declaration: type) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((declaration.__doc__ or "").split("\n\n")[0].split())


def or_param(schema: Schema) -> Schema:
    """The schema, or a `$param` in its place, or in the place of any item of it."""
    outer = {key: schema[key] for key in _OUTER if key in schema}
    inner = {key: schema[key] for key in schema if key not in outer}
    return {**outer, "anyOf": [*_alternatives(inner), PARAM]}


def offering(names: Schema, schema: Schema) -> Schema:
    """The schema, that demands no more, but from which an editor learns the names to complete.

    Editors look for them in `anyOf`, and not in the branches of an `if`.
    """
    return {**schema, "anyOf": [names, {}]}


def _alternatives(schema: Schema) -> list[Schema]:
    choices = schema.get("anyOf")
    if choices is not None and len(schema) == 1:
        return [found for choice in choices for found in _alternatives(choice)]
    if isinstance(schema.get("items"), dict):
        return [{**schema, "items": or_param(schema["items"])}]
    if "prefixItems" in schema:
        return [{**schema, "prefixItems": [or_param(item) for item in schema["prefixItems"]]}]
    return [schema]


def _inlined(schema: Any, shared: Mapping[str, Any]) -> Any:
    """The schema with pydantic's own definitions written out."""
    if isinstance(schema, list):
        return [_inlined(item, shared) for item in schema]
    if not isinstance(schema, dict):
        return schema
    name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    if name in shared:
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return {**_inlined(shared[name], shared), **rest}
    return {key: _inlined(value, shared) for key, value in schema.items()}


def _untitled(schema: Any) -> Any:
    """Without pydantic's titles, which say no more than the names."""
    if isinstance(schema, list):
        return [_untitled(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _untitled(value) for key, value in schema.items() if key != "title"}
