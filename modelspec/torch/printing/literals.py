"""Values as Python writes them, texts in double quotes."""

import json
import math
from typing import Any

import numpy as np
from torch import Tensor

WIDTH = 88
"""How long a line of arguments may be."""


def literal(value: Any) -> str | None:
    """A value as code; None for what has no such code.

    Numbers of tensors, which are 32 bit, are written as short as they can be read again.
    """
    if isinstance(value, Tensor):
        return literal(_shortened(value.tolist()))
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    if isinstance(value, dict):
        pairs = [(literal(key), literal(item)) for key, item in value.items()]
        if any(None in pair for pair in pairs):
            return None
        return f"{{{', '.join(f'{key}: {item}' for key, item in pairs)}}}"
    if isinstance(value, list | tuple):
        return _sequence(value)
    return None


def _sequence(value: list[Any] | tuple[Any, ...]) -> str | None:
    inside = [text for item in value if (text := literal(item)) is not None]
    if len(inside) < len(value):
        return None
    if isinstance(value, list):
        return f"[{', '.join(inside)}]"
    return f"({', '.join(inside)}{',' * (len(inside) == 1)})"


def _shortened(numbers: Any) -> Any:
    if isinstance(numbers, list):
        return [_shortened(number) for number in numbers]
    return float(str(np.float32(numbers))) if isinstance(numbers, float) else numbers


def call(name: str, arguments: list[str], indent: int) -> str:
    """A call, its arguments in lines of their own where they do not fit in one."""
    inside = ", ".join(arguments)
    if "\n" not in inside and indent + len(name) + len(inside) <= WIDTH:
        return f"{name}({inside})"
    space = " " * indent
    broken = "".join(
        f"{space}    {argument.replace(chr(10), chr(10) + '    ')},\n" for argument in arguments
    )
    return f"{name}(\n{broken}{space})"
