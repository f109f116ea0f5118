"""Plain data as YAML that reads well: short things on one line, all texts safe."""

from __future__ import annotations

import re
from typing import Any

from modelspec.source.scalars import other_reading, resolve

WIDTH = 112

_PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./+-]*(?: [A-Za-z0-9_./+()-]+)*\Z", re.ASCII)
_CONTROL = re.compile("[\x7f-\x9f\xad\u2028\u2029\ufeff]")
_EXPONENT = re.compile(r"\A(-?\d+)e")


def scalar(value: Any) -> str:
    """A scalar, quoted where a plain one would be read otherwise, here or by YAML 1.1."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if _PLAIN.match(text) and resolve(text) == text and other_reading(text) is None:
        return text
    return _quoted(text)


def _number(value: float) -> str:
    if value != value:
        return ".nan"
    if value in (float("inf"), float("-inf")):
        return ".inf" if value > 0 else "-.inf"
    return _EXPONENT.sub(r"\1.0e", repr(value))


def _quoted(text: str) -> str:
    import json

    quoted = json.dumps(text, ensure_ascii=False)
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def entry(key: Any, value: Any, indent: int, pad: int = 0) -> list[str]:
    """The lines of `key: value`, on one line where it fits.

    Args:
        key: The key.
        value: Its value, plain data.
        indent: How many spaces the key stands in.
        pad: How wide the key is made, for columns of values.
    """
    head = " " * indent + f"{scalar(key)}:"
    line = f"{head:<{indent + pad}} {flow(value)}"
    if len(line) <= WIDTH or not isinstance(value, dict | list | tuple) or not value:
        return [line]
    lines = [head]
    if isinstance(value, dict):
        for inner, item in value.items():
            lines += entry(inner, item, indent + 2)
        return lines
    if any(isinstance(item, dict | list | tuple) for item in value):
        return lines + [" " * (indent + 2) + f"- {flow(item)}" for item in value]
    return _wrapped(f"{head} [", [scalar(item) for item in value], indent + 2)


def _wrapped(line: str, items: list[str], indent: int) -> list[str]:
    """A list of scalars in brackets, over as many lines as it takes."""
    lines, last = [], len(items) - 1
    for place, item in enumerate(items):
        text = item + ("]" if place == last else ",")
        if len(line) + len(text) > WIDTH and place:
            lines.append(line.rstrip())
            line = " " * indent
        line += text + " " * (place != last)
    return [*lines, line]


def entries(mapping: dict[str, Any], indent: int) -> list[str]:
    """The lines of a mapping's entries, their values in one column."""
    pad = max((len(scalar(key)) + 1 for key in mapping), default=0)
    pad = pad if pad <= 24 else 0
    return [line for key, value in mapping.items() for line in entry(key, value, indent, pad)]
