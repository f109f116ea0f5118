"""What may stand under a name in `layers` and `shared`: a type's name, or a mapping with it.

There are two flavours of each definition, for a file without `blocks` and for one with them: where
there are blocks, any name may be a type.
"""

from posixpath import normpath

from modelspec.layers import registry
from modelspec.schema.declaration import Schema, declared, offering, or_param, summary_line

NAME = r"^[A-Za-z_][A-Za-z0-9_]*$"

REPEAT = or_param(
    {
        "type": "integer",
        "minimum": 1,
        "description": "How many copies are chained, each with its own weights: NAME_1, NAME_2 ...",
    }
)
TRAINABLE = or_param(
    {"type": "boolean", "default": True, "description": "Whether training changes the weights."}
)
USE: Schema = {
    "type": "object",
    "description": "A call of a shared layer: a node of its own, without weights of its own.",
    "properties": {
        "use": {"type": "string", "pattern": NAME, "description": "The shared layer's name."},
        "trainable": TRAINABLE,
        "repeat": REPEAT,
    },
    "required": ["use"],
    "additionalProperties": False,
}


def layer_definitions() -> dict[str, Schema]:
    """One definition a layer type, and those of an entry: `layer`, `layer_or_block`."""
    layers = {name: _arguments(name) for name in registry.names()}
    wrappers = {
        name: field
        for name, schema in layers.items()
        for field, held in schema["properties"].items()
        if "holds" in held
    }
    for name, field in wrappers.items():
        del layers[name]["properties"][field]["holds"]
    names = list(layers)
    short = [name for name in names if not layers[name].get("required")]
    return {
        **layers,
        "layer_type": {
            "anyOf": [
                {"$ref": "#/$defs/layer_without_arguments"},
                *_types([name for name in names if name not in short]),
            ]
        },
        "layer_without_arguments": {"anyOf": _types(short)},
        "typed_layer": {"allOf": [_case(name, {"$ref": f"#/$defs/{name}"}) for name in names]},
        "layer": _entry("layer", wrappers),
        "layer_or_block": _entry("layer_or_block", wrappers, block=_block_name(names)),
    }


def _arguments(name: str) -> Schema:
    declaration = registry.find(name)
    assert declaration is not None
    schema = declared(declaration, others={"type": {}, "trainable": TRAINABLE, "repeat": REPEAT})
    path = normpath(f"/api/layers/{declaration.keras}")
    page = f"\n\nhttps://keras.io{path}/" if declaration.keras else ""
    return {**schema, "description": schema["description"] + page}


def _entry(flavour: str, wrappers: dict[str, str], block: Schema | None = None) -> Schema:
    """An entry: short (a type's name), a call of a shared layer, or a type with arguments."""
    held = [
        _case(name, {"properties": {field: {"$ref": f"#/$defs/{flavour}"}}})
        for name, field in wrappers.items()
    ]
    names = _or_block("layer_without_arguments", block)
    entry = {
        "description": "A layer: its type, or a mapping with `type` and its arguments.",
        "if": {"type": "object"},
        "then": {
            "if": {"required": ["use"]},
            "then": USE,
            "else": {
                "required": ["type"],
                "properties": {"type": _or_block("layer_type", block)},
                "allOf": [{"$ref": "#/$defs/typed_layer"}, *held],
            },
        },
        "else": names,
    }
    return offering(names, entry)


def _or_block(types: str, block: Schema | None) -> Schema:
    """One of the types or, where there are blocks, any name that is no type's."""
    known: Schema = {"$ref": f"#/$defs/{types}"}
    return known if block is None else {"anyOf": [known, block]}


def _types(names: list[str]) -> list[Schema]:
    """The names of types, each with what it is."""
    return [{"const": name, "description": _line(name)} for name in names]


def _block_name(types: list[str]) -> Schema:
    return {
        "type": "string",
        "pattern": NAME,
        "not": {"enum": types},
        "description": "A block.",
    }


def _case(name: str, then: Schema) -> Schema:
    return {"if": {"properties": {"type": {"const": name}}, "required": ["type"]}, "then": then}


def _line(name: str) -> str:
    declaration = registry.find(name)
    assert declaration is not None
    return summary_line(declaration)
