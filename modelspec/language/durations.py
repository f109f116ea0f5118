"""Spans of time as people write them: `90s`, `30m`, `1h 30m`."""

from __future__ import annotations

import re
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field

from modelspec.diagnostics.patterns import pattern

_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_PART = pattern(r"(\d+(?:\.\d+)?)\s*([dhms])", re.ASCII)


def seconds(written: str) -> float:
    """A span of time in seconds.

    Raises:
        ValueError: It is not written so, or is none at all.
    """
    if _PART.sub("", written).strip():
        raise ValueError("a span of time is `90s`, `30m`, `2h` or `1h 30m`")
    total = sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(written))
    if not total:
        raise ValueError("a span of time is longer than nothing")
    return total


def _checked(written: object) -> object:
    seconds(written if isinstance(written, str) else repr(written))
    return written


Duration: TypeAlias = Annotated[
    str,
    Field(json_schema_extra={"pattern": r"^\s*(\d+(\.\d+)?\s*[dhms]\s*)+$"}),
    BeforeValidator(_checked, json_schema_input_type=str),
]
"""A span of time in a spec."""
