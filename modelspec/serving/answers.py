"""What a model says of rows, as the JSON of an answer."""

from __future__ import annotations

import json
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data import Labelled
from modelspec.data.write_predictions import cell_suffixes
from modelspec.serving.description import MOST_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelspec.data.table.table import Array

_NULL = "null"


def answer_rows(columns: Mapping[str, Array | Labelled]) -> list[str]:
    """One JSON object for each row: the values that `modelspec predict` writes as JSONL.

    An output of more than `MOST_COLUMNS` cells, of which no table is written, is a nested list.

    Args:
        columns: What `Predictor.predict` gives.
    """
    cells: dict[str, list[str]] = {}
    for name, column in columns.items():
        values = _values(column)
        if prod(values.shape[1:]) > MOST_COLUMNS:
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


def answer(rows: Sequence[str], warnings: str) -> bytes:
    """The body of an answer.

    Args:
        rows: What `answer_rows` gives, of the request's rows.
        warnings: What is said of its cells, a JSON list.
    """
    return f'{{"predictions":[{",".join(rows)}],"warnings":{warnings}}}'.encode()


def _values(column: Array | Labelled) -> Array:
    return column.values if isinstance(column, Labelled) else column


def _texts(values: Array) -> list[str]:
    """Values of one axis, each as JSON: a float as short as tells it from its neighbours."""
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
