"""The worst rows of each output, with what their file says of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data import raw_rows
from modelspec.diagnostics import Report
from modelspec.report.contents import Worst, WorstRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelspec.data.table.table import Column, RowIndices, Table
    from modelspec.runner.inference.trained_model import TrainedModel
    from modelspec.runner.reporting.worst_rows import FarRow, FarRows

MOST_COLUMNS = 8
MOST_BYTES = 200_000_000
"""A larger file is not read again."""


def with_cells(
    trained: TrainedModel,
    part: str,
    kept: RowIndices | None,
    found: Mapping[str, FarRows],
    first: Sequence[str] = (),
) -> dict[str, Worst]:
    """The worst rows of each output with the cells of their columns.

    Args:
        trained: The model.
        part: Which part of its data they are of.
        kept: The rows of the file that the part has; None where it has all.
        found: By output.
        first: The columns that matter most, which are shown first.
    """
    numbers = np.unique([row.row for each in found.values() for row in each.rows]).astype(np.int64)
    in_file = numbers if kept is None else kept[numbers]
    table, note = _table(trained, part, in_file) if len(numbers) else (None, "")
    known = _columns(trained, first)
    shown = known[:MOST_COLUMNS] if table else []
    left = len(known) - len(shown) if table else 0

    def row(each: FarRow) -> WorstRow:
        if table is None:
            return WorstRow(f"{part} row {each.row + 1:,}", each.true, each.predicted, each.off)
        place = int(np.searchsorted(numbers, each.row))
        cells = tuple(cell(table.columns[name], place) for name in shown)
        where = f"{table.unit} {table.number(place)}"
        return WorstRow(where, each.true, each.predicted, each.off, cells)

    return {
        name: Worst(each.measure, [row(far) for far in each.rows], shown, left, note)
        for name, each in found.items()
    }


def _table(trained: TrainedModel, part: str, rows: RowIndices) -> tuple[Table | None, str]:
    """The rows as their file has them, or why they are not read."""
    settings = trained.spec.data
    if settings is None:
        return None, ""
    file = settings.files.get(part) or settings.files["train"]
    path = os.path.join(trained.folder, file.path)
    if os.path.isfile(path) and os.path.getsize(path) > MOST_BYTES:
        return None, "the file is too large to be read again for what its columns hold"
    report = Report()
    table = raw_rows(
        settings, trained.preprocessing, trained.graph, trained.folder, part, rows, report
    )
    if table is None or report.failed:
        return None, "the file can no longer be read for what its columns hold"
    return table, f"of {os.path.basename(table.file)}"


def _columns(trained: TrainedModel, first: Sequence[str]) -> list[str]:
    """The columns of the inputs, the most important first."""
    features = trained.preprocessing.features
    known = dict.fromkeys(
        column
        for name in trained.graph.inputs
        if name in features
        for column in features[name].columns
    )
    return [*(name for name in first if name in known), *(n for n in known if n not in first)]


def cell(column: Column, row: int) -> str:
    """What a column holds at a row, as text."""
    value = column[row]
    if isinstance(value, np.ndarray) and value.ndim:
        return f"array {list(value.shape)}"
    if value is None:
        return ""
    return f"{value:.7g}" if isinstance(value, float | np.floating) else str(value)
