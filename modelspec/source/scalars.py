"""What a scalar means: the core schema of YAML 1.2, and where readers of YAML 1.1 differ."""

from __future__ import annotations

import re
from typing import TypeAlias

from modelspec.diagnostics.patterns import pattern

Scalar: TypeAlias = str | int | float | bool | None

CONSTANTS: dict[str, Scalar] = {
    "": None,
    **dict.fromkeys(("~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
"""Plain scalars that are neither text nor numbers."""

_WORDS_OF_1_1 = {
    **{form(word): "true" for word in ("yes", "on") for form in (str, str.title, str.upper)},
    **{form(word): "false" for word in ("no", "off") for form in (str, str.title, str.upper)},
}
_NUMERIC_START = frozenset("+-.0123456789")
SUSPECT_START = _NUMERIC_START | frozenset("~tTfFnNyYoO") | {""}
"""What plain scalars begin with that may be something other than text, here or elsewhere."""

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_SPECIAL = pattern(r"(?:([-+]?)\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")
_BASED = pattern(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")

_BASES_OF_1_1 = {
    8: pattern(r"[-+]?0[0-7_]+\Z"),
    2: pattern(r"[-+]?0b_*[01][01_]*\Z"),
    16: pattern(r"[-+]?0x_*[0-9a-fA-F][0-9a-fA-F_]*\Z"),
}
_GROUPED_OF_1_1 = pattern(r"[-+]?[1-9][0-9]*_[0-9_]*\Z")
_GROUPED_FLOAT_OF_1_1 = pattern(
    r"(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?\Z"
)
_SEXAGESIMAL = pattern(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\Z")
_DATE = pattern(r"[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[Tt ].*)?\Z")

_MOST_DIGITS = 400
"""Longer numbers than any float are text: converting them costs time that grows with the square."""


def resolve(text: str) -> Scalar:
    """The value of a plain scalar."""
    if text in CONSTANTS:
        return CONSTANTS[text]
    if text[0] not in _NUMERIC_START or len(text) > _MOST_DIGITS:
        return text
    if _INTEGER.match(text):
        return int(text)
    if _FLOAT.match(text):
        return float(text)
    if _BASED.match(text):
        return int(text, 0)
    special = _SPECIAL.match(text)
    if special:
        return float("nan") if special[1] is None else float(special[1] + "inf")
    return text


def other_reading(text: str) -> str | None:
    """What readers of YAML 1.1 take a plain scalar for, if it is not what it is here."""
    if text in _WORDS_OF_1_1:
        return _WORDS_OF_1_1[text]
    if text[:1] not in _NUMERIC_START or len(text) > _MOST_DIGITS:
        return None
    for base, form in _BASES_OF_1_1.items():
        if form.match(text):
            number = int(text.replace("_", ""), base)
            return None if number == resolve(text) else str(number)
    if _GROUPED_OF_1_1.match(text):
        return text.replace("_", "")
    if "_" in text and _GROUPED_FLOAT_OF_1_1.match(text):
        return str(float(text.replace("_", "")))
    if _SEXAGESIMAL.match(text):
        return _base_sixty(text)
    if _DATE.match(text):
        return "a date"
    return "text" if text.startswith("0o") and _BASED.match(text) else None


def _base_sixty(text: str) -> str:
    digits = text.replace("_", "").lstrip("+-")
    whole, _, fraction = digits.partition(".")
    total = 0
    for part in whole.split(":"):
        total = total * 60 + int(part)
    return f"{'-' if text[0] == '-' else ''}{total}{'.' + fraction if fraction else ''}"
