"""The header of a safetensors file: names and shapes, without the numbers and without a library.

Source: https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelspec.source.special_files import check_regular

if TYPE_CHECKING:
    import os

MOST_BYTES = 100_000_000
"""The longest header that the format allows."""
_LENGTH = 8


def read_shapes(path: str | os.PathLike[str]) -> dict[str, list[int]]:
    """The shape of every tensor in a file.

    Raises:
        OSError: It cannot be read, or is no file.
        ValueError: It is no safetensors file.
    """
    check_regular(path)
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(_LENGTH), "little")
        if length > MOST_BYTES:
            raise ValueError("it has no header of a safetensors file")
        text = file.read(length)
    try:
        header = json.loads(text)
        return {
            name: [int(size) for size in entry["shape"]]
            for name, entry in header.items()
            if name != "__metadata__"
        }
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError("it has no header of a safetensors file") from error
