"""Predictions to a file, whole or not at all."""

from __future__ import annotations

import os
from itertools import product
from typing import IO, TYPE_CHECKING

import numpy as np

from modelspec.data.features import Labelled
from modelspec.source.data_suffixes import ENDINGS, ENDINGS_TEXT, format_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

    from modelspec.data.table.table import Array


def write_predictions(
    path: str | os.PathLike[str], columns: Mapping[str, Array | Labelled]
) -> None:
    """Write columns of equal length in one of the formats `WRITTEN`, by the path's suffix.

    NPZ keeps each array as it is, the names of a `Labelled` one's cells as `NAME_labels`. In a
    table, each cell of a row's array is a column: `code_0`, `code_1`; `species_probability_setosa`;
    of one without a name, it is the array's.
    JSONL has the columns of a table, one object a row.

    Raises:
        ValueError: The suffix is none of these, or the columns differ in length.
        OSError: It cannot be written; what was there before still is.
    """
    format = format_of(os.fspath(path))
    if not os.fspath(path).lower().endswith(ENDINGS):
        raise ValueError(f"{os.fspath(path)} must end in {ENDINGS_TEXT}")
    lengths = {len(_values(column)) for column in columns.values()}
    if len(lengths) != 1:
        raise ValueError(f"columns of {sorted(lengths)} rows cannot stand in one file")
    if format == "npz":
        arrays = dict(_named_arrays(columns))
        write_atomically(path, lambda file: np.savez(file, **arrays))  # type: ignore[arg-type]
        return
    frame = predictions_frame(columns)
    writers: dict[str | None, Callable[[IO[bytes]], object]] = {
        "parquet": frame.write_parquet,
        "arrow": frame.write_ipc,
        "jsonl": frame.write_ndjson,
        "tsv": lambda file: frame.write_csv(file, separator="\t"),
        "csv": frame.write_csv,
    }
    write_atomically(path, writers[format])


def write_atomically(path: str | os.PathLike[str], write: Callable[[IO[bytes]], object]) -> None:
    """Write a file beside its place, and move it there once it is on the disk."""
    folder, name = os.path.split(os.path.abspath(path))
    partial = os.path.join(folder, f".{name}.{os.getpid()}.partial")
    try:
        with open(partial, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException:
        if os.path.exists(partial):
            os.unlink(partial)
        raise


def _values(column: Array | Labelled) -> Array:
    return column.values if isinstance(column, Labelled) else column


def _named_arrays(columns: Mapping[str, Array | Labelled]) -> list[tuple[str, Array]]:
    found: list[tuple[str, Array]] = []
    for name, column in columns.items():
        found.append((name, _values(column)))
        if isinstance(column, Labelled):
            found.append((f"{name}_labels", np.array(column.labels, np.str_)))
    return found


def predictions_frame(columns: Mapping[str, Array | Labelled]) -> pl.DataFrame:
    """Columns as a table, in which each cell of a row's array is a column of its own."""
    import polars as pl

    series: dict[str, pl.Series] = {}
    for name, column in columns.items():
        values = _values(column)
        flat = values.reshape(len(values), -1)
        for index, suffix in enumerate(cell_suffixes(column)):
            cells = np.ascontiguousarray(flat[:, index])
            series[name + suffix] = pl.Series(name + suffix, cells)
    return pl.DataFrame(series)


def cell_suffixes(column: Array | Labelled) -> list[str]:
    """What follows a column's name in a table, for each cell of one of its rows."""
    shape = _values(column).shape[1:]
    if shape == (1,) and not isinstance(column, Labelled):
        return [""]
    axes = [[str(cell) for cell in range(size)] for size in shape]
    if isinstance(column, Labelled):
        axes[-1] = list(column.labels)
    return ["".join(f"_{cell}" for cell in cells) for cells in product(*axes)]
