"""Encoded values in files, and back."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec.data.arrays.image_files import Pictures
from modelspec.data.arrays.lazy_arrays import MemmapArray, RaggedArray
from modelspec.data.out_of_core.npy_writer import NpyWriter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from modelspec.data.arrays.arrays import Values
    from modelspec.data.table.table import Array

IN_MEMORY = 8
"""What takes less than one so manieth of the bound is read into memory."""


class MisfitError(ValueError):
    """Chunks of one file whose values differ in shape or dtype."""


def write(values: Iterable[dict[str, Values]], folder: Path) -> dict[str, Any]:
    """Write chunks of values by name, and give what `read` needs to know of them, as JSON data.

    Raises:
        MisfitError: The chunks do not go together; names the value.
        OSError: The disk is full.
    """
    about: dict[str, dict[str, Any]] = {}
    firsts: dict[str, Values] = {}
    with ExitStack() as stack:
        writers: dict[str, NpyWriter] = {}

        def append(file: str, rows: Array) -> None:
            if file not in writers:
                writers[file] = stack.enter_context(NpyWriter(folder / file, rows))
            writers[file].append(rows)

        for chunk in values:
            for place, (name, value) in enumerate(chunk.items()):
                first = firsts.setdefault(name, _without_rows(value))
                if first.shape[1:] != value.shape[1:] or first.dtype != value.dtype:
                    raise MisfitError(name)
                known = about.setdefault(name, {"place": place, **_about(value)})
                if isinstance(value, RaggedArray):
                    steps = value.values
                    assert isinstance(steps, np.ndarray)
                    append(f"{place}.npy", steps)
                    append(f"{place}-sizes.npy", value.sizes.astype(np.int64))
                elif isinstance(value, Pictures):
                    known["files"] += value.files.tolist()
                else:
                    assert isinstance(value, np.ndarray)
                    append(f"{place}.npy", value)
    return about


def read(about: dict[str, Any], folder: Path, bound: int) -> dict[str, Values]:
    """What was written, the small in memory.

    Args:
        about: What `write` gave.
        folder: Where it wrote.
        bound: How much memory the data may take.
    """
    return {name: _read(known, folder, bound) for name, known in about.items()}


def _about(value: Values) -> dict[str, Any]:
    if isinstance(value, RaggedArray):
        front, symbol = bool(value.front), value.symbol
        fill = float(value.fill)
        return {"kind": "ragged", "fill": fill, "least": value.least, "front": front} | {
            "symbol": symbol
        }
    if isinstance(value, Pictures):
        names = ("size", "channels", "scale", "resize", "background")
        fields = {name: getattr(value, name) for name in names}
        return {"kind": "pictures", "files": [], "dtype": value.kind, **fields}
    return {"kind": "array"}


def _read(known: dict[str, Any], folder: Path, bound: int) -> Values:
    if known["kind"] == "pictures":
        size = (known["size"][0], known["size"][1])
        fields = (size, known["channels"], known["scale"], known["resize"], known["dtype"])
        return Pictures(np.array(known["files"], np.str_), *fields, known["background"])
    file = folder / f"{known['place']}.npy"
    if known["kind"] == "ragged":
        sizes = np.load(folder / f"{known['place']}-sizes.npy")
        names = ("fill", "least", "front", "symbol")
        starts = np.cumsum(sizes) - sizes
        return RaggedArray(MemmapArray(str(file)), starts, sizes, *(known[name] for name in names))
    if file.stat().st_size * IN_MEMORY <= bound:
        array: Array = np.load(file)
        return array
    return MemmapArray(str(file))


def _without_rows(value: Values) -> Values:
    """What says shape and dtype."""
    none = np.arange(0)
    return value[:0].copy() if isinstance(value, np.ndarray) else value.subset(none)
