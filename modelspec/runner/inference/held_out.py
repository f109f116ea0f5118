"""What each of several runs of one spec says of the rows that it was not trained on."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from modelspec.data import Labelled, write_predictions
from modelspec.runner.inference.predictor import Predictor
from modelspec.runner.run import atomic_write
from modelspec.runner.run.value_notes import value_notes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from polars import DataFrame

    from modelspec.data import Arrays, Splits
    from modelspec.data.table.table import Array
    from modelspec.runner.inference.trained_model import TrainedModel

PART = "predictions.parquet"
"""What the run directory of each holds of its validation rows."""
MOST_COLUMNS, MOST_CELLS = 10_000, 20_000_000
"""Rows of more columns are not predicted; a table of more cells is Parquet."""
ROW = "row"


class HeldOut(NamedTuple):
    """What the best weights of a run measure.

    Attributes:
        values: `val_loss`, `test_mae`, ...
        rows: How many rows there were, by part.
        notes: What has to be said of the values of all runs, by output.
    """

    values: dict[str, float]
    rows: dict[str, int]
    notes: dict[str, str]


def measure_held_out(trained: TrainedModel, splits: Splits, device: str) -> HeldOut:
    """Measure the validation rows and the test rows, and keep the predictions of the former.

    Raises:
        SpecError: The weights are damaged.
        OSError: There is no room for the predictions.
    """
    assert trained.run
    values: dict[str, float] = {}
    rows: dict[str, int] = {}
    measured = frozenset(splits.train.targets)
    predictor = Predictor(trained, device=device)
    evaluator = predictor.evaluator(measured)
    parts = {"validation": ("val_", splits.validation), "test": ("test_", splits.test)}
    for part, (prefix, arrays) in parts.items():
        if arrays is not None:
            found = evaluator.evaluate(arrays)
            values |= found.logs(prefix)
            rows[part] = found.rows
    if splits.validation is not None:
        _keep_predictions(predictor, splits.validation)
    notes = value_notes(trained.graph, trained.preprocessing, measured, of_several=True)
    return HeldOut(values, rows, notes)


def _keep_predictions(predictor: Predictor, arrays: Arrays) -> None:
    """Write what a run says of its validation rows, unless that is very wide."""
    assert predictor.trained.run
    columns = predictor.predict(arrays)
    if sum(_width(column) for column in columns.values()) <= MOST_COLUMNS:
        numbers = np.arange(arrays.rows) if arrays.kept is None else arrays.kept
        write_predictions(predictor.trained.run / PART, {_unused(ROW, columns): numbers, **columns})


def read_predictions(run: Path) -> DataFrame | None:
    """What a run has kept of its validation rows; None where that is missing, or damaged."""
    import polars as pl

    try:
        return pl.read_parquet(run / PART)
    except (OSError, pl.exceptions.PolarsError):
        return None


def join_predictions(folder: Path, column: str, runs: Iterable[tuple[int, Path]]) -> Path | None:
    """Write one table of what each run says of its validation rows, in the order of the file.

    Args:
        folder: Where to.
        column: What the runs differ in: `fold` or `seed`.
        runs: Its value in each, and the run directory.

    Returns:
        Its path, `predictions.csv` or of a large table `predictions.parquet`; None where the
        predictions are none that stand in a table.
    """
    import polars as pl

    read = ((number, read_predictions(run)) for number, run in runs)
    frames = [(number, frame) for number, frame in read if frame is not None]
    if not frames:
        return None
    row, name = frames[0][1].columns[0], _unused(column, frames[0][1].columns)
    placed = [
        frame.insert_column(1, pl.lit(number, pl.Int64).alias(name)) for number, frame in frames
    ]
    joined = pl.concat(placed, how="diagonal_relaxed").sort(row, name)
    large = joined.height * joined.width > MOST_CELLS
    path = folder / ("predictions.parquet" if large else "predictions.csv")
    write = joined.write_parquet if large else joined.write_csv
    atomic_write.write_file(path, write, durable=False)
    return path


def _unused(name: str, taken: Iterable[str]) -> str:
    """A name that no column has."""
    taken = set(taken)
    while name in taken:
        name += "_"
    return name


def _width(column: Array | Labelled) -> int:
    values = column.values if isinstance(column, Labelled) else column
    return prod(values.shape[1:])
