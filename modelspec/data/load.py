"""From the files of a `data:` section to arrays."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from modelspec.data.arrays.arrays import Arrays
from modelspec.data.features.fit import WholeTable, fit_features
from modelspec.data.features.missing import complete_rows
from modelspec.data.features.preprocessing import Preprocessing
from modelspec.data.features.resolve import check_columns, plain_feature, resolve_feature
from modelspec.data.out_of_core.convert import Conversion, Converted, convert
from modelspec.data.out_of_core.memory_budget import Budget, budget
from modelspec.data.readers import open_source
from modelspec.data.splits import Splits
from modelspec.data.splitting.split import split_column, split_rows
from modelspec.data.table.findings import Findings
from modelspec.data.table.model_fields import ModelField, model_fields
from modelspec.data.table.table import Table
from modelspec.diagnostics import Report
from modelspec.language.data import format_of

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from modelspec.data.features import Feature
    from modelspec.data.table.table import Kind, Source
    from modelspec.graph.graph import Graph
    from modelspec.language.data import DataSettings, Format


def load(
    settings: DataSettings, graph: Graph, base_dir: str | os.PathLike[str], report: Report
) -> Splits | None:
    """The arrays of a spec's data, and the preprocessing fitted on the training rows.

    Args:
        settings: The `data:` section.
        graph: What the arrays are for; its inputs and outputs say their shapes.
        base_dir: The folder that the paths in `settings` are relative to.
        report: Gets the findings.

    Returns:
        None if there was a finding.
    """
    files = {
        part: Findings(report, os.path.join(base_dir, file.path), file.place)
        for part, file in settings.files.items()
    }
    fields = model_fields(graph, settings.features, settings.sample_weight)
    fitted = _fit(settings, fields, graph, files["train"], os.fspath(base_dir))
    if fitted is None:
        return None
    preprocessing, everything, parts, missing = fitted
    held_out: dict[str, Arrays | None] = {
        part: None if rows is None else everything.take(rows)
        for part, rows in (("validation", parts.validation), ("test", parts.test))
    }
    own_files = [part for part in held_out if part in files]
    for part in own_files:
        opened = _open(settings.files[part].format, files[part], settings.memory)
        if opened:
            findings_by_field = _findings_by_field(fields, settings, files[part])
            held_out[part] = _encode(
                preprocessing, opened, fields, graph, findings_by_field, gaps=False
            )
    if any(held_out[part] is None for part in own_files):
        return None
    train = everything if parts.train is None else everything.take(parts.train)
    return Splits(train, held_out["validation"], held_out["test"], preprocessing, missing)


def encode_file(
    preprocessing: Preprocessing,
    settings: DataSettings | None,
    graph: Graph,
    file: str | os.PathLike[str],
    report: Report,
    targets: bool,
    without: Container[str] = (),
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
    """
    path = os.fspath(file)
    findings = Findings(report, path)
    format = format_of(path) or (settings.files["train"].format if settings else None)
    if format is None:
        help = "give it the suffix `.npz`, `.csv`, `.tsv`, `.parquet` or `.jsonl`"
        findings.add(
            "MS801", f"the suffix of `{path}` does not say what kind of file it is", help=help
        )
        return None
    opened = _open(format, findings, settings.memory if settings else None)
    if opened is None:
        return None
    weighted = preprocessing.features if targets else ()
    found = model_fields(graph, (), weighted).items()
    fields = {name: field for name, field in found if name not in without}
    kept = {
        name: preprocessing.features.get(name) or plain_feature(field)
        for name, field in fields.items()
    }
    preprocessing = Preprocessing(kept)
    inputs = {name: field for name, field in fields.items() if field.role == "input"}
    if not targets:
        complete = _encode(
            preprocessing,
            opened,
            fields,
            graph,
            _same_findings(fields, findings, Report()),
            gaps=True,
        )
        if complete is not None:
            return complete
        fields = inputs
    findings_by_field = _same_findings(fields, findings, report)
    return _encode(preprocessing, opened, fields, graph, findings_by_field, gaps=not targets)


def raw_table(
    settings: DataSettings,
    preprocessing: Preprocessing,
    base_dir: str | os.PathLike[str],
    report: Report,
) -> Table | None:
    """The columns of the training file that features are made of. None after a finding.

    Of a file that does not fit into memory, no columns.
    """
    file = settings.files["train"]
    findings = Findings(report, os.path.join(base_dir, file.path))
    if budget(file.format, findings.file, settings.memory):
        return Table(findings.file, 0, {})
    source = open_source(file.format, findings)
    return None if source is None else _read(source, preprocessing.features)


def plain(graph: Graph) -> Preprocessing:
    """For a spec without a `data:` section: columns or arrays named as the inputs.

    Nothing is known of the outputs, whose values stay as they are.
    """
    fields = model_fields(graph, ()).items()
    return Preprocessing({n: plain_feature(field) for n, field in fields if field.role == "input"})


def _fit(
    settings: DataSettings,
    fields: dict[str, ModelField],
    graph: Graph,
    findings: Findings,
    folder: str,
) -> Converted | None:
    """Fit all features on the training rows, and encode the whole training file."""
    opened = _open(settings.files["train"].format, findings, settings.memory)
    if opened is None:
        return None
    source = opened.source
    findings_by_field = _findings_by_field(fields, settings, findings)
    declared = {
        name: resolve_feature(
            field, settings.feature(name), source, findings_by_field[name], folder
        )
        for name, field in fields.items()
    }
    split_findings = findings.at(settings.place.at("split"))
    by = settings.split.by
    if by and not check_columns((by,), "`data.split`", source, split_findings):
        return None
    by_column = split_column(settings.split, source)
    if opened.budget is not None:
        job = _conversion(opened, declared, fields, graph, findings_by_field, by_column)
        return convert(job, declared, settings.split, split_findings)
    table = _read(source, declared, by_column)
    if table is None:
        return None
    table = _without_gaps(table, declared)
    if not table.rows:
        findings.add("MS804", f"no row of `{findings.file}` has all values that are not to miss")
        return None
    parts = split_rows(table, settings.split, split_findings)
    rows = parts.train if parts else None
    features = fit_features(
        declared, fields, WholeTable(table), rows, graph.minimums, findings_by_field
    )
    preprocessing = Preprocessing(features)
    sound = {name: field for name, field in fields.items() if name in features}
    encoded = preprocessing.encode(table, sound, graph.minimums, findings_by_field)
    if parts is None or encoded is None or len(encoded) < len(fields):
        return None
    return Converted(preprocessing, Arrays.of_fields(encoded, fields, table.rows), parts, None)


def _encode(
    preprocessing: Preprocessing,
    opened: _Opened,
    fields: dict[str, ModelField],
    graph: Graph,
    findings_by_field: Mapping[str, Findings],
    *,
    gaps: bool,
) -> Arrays | None:
    """Encode one file by fitted features. None after a finding.

    Where rows with `gaps` are to be kept, a feature that would leave them out complains of them.
    """
    complete = [
        check_columns(
            preprocessing.features[name].columns, field.text, opened.source, findings_by_field[name]
        )
        for name, field in fields.items()
    ]
    if not all(complete):
        return None
    features = {name: preprocessing.features[name] for name in fields}
    if opened.budget is not None:
        job = _conversion(opened, features, fields, graph, findings_by_field, gaps=gaps)
        converted = convert(job, features)
        return converted and converted.arrays
    table = _read(opened.source, features)
    if table is None:
        return None
    table = table if gaps else _without_gaps(table, features)
    encoded = preprocessing.encode(table, fields, graph.minimums, findings_by_field)
    return None if encoded is None else Arrays.of_fields(encoded, fields, table.rows)


class _Opened(NamedTuple):
    """An open file; with a budget, where it does not fit into memory."""

    source: Source
    findings: Findings
    budget: Budget | None


def _open(format: Format, findings: Findings, memory: int | None) -> _Opened | None:
    """None after a finding."""
    found = budget(format, findings.file, memory)
    source = open_source(format, findings, found and found.chunk)
    return None if source is None else _Opened(source, findings, found)


def _conversion(
    opened: _Opened,
    features: Mapping[str, Feature | None],
    fields: dict[str, ModelField],
    graph: Graph,
    findings_by_field: Mapping[str, Findings],
    others: Mapping[str, Kind] | None = None,
    *,
    gaps: bool = False,
) -> Conversion:
    assert opened.budget
    bound, chunk = opened.budget
    kinds, source = _kinds(features, others), opened.source
    blame = opened.findings
    return Conversion(
        source, kinds, fields, graph.minimums, blame, findings_by_field, chunk, bound, gaps
    )


def _read(
    source: Source, features: Mapping[str, Feature | None], others: Mapping[str, Kind] | None = None
) -> Table | None:
    """The columns of these features, and others."""
    kinds = _kinds(features, others)
    return source.read(kinds) if kinds else None


def _kinds(
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


def _without_gaps(table: Table, features: Mapping[str, Feature | None]) -> Table:
    """The rows that no feature leaves out for a missing value."""
    rows = complete_rows(table, filter(None, features.values()))
    return table if rows is None else table.keep(rows)


def _findings_by_field(
    fields: dict[str, ModelField], settings: DataSettings, findings: Findings
) -> dict[str, Findings]:
    """Findings about a feature stand where the spec writes it, else where it names the file."""
    places = {name: settings.place.at("features", name) for name in settings.features}
    places |= dict.fromkeys(settings.sample_weight, settings.place.at("sample_weight"))
    return {name: findings.at(places[name]) if name in places else findings for name in fields}


def _same_findings(
    fields: dict[str, ModelField], findings: Findings, report: Report
) -> dict[str, Findings]:
    return dict.fromkeys(fields, findings._replace(report=report))
