"""What to send in a column: for whoever sends a request, who has no spec to mend."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelspec.diagnostics import name_list

if TYPE_CHECKING:
    from modelspec.serving.columns import Column, Kind

WANTED: dict[Kind, str] = {
    "number": "a number",
    "array": "nested lists of numbers",
    "sequence": "a list of numbers",
    "category": "a class, as text or a number",
    "classes": "text that lists classes, or a list of them",
    "text": "text",
    "date": "a date, as text",
    "image": "a picture, as base64",
}
PICTURE = "send the file's bytes as base64, or as a data URL: `data:image/png;base64,...`"
_SHOWN = 10
"""So many classes are told."""
_LONG = 80
"""An example of more characters is none."""


def what_to_send(column: Column) -> str:
    """What a cell of a column may be, and one that the model takes."""
    if column.kind == "image":
        return PICTURE
    if column.classes and column.kind == "category":
        return f"send {name_list(column.classes, last='or', limit=_SHOWN)}"
    wanted = WANTED[column.kind]
    if column.kind == "date":
        wanted += f" {name_list(column.formats, last='or')}" if column.formats else ", ISO 8601"
    if column.shape:
        sizes = ", ".join("any" if size is None else str(size) for size in column.shape)
        wanted += f" of the shape [{sizes}]" if column.kind == "array" else f", [{sizes}] a step"
    example = json.dumps(column.example, ensure_ascii=False)
    shown = column.example is not None and len(example) <= _LONG
    return f"send {wanted}" + (f": {example} for instance" if shown else "")
