"""What a field's dtype can hold of numbers that are scaled, clipped or filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.features.feature import UnfitError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.data.features.feature import FitChunks


def dtype_limits(dtype: str) -> tuple[float, float]:
    """The least and the largest number of a dtype."""
    if dtype == "bool":
        return 0.0, 1.0
    if "int" in dtype:
        info = np.iinfo(dtype)
        return float(info.min), float(info.max)
    largest = float(np.finfo(numpy_dtype(dtype)).max)
    return -largest, largest


def most(dtype: str) -> float:
    """The largest number that a field of floats can hold."""
    return dtype_limits(dtype)[1] if "float" in dtype else np.inf


def numpy_dtype(name: str) -> str:
    """The dtype that numpy has for a spec's: it has no bfloat16."""
    return "float32" if name == "bfloat16" else name


def check_scale(chunks: FitChunks, normalized: bool, bounds: Sequence[float]) -> None:
    """Refuse to scale integers, and to set numbers to what the field cannot hold.

    Args:
        chunks: Have the field, and get the finding.
        normalized: Whether the numbers are normalised.
        bounds: What `clip` says; empty without.

    Raises:
        UnfitError: There was a finding.
    """
    field = chunks.field
    if field.integers and (normalized or bounds):
        what = "normalised" if normalized else "clipped"
        message = f"{field.text} holds integers ({field.dtype}), which cannot be {what}"
        chunks.findings.add("MS506", message)
        raise UnfitError
    if bounds and (bounds[0] > most(field.dtype) or bounds[1] < -most(field.dtype)):
        check_holds(chunks, "clip", *bounds)


def check_holds(chunks: FitChunks, key: str, *values: float) -> None:
    """Refuse numbers of the spec that the field cannot hold.

    Args:
        chunks: Have the field, and get the finding.
        key: Of the feature, which says them.
        values: The numbers.

    Raises:
        UnfitError: There was a finding.
    """
    field = chunks.field
    for value in values:
        low, high = dtype_limits(field.dtype)
        if low <= value <= high and not (field.integers and value != int(value)):
            continue
        message = f"`{key}` is {value:g}, which {field.text} ({field.dtype}) cannot hold"
        chunks.findings.add("MS506", message, help=f"write another `{key}`, or another `dtype`")
        raise UnfitError
