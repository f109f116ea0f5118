"""What a model says of rows, as the JSON of an answer."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data import Labelled, predictions_frame
from modelspec.serving.description import MOST_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelspec.data.table.table import Array


def answer_rows(columns: Mapping[str, Array | Labelled]) -> list[bytes]:
    """One JSON object for each row: what `modelspec predict` writes as JSONL.

    An output of more than `MOST_COLUMNS` cells, of which no table is written, is a nested list.

    Args:
        columns: What `Predictor.predict` gives.
    """
    import polars as pl

    wide = {name: _values(each) for name, each in columns.items() if _width(each) > MOST_COLUMNS}
    frame = predictions_frame({name: each for name, each in columns.items() if name not in wide})
    if wide:
        nested = [pl.Series(name, np.ascontiguousarray(each)) for name, each in wide.items()]
        frame = pl.DataFrame([*frame.get_columns(), *nested])
    return frame.write_ndjson().encode().splitlines()


def answer(rows: Sequence[bytes], warnings: bytes) -> bytes:
    """The body of an answer.

    Args:
        rows: What `answer_rows` gives, of the request's rows.
        warnings: What is said of its cells, a JSON list.
    """
    return b'{"predictions":[' + b",".join(rows) + b'],"warnings":' + warnings + b"}"


def _values(column: Array | Labelled) -> Array:
    return column.values if isinstance(column, Labelled) else column


def _width(column: Array | Labelled) -> int:
    return prod(_values(column).shape[1:])
