"""Predictions of a few rows as JSON, without a data frame."""

from __future__ import annotations

import json
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec.data.features import Labelled
from modelspec.data.write_predictions import cell_suffixes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.data.table.table import Array

_NULL = "null"


def prediction_lines(
    columns: Mapping[str, Array | Labelled], widest: int | None = None
) -> list[str]:
    """The values that `write_predictions` writes as JSONL, one JSON object for each row.

    A float is as short as tells it from its neighbours; null stands for what is not finite.

    Args:
        columns: What `Predictor.predict` gives.
        widest: A row's array of more cells is nested lists, not a value for each cell.
    """
    cells: dict[str, list[str]] = {}
    for name, column in columns.items():
        values = column.values if isinstance(column, Labelled) else column
        if widest is not None and prod(values.shape[1:]) > widest:
            cells[name] = _nested(values)
            continue
        flat = values.reshape(len(values), -1)
        for place, suffix in enumerate(cell_suffixes(column)):
            cells[name + suffix] = _texts(flat[:, place])
    keys = [f"{json.dumps(name)}:" for name in cells]
    return [
        f"{{{','.join([key + text for key, text in zip(keys, row, strict=True)])}}}"
        for row in zip(*cells.values(), strict=True)
    ]


def prediction_rows(columns: Mapping[str, Array | Labelled]) -> list[dict[str, Any]]:
    """The same as Python has it: 0.1 of a float of 32 bits too, None for what is not finite."""
    found: list[dict[str, Any]] = json.loads(f"[{','.join(prediction_lines(columns))}]")
    return found


def _texts(values: Array) -> list[str]:
    """Values of one axis, each as JSON."""
    kind = values.dtype.kind
    if kind == "U":
        return [json.dumps(value) for value in values.tolist()]
    if kind == "b":
        return ["true" if value else "false" for value in values.tolist()]
    texts: list[str] = values.astype(np.str_).tolist()
    if kind != "f":
        return texts
    finite = np.isfinite(values)
    if finite.all():
        return texts
    return [text if sound else _NULL for text, sound in zip(texts, finite, strict=True)]


def _nested(values: Array) -> list[str]:
    """Rows of several axes, each as nested lists."""
    import polars as pl

    lines = pl.DataFrame([pl.Series("x", np.ascontiguousarray(values))]).write_ndjson()
    return [line.removeprefix('{"x":').removesuffix("}") for line in lines.splitlines()]
