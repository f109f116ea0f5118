"""Raw rows to arrays, by the fitted features of a run."""

from __future__ import annotations

import os
from collections.abc import Sized
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from modelspec.data.encode_job import EncodeJob, encode
from modelspec.data.features.resolve import plain_feature
from modelspec.data.open_table import OpenedFile, kinds_of, open_other_file
from modelspec.data.readers.in_memory import IN_MEMORY, RowsSource, open_rows
from modelspec.data.table.cell_counts import CellCounts
from modelspec.data.table.findings import Findings
from modelspec.data.table.model_fields import model_fields
from modelspec.diagnostics import Report

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from modelspec.data.arrays.arrays import Arrays
    from modelspec.data.features.few import FewEncoded, FewEncoder
    from modelspec.data.features.preprocessing import Preprocessing
    from modelspec.data.readers.in_memory import Rows
    from modelspec.data.table.model_fields import ModelField
    from modelspec.graph.graph import Graph
    from modelspec.language.data import DataSettings


class RowEncoder:
    """Makes arrays of raw rows; what does not depend on the rows is found out once.

    Safe to be called by several threads at once.

    Args:
        preprocessing: Of the run.
        graph: What the arrays are for.
        without: Inputs that nobody needs.
    """

    def __init__(
        self, preprocessing: Preprocessing, graph: Graph, without: Container[str] = ()
    ) -> None:
        self._style = preprocessing.style
        self._minimums = graph.minimums

        def plan(fields: dict[str, ModelField]) -> _Plan:
            wanted = {name: field for name, field in fields.items() if name not in without}
            return _Plan.of(preprocessing, wanted, graph.minimums)

        self._unweighted = plan(model_fields(graph, ()))
        self._weighted = plan(model_fields(graph, (), preprocessing.features))
        fields = self._unweighted.fields.items()
        self._inputs = plan({name: each for name, each in fields if each.role == "input"})

    def encode_file(
        self,
        settings: DataSettings | None,
        file: str | os.PathLike[str],
        report: Report,
        targets: bool,
        counts: CellCounts,
    ) -> Arrays | None:
        """As the function `encode_file`."""
        findings = Findings(report, os.fspath(file))
        opened = open_other_file(settings, findings, self._style)
        return opened and self._encode(opened, targets, counts)

    def encode_rows(
        self, rows: Rows, report: Report, targets: bool, counts: CellCounts
    ) -> Arrays | None:
        """As the function `encode_rows`."""
        findings = Findings(report, IN_MEMORY)
        source = open_rows(rows, findings, self._style)
        if not source.names and isinstance(rows, Sized) and not len(rows):
            findings.add("MS804", f"`{IN_MEMORY}` has no rows", help="give one row, or more")
            return None
        return self._encode(OpenedFile(source, findings, None), targets, counts)

    def _encode(self, opened: OpenedFile, targets: bool, counts: CellCounts) -> Arrays | None:
        findings = opened.findings
        if targets:
            return self._by(self._weighted, opened, findings, counts, gaps=False)
        if self._unweighted.others <= set(opened.source.names):
            counted = CellCounts()
            own, silent = (findings._replace(report=Report()) for _ in range(2))
            complete = self._by(self._unweighted, opened, silent, counted, gaps=True, inputs=own)
            if complete is not None:
                counts.take(counted)
                findings.report.extend(own.report)
                return complete
        return self._by(self._inputs, opened, findings, counts, gaps=True)

    def _by(
        self,
        plan: _Plan,
        opened: OpenedFile,
        findings: Findings,
        counts: CellCounts,
        *,
        gaps: bool,
        inputs: Findings | None = None,
    ) -> Arrays | None:
        by_field = dict.fromkeys(plan.fields, findings)
        if inputs is not None:
            by_field |= dict.fromkeys(self._inputs.fields, inputs)
        job = EncodeJob(opened, plan.fields, self._minimums, by_field)
        done = plan.done(opened) if gaps else {}
        return encode(job, plan.preprocessing, counts, gaps=gaps, done=done)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is made of rows.

    Attributes:
        preprocessing: Has the feature of each field.
        encoders: Of few rows, by the fields that have one.
        others: The columns of all fields but inputs.
    """

    fields: dict[str, ModelField]
    preprocessing: Preprocessing
    encoders: dict[str, FewEncoder]
    others: frozenset[str]

    @classmethod
    def of(
        cls, fitted: Preprocessing, fields: dict[str, ModelField], minimums: Mapping[str, int]
    ) -> _Plan:
        """That for some fields."""
        features = {
            name: fitted.features.get(name) or plain_feature(field)
            for name, field in fields.items()
        }
        kinds = kinds_of(features)
        encoders = {
            name: feature.few(fields[name], minimums)
            for name, feature in features.items()
            if all(kinds[column] == feature.kind for column in feature.columns)
        }
        others = (features[name].columns for name, field in fields.items() if field.role != "input")
        return cls(
            fields,
            replace(fitted, features=features),
            {name: encoder for name, encoder in encoders.items() if encoder is not None},
            frozenset(column for columns in others for column in columns),
        )

    def done(self, opened: OpenedFile) -> dict[str, FewEncoded]:
        """The fields that need no table; none where the rows are many, or those of a file."""
        source = opened.source
        few = source.few() if isinstance(source, RowsSource) else None
        if few is None:
            return {}
        found = {name: encoder.encode(few) for name, encoder in self.encoders.items()}
        sure = {name: each for name, each in found.items() if each is not None}
        if len(sure) == len(self.fields):
            return sure
        return {name: each for name, each in sure.items() if not each.of_text}


def encode_file(
    preprocessing: Preprocessing,
    settings: DataSettings | None,
    graph: Graph,
    file: str | os.PathLike[str],
    report: Report,
    targets: bool,
    without: Container[str] = (),
    counts: CellCounts | None = None,
) -> Arrays | None:
    """The arrays of another file, by a fitted preprocessing.

    Args:
        preprocessing: Of the run.
        settings: Say the format where the file's suffix does not.
        graph: What the arrays are for.
        file: A path, relative to the working directory. Findings stand in the file itself.
        report: Gets the findings.
        targets: Whether the targets are needed. Otherwise they come where the file has them
            all, sound.
        without: Inputs that nobody needs.
        counts: Gets what became of the file's cells.
    """
    counts = CellCounts() if counts is None else counts
    encoder = RowEncoder(preprocessing, graph, without)
    return encoder.encode_file(settings, file, report, targets, counts)


def encode_rows(
    preprocessing: Preprocessing,
    graph: Graph,
    rows: Rows,
    report: Report,
    targets: bool,
    without: Container[str] = (),
    counts: CellCounts | None = None,
) -> Arrays | None:
    """The arrays of rows in memory, by a fitted preprocessing, as those of a file of them.

    Args:
        preprocessing: Of the run.
        graph: What the arrays are for.
        rows: A data frame, a list of dicts, a dict of columns or arrays, or of one row's values.
        report: Gets the findings.
        targets: Whether the targets are needed. Otherwise they come where all are there, sound.
        without: Inputs that nobody needs.
        counts: Gets what became of the cells.

    Raises:
        TypeError: The rows are none of these.
        ValueError: The columns differ in rows, or one mixes what is of no one type.
    """
    counts = CellCounts() if counts is None else counts
    encoder = RowEncoder(preprocessing, graph, without)
    return encoder.encode_rows(rows, report, targets, counts)
