"""Amounts of memory as people write them: `512MB`, `2GB`."""

from __future__ import annotations

import re
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field

_BYTES = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]B)\s*", re.ASCII | re.IGNORECASE)


def byte_count(written: str) -> int:
    """An amount of memory in bytes.

    Raises:
        ValueError: It is not written so, or is none at all.
    """
    found = _SIZE.fullmatch(written)
    count = int(float(found[1]) * _BYTES[found[2].upper()]) if found else 0
    if not count:
        raise ValueError("an amount of memory is `512MB` or `2GB`")
    return count


def _checked(written: object) -> object:
    byte_count(written if isinstance(written, str) else repr(written))
    return written


ByteSize: TypeAlias = Annotated[
    str,
    Field(json_schema_extra={"pattern": r"^\s*\d+(\.\d+)?\s*([KkMmGgTt][Bb])\s*$"}),
    BeforeValidator(_checked, json_schema_input_type=str),
]
"""An amount of memory in a spec."""
