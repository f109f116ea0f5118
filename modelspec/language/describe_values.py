"""Words for values and types in findings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

EXPECTED = {
    "int_type": "an integer",
    "int_from_float": "an integer",
    "int_parsing": "an integer",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "none_required": "null",
}
"""What pydantic's errors of type wanted."""

YES_OR_NO = {
    **dict.fromkeys(("yes", "Yes", "YES", "on", "On", "ON", "True", "TRUE"), "true"),
    **dict.fromkeys(("no", "No", "NO", "off", "Off", "OFF", "False", "FALSE"), "false"),
}
"""What other readers of YAML, and Python, take for true and false."""

_QUOTED = re.compile(r"'([^']*)'")

_FOREIGN_ARGUMENTS = {
    "out_features": ("units",),
    "hidden_size": ("units",),
    "out_channels": ("filters",),
    "kernel": ("kernel_size",),
    "stride": ("strides",),
    "dilation": ("dilation_rate",),
    "p": ("rate",),
    "num_embeddings": ("input_dim",),
    "embedding_dim": ("output_dim",),
    "bias": ("use_bias",),
    "eps": ("epsilon",),
    "dim": ("axis", "axes"),
    "lr": ("learning_rate",),
    "vocab_size": ("input_dim",),
    "vocabulary": ("input_dim",),
    "embed_dim": ("output_dim",),
    "heads": ("num_heads",),
    "head_dim": ("key_dim",),
    "alpha": ("negative_slope",),
}

_FOREIGN_CHOICES = {
    "int": "int64",
    "integer": "int64",
    "long": "int64",
    "float": "float32",
    "double": "float64",
    "half": "float16",
}


def expectation(kind: str) -> str:
    """What an error of type wanted: `an integer`."""
    return EXPECTED[kind]


def foreign_argument(name: str) -> tuple[str, ...]:
    """What torch's or another name of an argument may be called here."""
    return _FOREIGN_ARGUMENTS.get(name, ())


def foreign_choice(word: str, choices: Collection[str]) -> str | None:
    """The choice that another name of it means: `int64` for `int`."""
    known = _FOREIGN_CHOICES.get(word)
    return known if known in choices else None


def quoted(text: str) -> list[str]:
    """The items of pydantic's `'a', 'b' or 'c'`."""
    return _QUOTED.findall(text) or text.replace(" or ", ", ").split(", ")


def shown(value: Any) -> str:
    """A value as a message names it: `the text "64"`, `0.5`, `a list`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'the text "{value if len(value) <= 40 else value[:37] + "..."}"'
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "..."
