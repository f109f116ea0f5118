"""What may stand in a field, in a few words under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_UNKNOWN = {
    "ignore": "another class counts as none",
    "other": "another class counts as `other`",
}
_COLOURS = {1: "grey", 3: "in colour", 4: "in colour, with transparency"}


def hint(column: dict[str, Any]) -> str:
    """What may stand in the field of a column.

    Args:
        column: What `Column.as_data` gives.
    """
    said = [_HINTS[column["kind"]](column)]
    if column.get("missing"):
        said.append(f"empty: {column['missing'].replace('`', '')}")
    return " · ".join(filter(None, said))


def _number(column: dict[str, Any]) -> str:
    said = "as 12.5%" if "percent" in column.get("formats", ()) else ""
    if "currency" in column.get("formats", ()):
        said = "an amount of money"
    if "minimum" not in column:
        return said or ("a whole number" if column.get("integer") else "")
    bounds = f"{column['minimum']:g} to {column['maximum']:g}"
    return f"{bounds}, a whole number" if column.get("integer") else f"{bounds} in training"


def _array(column: dict[str, Any]) -> str:
    sizes = [
        str(size) if size is not None else f"{least} or more"
        for size, least in zip(column["shape"], column["least"], strict=True)
    ]
    numbers = "whole numbers" if column.get("integer") else "numbers"
    said = f"nested lists, {' × '.join(sizes)} {numbers}"
    if len(sizes) == 1:
        said = f"a list of {sizes[0]} {numbers}"
    if "minimum" in column:
        said += f", {column['minimum']:g} to {column['maximum']:g}"
    return said


def _sequence(column: dict[str, Any]) -> str:
    said = "one number a step"
    if column.get("shape"):
        said = f"a list of {column['shape'][0]} numbers a step"
    if column.get("shortest", 1) > 1:
        said += f", at least {column['shortest']} steps"
    if column.get("length"):
        said += f"; what is longer than {column['length']} steps is cut"
    return said


def _category(column: dict[str, Any]) -> str:
    return _UNKNOWN.get(column.get("unknown", ""), "")


def _classes(column: dict[str, Any]) -> str:
    return f"several, with {column['separator']} between them"


def _text(column: dict[str, Any]) -> str:
    if column.get("length"):
        return f"what is longer than {column['length']:,} tokens is cut"
    return ""


def _date(column: dict[str, Any]) -> str:
    forms = column.get("formats", ())
    return f"written as {' or '.join(forms)}, {column['example']}" if forms else ""


def _image(column: dict[str, Any]) -> str:
    height, width = column["size"]
    colour = _COLOURS.get(column.get("channels", 0), "")
    return ", ".join(filter(None, [f"resized to {width} × {height} pixels", colour]))


_HINTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "number": _number,
    "array": _array,
    "sequence": _sequence,
    "category": _category,
    "classes": _classes,
    "text": _text,
    "date": _date,
    "image": _image,
}
