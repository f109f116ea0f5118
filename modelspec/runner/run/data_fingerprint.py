"""The shapes and checksums of a run's data: enough to see that data has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

from modelspec.data import LazyArray

if TYPE_CHECKING:
    from modelspec.data import Arrays, Splits
    from modelspec.data.arrays.arrays import Values

PARTS = ("train", "validation", "test")
CELLS = "cells"
"""Beside the parts: what became of cells, which says nothing of whether data has changed."""


def fingerprint(splits: Splits) -> dict[str, Any]:
    """Rows, shapes, dtypes and checksums of all arrays, by part."""
    parts = {name: getattr(splits, name) for name in PARTS}
    return {name: _part(arrays) for name, arrays in parts.items() if arrays is not None}


def cells(splits: Splits) -> dict[str, Any]:
    """What became of the cells of each file, for the record of a run; nothing of clean ones."""
    counted = {part: counts.to_dict() for part, counts in splits.counts.items() if counts.lines()}
    return {CELLS: counted} if counted else {}


def recorded(record: dict[str, Any]) -> dict[str, Any]:
    """The fingerprint that a run's record holds."""
    return {name: part for name, part in record.get("data", {}).items() if name != CELLS}


def _part(arrays: Arrays) -> dict[str, Any]:
    return {
        "rows": arrays.rows,
        "inputs": {name: _array(array) for name, array in arrays.inputs.items()},
        "targets": {name: _array(array) for name, array in arrays.targets.items()},
    }


def _array(values: Values) -> dict[str, Any]:
    return {
        "shape": list(values.shape),
        "dtype": str(values.dtype),
        "checksum": f"{_checksum(values):08x}",
    }


def _checksum(values: Values) -> int:
    if isinstance(values, LazyArray):
        return values.checksum()
    contiguous = values if values.flags.c_contiguous else values.copy(order="C")
    return crc32(contiguous.reshape(-1).view("uint8").data)
