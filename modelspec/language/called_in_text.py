"""Python's way of writing what a spec writes as a mapping: `Dense(32, activation="relu")`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.language.foreign.keys import foreign_key

if TYPE_CHECKING:
    from pydantic import BaseModel

LONGEST = 200
"""What is longer is not looked into."""

_LAST = ("Layer", "Loss", "Metric", "Callback")


def as_mapping(text: str, name: str, declared: type[BaseModel]) -> str:
    """The mapping that a call stands for, `{type: Dense, units: 32}`.

    Nothing is evaluated: arguments are numbers, texts, lists of them, true, false and null.

    Args:
        text: The call.
        name: What it calls is called here.
        declared: What declares its arguments, the positional ones first.

    Returns:
        The empty text where it is no call, or has an argument that is none of `declared`.
    """
    import ast

    from modelspec.language.yaml_writer import flow

    if len(text) > LONGEST:
        return ""
    try:
        call = ast.parse(text, mode="eval").body
        if not isinstance(call, ast.Call):
            return ""
        fields = _positional(declared)
        if len(call.args) > len(fields):
            return ""
        values = {
            key: ast.literal_eval(value) for key, value in zip(fields, call.args, strict=False)
        }
        for keyword in call.keywords:
            key = str(keyword.arg)
            known = key if key in fields else foreign_key(key, declared, fields)
            if known is None:
                return ""
            values[known] = ast.literal_eval(keyword.value)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return ""
    return flow({"type": name, **values})


def _positional(declared: type[BaseModel]) -> list[str]:
    """The arguments in the order in which a call has them: what all of a kind have comes last."""
    shared = [
        name
        for base in declared.__mro__[1:]
        if base.__name__ in _LAST
        for name in getattr(base, "model_fields", ())
    ]
    return sorted(declared.model_fields, key=lambda name: name in shared)
