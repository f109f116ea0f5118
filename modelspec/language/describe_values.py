"""Words for values and types in findings."""

from __future__ import annotations

from typing import Any

from modelspec.diagnostics.patterns import pattern

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

_QUOTED = pattern(r"'([^']*)'")


def expectation(kind: str) -> str:
    """What an error of type wanted: `an integer`."""
    return EXPECTED[kind]


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
