"""The JSON Schema of a spec file, draft 2020-12.

It is for editors: completion, hover, and the mistakes that need no more than the place they are
at. A spec that lints clean validates under it. What needs the whole spec (names, the graph, shapes)
is `modelspec.lint`'s; where the two would disagree, the schema says nothing.
"""

import json

from modelspec.language.data import DataSection
from modelspec.language.features import TYPES
from modelspec.language.output_section import OutputSection
from modelspec.language.sections import BlockSection, InputSection, SpecSection
from modelspec.language.train import TrainSection
from modelspec.language.tune import RANGES, TuneSection
from modelspec.schema import choices
from modelspec.schema.calls import NAME, layer_definitions
from modelspec.schema.declaration import PARAM, Schema, declared, offering
from modelspec.schema.shared_definitions import hoisted

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_ENDPOINT = r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?"
_GROUP = rf"\s*{_ENDPOINT}(\s*,\s*{_ENDPOINT})*\s*"

_EDGE: Schema = {"type": "string", "pattern": rf"^{_GROUP}(->{_GROUP})+$"}
_SPACE: Schema = {"$ref": "#/$defs/space"}
_NAME: Schema = {"type": "string", "pattern": NAME}
_FROM: Schema = {"type": "string", "pattern": rf"^\s*{_ENDPOINT}\s*$"}


def json_schema() -> Schema:
    """The schema of the whole language, with every layer type that there is."""
    sections = {"data": _data(), "train": _train(), "tune": _tune()}
    optional = {name: _or_null(schema) for name, schema in sections.items()}
    whole = {
        "$schema": DRAFT,
        "title": "modelspec",
        **declared(SpecSection, others={**_model(), **optional}),
        "if": {"required": ["blocks"]},
        "then": {"properties": _entries("layer_or_block")},
        "else": {"properties": _entries("layer")},
        "$defs": {
            "param": {
                "type": "string",
                "pattern": r"^\$([A-Za-z_][A-Za-z0-9_]*|\{.*\})$",
                "description": "The value of a param, or arithmetic with params: ${width * 2}.",
            },
            **layer_definitions(),
            "input": _input(),
            "output": _output(),
            "block": _block(),
            "space": _space(),
        },
    }
    return hoisted(whole)


def schema_text() -> str:
    """The schema as it stands in a file: a line each definition, since editors read it often."""
    schema = json_schema()
    written = {key: _compact(value) for key, value in schema.items()}
    written["$defs"] = _lines({key: _compact(value) for key, value in schema["$defs"].items()})
    return _lines(written) + "\n"


def _lines(members: dict[str, str]) -> str:
    """A JSON object of members that are JSON already, a line each."""
    return "{\n" + ",\n".join(f"{_compact(key)}:{text}" for key, text in members.items()) + "\n}"


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _model() -> dict[str, Schema]:
    """The keys that a spec and a block have in common, but for `layers` and `shared`."""
    return {
        "params": _or_null(_named({})),
        "inputs": _names_or(_named({"$ref": "#/$defs/input"}), _NAME),
        "layers": {"type": "object"},
        "shared": _or_null({"type": "object"}),
        "blocks": _or_null(_named({"$ref": "#/$defs/block"})),
        "edges": _or_null({"type": "array", "items": _EDGE}),
        "outputs": _names_or(_named({"$ref": "#/$defs/output"}), _FROM),
    }


def _entries(flavour: str) -> dict[str, Schema]:
    """What stands under `layers` and `shared`, in one of the two flavours of `schema.calls`."""
    entries = _named({"$ref": f"#/$defs/{flavour}"})
    return {"layers": entries, "shared": _or_null(entries)}


def _named(value: Schema) -> Schema:
    return {"type": "object", "propertyNames": {"pattern": NAME}, "additionalProperties": value}


def _or_null(schema: Schema) -> Schema:
    return {"if": {"not": {"type": "null"}}, "then": schema}


def _names_or(mapping: Schema, name: Schema) -> Schema:
    """A list of names, or a mapping from names."""
    return {
        "if": {"type": "array"},
        "then": {"items": name, "minItems": 1},
        "else": {**mapping, "minProperties": 1},
    }


def _block() -> Schema:
    """A path, or a model written here."""
    model, entries = _model(), _entries("layer_or_block")
    return {
        "if": {"type": "object"},
        "then": declared(BlockSection, others={**model, **entries}),
        "else": {"type": "string", "minLength": 1, "description": "The path of a spec."},
    }


def _input() -> Schema:
    """A shape, or a mapping with it."""
    size: Schema = {
        "description": "A size, a symbol (`T`, any size), or null (any size).",
        "anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}, _NAME, PARAM],
    }
    shape: Schema = {"type": "array", "items": size}
    written: Schema = {"anyOf": [shape, {"type": "null"}, PARAM]}
    return {
        "if": {"type": "object"},
        "then": declared(InputSection, others={"shape": written}),
        "else": written,
    }


def _output() -> Schema:
    """A loss, or a mapping."""
    metrics: Schema = {"type": "array", "items": choices.metric()}
    loss = choices.loss()
    others = {"from": _FROM, "loss": loss, "metrics": metrics}
    output = {
        "if": {"type": "object"},
        "then": declared(OutputSection, others=others),
        "else": loss,
    }
    return offering(loss, output)


def _train() -> Schema:
    callbacks: Schema = {"type": "array", "items": choices.callback()}
    others = {
        "optimizer": choices.optimizer(),
        "learning_rate": choices.learning_rate(),
        "callbacks": callbacks,
    }
    return declared(TrainSection, others=others)


def _tune() -> Schema:
    return declared(TuneSection, others={"search": _search()})


def _search() -> Schema:
    return {"type": "object", "minProperties": 1, "additionalProperties": _SPACE}


def _space() -> Schema:
    """What a path is searched over: a range, a list of values, or a mapping from values."""
    inner = {"anyOf": [{"type": "null"}, {"type": "object", "additionalProperties": _SPACE}]}
    values: Schema = {"type": "object", "minProperties": 1, "additionalProperties": inner}
    for name, declaration in RANGES.items():
        own = declared(declaration)
        values = {"if": {"required": [name]}, "then": own, "else": values}
    return {
        "description": "What a path is searched over.",
        "if": {"type": "array"},
        "then": {"minItems": 1},
        "else": {"type": "object", **values},
    }


def _data() -> Schema:
    """The features' columns: a name, or what the kind of feature takes that `type` says."""
    feature = _untyped_feature()
    for name, settings in reversed(TYPES.items()):
        typed: Schema = {"properties": {"type": {"const": name}}, "required": ["type"]}
        own = declared(settings, others={"type": _feature_type()})
        feature = {"if": typed, "then": own, "else": feature}
    features: Schema = {"if": {"type": "object"}, "then": feature, "else": {"type": "string"}}
    named: Schema = {"type": "object", "additionalProperties": features}
    return declared(DataSection, others={"features": named})


def _untyped_feature() -> Schema:
    """Numbers or a category, whichever the column holds."""
    number, category = declared(TYPES["number"]), declared(TYPES["category"])
    properties = {**category["properties"], **number["properties"], "type": _feature_type()}
    return {**number, "properties": properties}


def _feature_type() -> Schema:
    return {"enum": [*TYPES, None], "description": "What the column holds."}
