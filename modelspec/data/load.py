"""From the files of a `data:` section to arrays."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelspec.data.arrays.arrays import Arrays
from modelspec.data.encode_job import EncodeJob, counts_of, encode, without_gaps
from modelspec.data.features.fit import WholeTable, fit_features
from modelspec.data.features.preprocessing import Preprocessing
from modelspec.data.features.resolve import check_columns, plain_feature, resolve_feature
from modelspec.data.open_table import open_file, read_columns
from modelspec.data.out_of_core.convert import Converted, convert
from modelspec.data.splits import Splits
from modelspec.data.splitting.split import split_column, split_rows
from modelspec.data.table.cell_counts import CellCounts
from modelspec.data.table.findings import Findings
from modelspec.data.table.model_fields import model_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.data.features import Feature
    from modelspec.data.splitting.split import SplitIndices
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.number_style import NumberStyle
    from modelspec.data.table.table import Table
    from modelspec.diagnostics import Report
    from modelspec.graph.graph import Graph
    from modelspec.language.data import DataSettings


def load(
    settings: DataSettings,
    graph: Graph,
    base_dir: str | os.PathLike[str],
    report: Report,
    fitted: Preprocessing | None = None,
) -> Splits | None:
    """The arrays of a spec's data, and the preprocessing fitted on the training rows.

    Args:
        settings: The `data:` section.
        graph: What the arrays are for; its inputs and outputs say their shapes.
        base_dir: The folder that the paths in `settings` are relative to.
        report: Gets the findings.
        fitted: A preprocessing that takes the place of one that is fitted here.

    Returns:
        None if there was a finding.
    """
    files = {
        part: Findings(report, os.path.join(base_dir, file.path), file.place)
        for part, file in settings.files.items()
    }
    fields = model_fields(graph, settings.features, settings.sample_weight)

    def open_job(part: str, style: NumberStyle | None = None) -> EncodeJob | None:
        opened = open_file(settings.files[part].format, files[part], settings.memory, style)
        if opened is None:
            return None
        by_field = _findings_by_field(fields, settings, files[part])
        return EncodeJob(opened, fields, graph.minimums, by_field)

    train_job = open_job("train", fitted.style if fitted else None)
    done = _fit(train_job, settings, os.fspath(base_dir), fitted) if train_job else None
    if train_job is None or done is None:
        return None
    preprocessing, everything, parts, counted = done
    counts = {"train": counted}
    if fitted is None:
        preprocessing.report_remarks(train_job.findings_by_field)
    train = everything
    held_out: dict[str, Arrays | None] = {"validation": None, "test": None}
    if parts.train is not None:
        dealt, *others = everything.dealt(parts)
        assert dealt
        train, held_out = dealt, dict(zip(held_out, others, strict=True))
    own_files = [part for part in held_out if part in files]
    for part in own_files:
        job = open_job(part, preprocessing.style)
        counts[part] = CellCounts()
        held_out[part] = encode(job, preprocessing, counts[part], gaps=False) if job else None
    if any(held_out[part] is None for part in own_files):
        return None
    out_of_core = train_job.opened.budget is not None
    return Splits(
        train, held_out["validation"], held_out["test"], preprocessing, counts, out_of_core
    )


def plain(graph: Graph) -> Preprocessing:
    """For a spec without a `data:` section: columns or arrays named as the inputs.

    Nothing is known of the outputs, whose values stay as they are.
    """
    fields = model_fields(graph, ()).items()
    return Preprocessing({n: plain_feature(field) for n, field in fields if field.role == "input"})


def _fit(
    job: EncodeJob, settings: DataSettings, folder: str, fitted: Preprocessing | None
) -> Converted | None:
    """Fit all features on the training rows, unless they are, and encode the whole training file.

    None after a finding.
    """
    source, findings, limits = job.opened
    features = _fitted(job, fitted) if fitted else _declared(job, settings, folder)
    split_findings = findings.at(settings.place.at("split"))
    by = settings.split.by
    if by and not check_columns((by,), "`data.split`", source, split_findings):
        return None
    by_column = split_column(settings.split, source)
    if limits is not None:
        conversion = job.conversion(features, by_column, fitted=fitted is not None)
        if not conversion.kinds:  # nothing is to be read, of all that was refused
            return None
        return convert(conversion, features, settings.split, split_findings)
    table = read_columns(source, features, by_column)
    if table is None:
        return None
    counts = counts_of(table, source)
    table = without_gaps(table, features, counts)
    if not table.rows:
        findings.add("MS804", f"no row of `{findings.file}` has all values that are not to miss")
        return None
    splits = split_rows(table, settings.split, split_findings)
    rows = splits.train if splits else None
    known = {name: feature for name, feature in features.items() if feature is not None}
    if fitted is None:
        known = fit_features(
            features, job.fields, WholeTable(table), rows, job.minimums, job.findings_by_field
        )
    return _encode_table(job, table, known, splits, counts)


def _declared(job: EncodeJob, settings: DataSettings, folder: str) -> dict[str, Feature | None]:
    """The features that the spec asks for, not fitted yet; None for each that is not sound."""
    return {
        name: resolve_feature(
            field,
            settings.feature(name),
            job.opened.source,
            job.findings_by_field[name],
            folder,
        )
        for name, field in job.fields.items()
    }


def _fitted(job: EncodeJob, fitted: Preprocessing) -> dict[str, Feature | None]:
    """The features that are fitted already; None for each whose columns the file lacks."""
    found: dict[str, Feature | None] = {}
    for name, field in job.fields.items():
        feature, findings = fitted.features[name], job.findings_by_field[name]
        there = check_columns(feature.columns, field.text, job.opened.source, findings)
        found[name] = feature if there else None
    return found


def _encode_table(
    job: EncodeJob,
    table: Table,
    fitted: Mapping[str, Feature],
    splits: SplitIndices | None,
    counts: CellCounts,
) -> Converted | None:
    """Encode a table in memory. Findings are gathered also where the split failed."""
    preprocessing = Preprocessing(dict(fitted), job.opened.source.style)
    sound = {name: field for name, field in job.fields.items() if name in fitted}
    encoded = preprocessing.encode(
        table, sound, job.minimums, job.findings_by_field, counts, used_up=True
    )
    if splits is None or encoded is None or len(encoded) < len(job.fields):
        return None
    arrays = Arrays.of_fields(encoded, job.fields, table.rows, table.kept)
    return Converted(preprocessing, arrays, splits, counts)


def _findings_by_field(
    fields: dict[str, ModelField], settings: DataSettings, findings: Findings
) -> dict[str, Findings]:
    """Findings about a feature stand where the spec writes it, else where it names the file."""
    places = {name: settings.place.at("features", name) for name in settings.features}
    places |= dict.fromkeys(settings.sample_weight, settings.place.at("sample_weight"))
    return {name: findings.at(places[name]) if name in places else findings for name in fields}
