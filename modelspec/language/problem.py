"""One of pydantic's errors, with the value it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from modelspec.source import Path


class Problem(NamedTuple):
    """One of pydantic's errors.

    Attributes:
        path: Of the value, from the validated one; pydantic's own names of a union's members
            are left out of it.
        key: The entry that is missing, if one is.
    """

    type: str
    path: Path
    key: str | int | None
    value: Any
    context: dict[str, Any]
    message: str


def problem_of(details: ErrorDetails, value: object) -> Problem:
    """An error of pydantic about `value`, as data."""
    path: list[str | int] = []
    inner: Any = value
    loc = details["loc"]
    for step in loc:
        if holds(inner, step):
            path.append(step)
            inner = inner[step]
    key = loc[-1] if details["type"] == "missing" else None
    context = details.get("ctx", {})
    return Problem(details["type"], tuple(path), key, inner, context, details["msg"])


def holds(value: Any, step: str | int) -> bool:
    """Whether a mapping has a key, or a list an index."""
    if isinstance(value, list):
        return isinstance(step, int) and step < len(value)
    return isinstance(value, dict) and step in value
