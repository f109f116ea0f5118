"""What may stand under a name in `layers` and `shared`: a type's name, or a mapping with it.

There are two flavours of each definition, for a file without `blocks` and for one with them: where
there are blocks, any name may be a type.
"""

from posixpath import normpath

from modelspec.layers import registry
from modelspec.schema.declaration import Schema, declared, or_param, summary_line

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
    return {
        **layers,
        "layer": _entry("layer", layers, wrappers, blocks=False),
        "layer_or_block": _entry("layer_or_block", layers, wrappers, blocks=True),
    }


def _arguments(name: str) -> Schema:
    declaration = registry.find(name)
    assert declaration is not None
    schema = declared(declaration, others={"type": {}, "trainable": TRAINABLE, "repeat": REPEAT})
    path = normpath(f"/api/layers/{declaration.keras}")
    page = f"\n\nhttps://keras.io{path}/" if declaration.keras else ""
    return {**schema, "description": schema["description"] + page}


def _entry(
    flavour: str, layers: dict[str, Schema], wrappers: dict[str, str], *, blocks: bool
) -> Schema:
    """An entry: short (a type's name), a call of a shared layer, or a type with arguments."""
    short = [name for name, schema in layers.items() if not schema.get("required")]
    return {
        "description": "A layer: its type, or a mapping with `type` and its arguments.",
        "if": {"type": "string"},
        "then": _names(short, blocks=blocks, all_types=list(layers)),
        "else": {
            "if": {"type": "object", "required": ["use"]},
            "then": USE,
            "else": {
                "type": "object",
                "required": ["type"],
                "properties": {"type": _names(list(layers), blocks=blocks, all_types=list(layers))},
                "allOf": [_case(name, flavour, wrappers.get(name)) for name in layers],
            },
        },
    }


def _names(names: list[str], *, blocks: bool, all_types: list[str]) -> Schema:
    """The names of types, each with what it is; where there are blocks, any other name too."""
    known: list[Schema] = [{"const": name, "description": _line(name)} for name in names]
    if blocks:
        any_block: Schema = {
            "type": "string",
            "pattern": NAME,
            "not": {"enum": all_types},
            "description": "A block.",
        }
        return {"type": "string", "anyOf": [*known, any_block]}
    return {"type": "string", "anyOf": known}


def _case(name: str, flavour: str, held: str | None) -> Schema:
    then: Schema = {"$ref": f"#/$defs/{name}"}
    if held:
        then = {"allOf": [then, {"properties": {held: {"$ref": f"#/$defs/{flavour}"}}}]}
    return {"if": {"properties": {"type": {"const": name}}, "required": ["type"]}, "then": then}


def _line(name: str) -> str:
    declaration = registry.find(name)
    assert declaration is not None
    return summary_line(declaration)
