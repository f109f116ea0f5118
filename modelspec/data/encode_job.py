"""Encoding one open file, or rows in memory, by fitted features."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from modelspec.data.arrays.arrays import Arrays
from modelspec.data.features.missing import complete_rows
from modelspec.data.features.resolve import check_columns
from modelspec.data.open_table import OpenedFile, kinds_of, read_columns
from modelspec.data.out_of_core.convert import Conversion, convert
from modelspec.data.table.cell_counts import CellCounts
from modelspec.data.table.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.data.features import Feature
    from modelspec.data.features.few import FewEncoded
    from modelspec.data.features.preprocessing import Preprocessing
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Kind, Source


@dataclass(frozen=True, slots=True)
class EncodeJob:
    """An open file, and the fields of the model that its columns fill.

    Attributes:
        minimums: The least sizes of the graph's symbols.
        findings_by_field: Get what is wrong with each field.
    """

    opened: OpenedFile
    fields: dict[str, ModelField]
    minimums: dict[str, int]
    findings_by_field: Mapping[str, Findings]

    def conversion(
        self,
        features: Mapping[str, Feature | None],
        others: Mapping[str, Kind] | None = None,
        *,
        gaps: bool = False,
        fitted: bool = False,
    ) -> Conversion:
        """The same for a file that does not fit into memory."""
        source, findings, limits = self.opened
        assert limits
        return Conversion(
            source=source,
            kinds=kinds_of(features, others),
            fields=self.fields,
            minimums=self.minimums,
            findings=findings,
            findings_by_field=self.findings_by_field,
            size=limits.chunk,
            bound=limits.bound,
            gaps=gaps,
            fitted=fitted,
        )


def encode(
    job: EncodeJob,
    preprocessing: Preprocessing,
    counts: CellCounts,
    *,
    gaps: bool,
    done: Mapping[str, FewEncoded] = MappingProxyType({}),
) -> Arrays | None:
    """Encode one file by fitted features. None after a finding.

    Args:
        job: What is encoded.
        preprocessing: Has the feature of each field.
        counts: Gets what became of the cells.
        gaps: Whether rows without a value are kept, and reported, where their feature says
            `missing: drop`; else they are left out.
        done: The fields that are encoded already.
    """
    source, _, limits = job.opened
    features = {name: preprocessing.features[name] for name in job.fields}
    complete = [
        check_columns(features[name].columns, field.text, source, job.findings_by_field[name])
        for name, field in job.fields.items()
    ]
    if not all(complete):
        return None
    if limits is not None:
        converted = convert(job.conversion(features, gaps=gaps), features)
        if converted is not None:
            counts.take(converted.counts)
        return converted and converted.arrays
    left = {name: feature for name, feature in features.items() if name not in done}
    table = read_columns(source, left) if left else _without_columns(job, done)
    if table is None:
        return None
    counts.take(counts_of(table, source))
    table = table if gaps else without_gaps(table, left, counts)
    encoded = preprocessing.encode(
        table, job.fields, job.minimums, job.findings_by_field, counts, used_up=True, done=done
    )
    if encoded is None:
        return None
    return Arrays.of_fields(encoded, job.fields, table.rows, table.kept)


def _without_columns(job: EncodeJob, done: Mapping[str, FewEncoded]) -> Table:
    """The rows of a table of which nothing is left to be encoded."""
    return Table(job.opened.findings.file, len(next(iter(done.values())).values), {})


def counts_of(table: Table, source: Source) -> CellCounts:
    """Counts of a file of which nothing is encoded yet."""
    notes = list(source.notes)
    return CellCounts(notes=notes, file=table.file, rows=table.rows, unit=table.unit)


def without_gaps(table: Table, features: Mapping[str, Feature | None], counts: CellCounts) -> Table:
    """The rows that no feature leaves out for a missing value; the others are counted."""
    rows = complete_rows(table, features, counts)
    return table if rows is None else table.keep(rows)
