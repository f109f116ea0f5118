"""Opening a data file, and reading the columns that features are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelspec.data.out_of_core.memory_budget import Budget, budget
from modelspec.data.readers import open_prepared, prepare
from modelspec.language.data_format import FileFormat
from modelspec.source.data_suffixes import SUFFIX_LIST, format_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.data.features import Feature
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.number_style import NumberStyle
    from modelspec.data.table.table import Kind, Source, Table
    from modelspec.language.data import DataSettings


class OpenedFile(NamedTuple):
    """An open file; with a budget, where it does not fit into memory."""

    source: Source
    findings: Findings
    budget: Budget | None


def open_file(
    format: FileFormat, findings: Findings, memory: int | None, style: NumberStyle | None = None
) -> OpenedFile | None:
    """None after a finding.

    Args:
        format: What the file is.
        findings: Names it.
        memory: How many bytes the data may take; None for what there is.
        style: How the file that was trained on writes its numbers.
    """
    prepared = prepare(format, findings, style)
    if prepared is None:
        return None
    limits = budget(prepared.type, prepared.path, memory)
    source = open_prepared(prepared, findings, limits and limits.chunk)
    return None if source is None else OpenedFile(source, findings, limits)


def open_other_file(
    settings: DataSettings | None, findings: Findings, style: NumberStyle | None
) -> OpenedFile | None:
    """Open a file that the spec does not name. None after a finding.

    Args:
        settings: Say the format where the file's suffix does not.
        findings: Names it.
        style: How the file that was trained on writes its numbers.
    """
    path = findings.file
    format = _format_of(path, settings)
    if format is None:
        help = f"give it the suffix {SUFFIX_LIST}"
        findings.add(
            "MS801", f"the suffix of `{path}` does not say what kind of file it is", help=help
        )
        return None
    return open_file(format, findings, settings.memory if settings else None, style)


def read_columns(
    source: Source, features: Mapping[str, Feature | None], others: Mapping[str, Kind] | None = None
) -> Table | None:
    """The columns of these features, and others."""
    kinds = kinds_of(features, others)
    return source.read(kinds) if kinds else None


def kinds_of(
    features: Mapping[str, Feature | None], others: Mapping[str, Kind] | None = None
) -> dict[str, Kind]:
    """As what the columns of these features are read, and others."""
    kinds: dict[str, Kind] = dict(others or {})
    for feature in filter(None, features.values()):
        for column in feature.columns:
            kinds[column] = _wider(kinds.get(column), feature.kind)
    return kinds


def _wider(known: Kind | None, kind: Kind) -> Kind:
    """As what a column is read that two features want: text says all that a number does."""
    return "text" if "text" in (known, kind) else kind


def _format_of(path: str, settings: DataSettings | None) -> FileFormat | None:
    """What a file is: by its suffix, or as the training file; written as that, if of its type."""
    type = format_of(path)
    trained = settings.files["train"].format if settings else None
    if trained and type in (None, trained.type):
        return trained
    return FileFormat(type=type) if type else None
