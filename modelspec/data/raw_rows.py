"""Rows as their file has them, beside the arrays that were made of them."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.features.feature import UnfitError
from modelspec.data.load import _kinds, _open, _open_other, _read, _without_gaps
from modelspec.data.out_of_core.column_store import joined
from modelspec.data.splitting.split import SplitIndices, split_column, split_rows
from modelspec.data.table.cell_counts import CellCounts
from modelspec.data.table.findings import Findings
from modelspec.data.table.model_fields import model_fields
from modelspec.data.table.table import Table
from modelspec.diagnostics import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features import Feature
    from modelspec.data.features.preprocessing import Preprocessing
    from modelspec.data.load import _Opened
    from modelspec.data.table.table import Kind, RowIndices
    from modelspec.graph.graph import Graph
    from modelspec.language.data import DataSettings


def raw_rows(
    settings: DataSettings,
    preprocessing: Preprocessing,
    base_dir: str | os.PathLike[str],
    part: str,
    rows: RowIndices,
    report: Report,
) -> Table | None:
    """Some rows of one part of the data as its file has them. None after a finding.

    Args:
        settings: The `data:` section.
        preprocessing: Says which columns; those of all its features.
        base_dir: The folder that the paths in `settings` are relative to.
        part: `train`, `validation` or `test`, as `load` splits them.
        rows: Which rows of the part.
        report: Gets the findings.
    """
    own = part in settings.files
    file = settings.files[part if own else "train"]
    findings = Findings(report, os.path.join(base_dir, file.path), file.place)
    opened = _open(file.format, findings, settings.memory)
    if opened is None:
        return None
    split = None if own and part != "train" else settings.split
    by_column = split_column(split, opened.source) if split else {}

    def of_file(table: Table) -> RowIndices | None:
        parts = split_rows(table, split, findings) if split else SplitIndices(None, None, None)
        chosen = getattr(parts, part) if parts else None
        if chosen is None:
            return rows if parts else None
        return np.asarray(chosen[rows])

    return _pick(opened, preprocessing.features, by_column, of_file)


def raw_file_rows(
    settings: DataSettings | None,
    features: Mapping[str, Feature],
    file: str | os.PathLike[str],
    rows: RowIndices,
    report: Report,
) -> Table | None:
    """Some rows of another file as it has them. None after a finding.

    Args:
        settings: Say the format where the file's suffix does not.
        features: Say which columns, and which rows are left out.
        file: A path, relative to the working directory.
        rows: Which of the rows that `encode_file` makes arrays of.
        report: Gets the findings.
    """
    opened = _open_other(settings, Findings(report, os.fspath(file)))
    return opened and _pick(opened, features, {}, lambda _: rows)


def _pick(
    opened: _Opened,
    features: Mapping[str, Feature],
    others: Mapping[str, Kind],
    choose: Callable[[Table], RowIndices | None],
) -> Table | None:
    """Some rows of a file, of those that no feature leaves out; bounded memory for large files.

    Args:
        opened: The file.
        features: Their columns are wanted.
        others: Columns that `choose` looks at.
        choose: Which rows, given all of them with the `others`. None after a finding.
    """
    source, findings, limits = opened
    if limits is None:
        table = _read(source, features, others)
        if table is None:
            return None
        table = _without_gaps(table, features)
        rows = choose(table)
        return None if rows is None else table.keep(rows)
    kinds = _kinds(features, others)
    try:
        parts = []
        for chunk in source.chunks(kinds, limits.chunk):
            table = _without_gaps(chunk, features)
            columns = {name: table.columns[name] for name in others}
            parts.append(replace(table, columns=columns))
        rows = choose(joined(parts))
        if rows is None:
            return None
        order, taken, start = np.sort(rows), [], 0
        for chunk in source.chunks(kinds, limits.chunk):
            table = _without_gaps(chunk, features)
            here = order[(order >= start) & (order < start + table.rows)] - start
            if len(here):
                taken.append(table.keep(here))
            start += table.rows
    except UnfitError:
        return None
    table = joined(taken) if taken else Table(findings.file, 0, {})
    return table.keep(np.argsort(np.argsort(rows, kind="stable"), kind="stable"))


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
