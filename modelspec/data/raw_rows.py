"""Rows as their file has them, beside the arrays that were made of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.features.feature import UnfitError
from modelspec.data.open_table import OpenedFile, kinds_of, open_file, open_other_file
from modelspec.data.out_of_core.column_store import joined
from modelspec.data.table.cell_counts import CellCounts
from modelspec.data.table.findings import Findings
from modelspec.data.table.model_fields import model_fields
from modelspec.diagnostics import Report

if TYPE_CHECKING:
    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features.preprocessing import Preprocessing
    from modelspec.data.table.table import Kind, RowIndices, Table
    from modelspec.graph.graph import Graph
    from modelspec.language.data import DataSettings


def raw_rows(
    settings: DataSettings,
    preprocessing: Preprocessing,
    graph: Graph,
    base_dir: str | os.PathLike[str],
    part: str,
    rows: RowIndices,
    report: Report,
) -> Table | None:
    """Some rows of one part of the data as its file has them. None after a finding.

    Args:
        settings: The `data:` section.
        preprocessing: Says which columns.
        graph: The columns of its inputs are wanted.
        base_dir: The folder that the paths in `settings` are relative to.
        part: `train`, `validation` or `test`.
        rows: Which rows of the part's file, from 0, as `Arrays.kept` counts them.
        report: Gets the findings.
    """
    own = part if part in settings.files else "train"
    file = settings.files[own]
    findings = Findings(report, os.path.join(base_dir, file.path), file.place)
    style = None if own == "train" else preprocessing.style
    opened = open_file(file.format, findings, settings.memory, style)
    return opened and _pick(opened, _kinds(preprocessing, graph), rows)


def raw_file_rows(
    settings: DataSettings | None,
    preprocessing: Preprocessing,
    graph: Graph,
    file: str | os.PathLike[str],
    rows: RowIndices,
    report: Report,
) -> Table | None:
    """Some rows of another file as it has them. None after a finding.

    Args:
        settings: Say the format where the file's suffix does not.
        preprocessing: Says which columns.
        graph: The columns of its inputs are wanted.
        file: A path, relative to the working directory.
        rows: Which rows of the file, from 0, as `Arrays.kept` counts them.
        report: Gets the findings.
    """
    findings = Findings(report, os.fspath(file))
    opened = open_other_file(settings, findings, preprocessing.style)
    return opened and _pick(opened, _kinds(preprocessing, graph), rows)


def _kinds(preprocessing: Preprocessing, graph: Graph) -> dict[str, Kind]:
    features = preprocessing.features
    return kinds_of({name: features[name] for name in graph.inputs if name in features})


def _pick(opened: OpenedFile, kinds: dict[str, Kind], rows: RowIndices) -> Table | None:
    """Some rows of a file, in their order; one that is too large is gone through in chunks."""
    source, _, limits = opened
    if limits is None:
        table = source.read(kinds)
        return table and table.keep(rows)
    order = np.sort(rows)
    taken: list[Table] = []
    start = 0
    try:
        for chunk in source.chunks(kinds, limits.chunk):
            here = order[(order >= start) & (order < start + chunk.rows)] - start
            if len(here) or not taken:
                taken.append(chunk.keep(here))
            start += chunk.rows
    except UnfitError:
        return None
    return joined(taken).keep(np.argsort(np.argsort(rows, kind="stable"), kind="stable"))


def encode_input(preprocessing: Preprocessing, graph: Graph, table: Table, name: str) -> Values:
    """The values of one input, of rows as their file has them.

    Raises:
        SpecError: They are of no use.
    """
    report = Report()
    fields = {name: model_fields(graph, ())[name]}
    findings = {name: Findings(report, table.file)}
    encoded = preprocessing.encode(table, fields, graph.minimums, findings, CellCounts())
    report.raise_if_failed()
    assert encoded
    return encoded[name]
