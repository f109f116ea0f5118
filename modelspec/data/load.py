"""From the files of a `data:` section to arrays."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelspec.data.arrays import Arrays, Splits
from modelspec.data.declare import check_columns, declared_feature, plain_feature
from modelspec.data.features import Feature, Filling
from modelspec.data.features.missing import complete_rows, filled, with_mean
from modelspec.data.findings import Findings
from modelspec.data.fitting import Sizes
from modelspec.data.preprocessing import Preprocessing
from modelspec.data.readers import open_source
from modelspec.data.slots import Slot, slots_of
from modelspec.data.split import Parts, deal, wanted_column
from modelspec.diagnostics import Report
from modelspec.spec.data import format_of

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from modelspec.data.arrays import Values
    from modelspec.data.table import Kind, Source, Table
    from modelspec.graph.graph import Graph
    from modelspec.spec.data import DataSettings


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
    slots = slots_of(graph, settings.features, settings.sample_weight)
    fitted = _fit(settings, slots, graph, files["train"], os.fspath(base_dir))
    if fitted is None:
        return None
    preprocessing, everything, parts = fitted
    held_out: dict[str, Arrays | None] = {
        part: None if rows is None else everything.take(rows)
        for part, rows in (("validation", parts.validation), ("test", parts.test))
    }
    own_files = [part for part in held_out if part in files]
    for part in own_files:
        if source := open_source(settings.files[part].format, files[part]):
            blamed = _blamed(slots, settings, files[part])
            held_out[part] = _encode(preprocessing, source, slots, graph, blamed, gaps=False)
    if any(held_out[part] is None for part in own_files):
        return None
    train = everything if parts.train is None else everything.take(parts.train)
    return Splits(train, held_out["validation"], held_out["test"], preprocessing)


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
    source = open_source(format, findings)
    if source is None:
        return None
    weighted = preprocessing.features if targets else ()
    found = slots_of(graph, (), weighted).items()
    slots = {name: slot for name, slot in found if name not in without}
    kept = {
        name: preprocessing.features.get(name) or plain_feature(slot)
        for name, slot in slots.items()
    }
    preprocessing = Preprocessing(kept)
    inputs = {name: slot for name, slot in slots.items() if slot.role == "input"}
    if not targets:
        complete = _encode(
            preprocessing, source, slots, graph, _unblamed(slots, findings, Report()), gaps=True
        )
        if complete is not None:
            return complete
        slots = inputs
    blamed = _unblamed(slots, findings, report)
    return _encode(preprocessing, source, slots, graph, blamed, gaps=not targets)


def raw_table(
    settings: DataSettings,
    preprocessing: Preprocessing,
    base_dir: str | os.PathLike[str],
    report: Report,
) -> Table | None:
    """The columns of the training file that features are made of. None after a finding."""
    file = settings.files["train"]
    source = open_source(file.format, Findings(report, os.path.join(base_dir, file.path)))
    return None if source is None else _read(source, preprocessing.features)


def plain(graph: Graph) -> Preprocessing:
    """For a spec without a `data:` section: columns or arrays named as the inputs.

    Nothing is known of the outputs, whose values stay as they are.
    """
    slots = slots_of(graph, ()).items()
    return Preprocessing({n: plain_feature(slot) for n, slot in slots if slot.role == "input"})


def _fit(
    settings: DataSettings,
    slots: dict[str, Slot],
    graph: Graph,
    findings: Findings,
    folder: str,
) -> tuple[Preprocessing, Arrays, Parts] | None:
    """Fit all features on the training rows, and encode the whole training file."""
    file = settings.files["train"]
    source = open_source(file.format, findings)
    if source is None:
        return None
    blamed = _blamed(slots, settings, findings)
    declared = {
        name: declared_feature(slot, settings.feature(name), source, blamed[name], folder)
        for name, slot in slots.items()
    }
    blame_split = findings.at(settings.place.at("split"))
    by = settings.split.by
    if by and not check_columns((by,), "`data.split`", source, blame_split):
        return None
    table = _read(source, declared, wanted_column(settings.split, source))
    if table is None:
        return None
    table = _without_gaps(table, declared)
    if not table.rows:
        findings.add("MS804", f"no row of `{findings.file}` has all values that are not to miss")
        return None
    parts = deal(table, settings.split, blame_split)
    rows = parts.train if parts else None
    sizes = Sizes(graph.minimums)
    features: dict[str, Feature] = {}
    for name, feature in declared.items():
        if feature is None:
            continue
        filling = Filling(slots[name], table, sizes, blamed[name])
        feature = with_mean(feature, filling, rows)
        fitted = feature and feature.fit(filled(feature, filling), rows)
        if fitted:
            features[name] = fitted
    preprocessing = Preprocessing(features)
    sound = {name: slot for name, slot in slots.items() if name in features}
    encoded = preprocessing.encode(table, sound, graph.minimums, blamed)
    if parts is None or encoded is None or len(encoded) < len(slots):
        return None
    return preprocessing, _arrays(encoded, slots, table.rows), parts


def _encode(
    preprocessing: Preprocessing,
    source: Source,
    slots: dict[str, Slot],
    graph: Graph,
    blamed: Mapping[str, Findings],
    *,
    gaps: bool,
) -> Arrays | None:
    """Encode one file by fitted features. None after a finding.

    Where rows with `gaps` are to be kept, a feature that would leave them out complains of them.
    """
    complete = [
        check_columns(preprocessing.features[name].columns, slot.text, source, blamed[name])
        for name, slot in slots.items()
    ]
    if not all(complete):
        return None
    features = {name: preprocessing.features[name] for name in slots}
    table = _read(source, features)
    if table is None:
        return None
    table = table if gaps else _without_gaps(table, features)
    encoded = preprocessing.encode(table, slots, graph.minimums, blamed)
    return None if encoded is None else _arrays(encoded, slots, table.rows)


def _read(
    source: Source, features: Mapping[str, Feature | None], others: Mapping[str, Kind] | None = None
) -> Table | None:
    """The columns of these features, and others: as text, where any of them wants text."""
    kinds: dict[str, Kind] = dict(others or {})
    for feature in filter(None, features.values()):
        for column in feature.columns:
            kinds[column] = _wider(kinds.get(column), feature.kind)
    return source.read(kinds) if kinds else None


def _wider(known: Kind | None, kind: Kind) -> Kind:
    """As what a column is read that two features want: text says all that a number does."""
    return "text" if "text" in (known, kind) else kind


def _without_gaps(table: Table, features: Mapping[str, Feature | None]) -> Table:
    """The rows that no feature leaves out for a missing value."""
    rows = complete_rows(table, filter(None, features.values()))
    return table if rows is None else table.keep(rows)


def _arrays(encoded: dict[str, Values], slots: dict[str, Slot], rows: int) -> Arrays:
    return Arrays(
        {name: encoded[name] for name, slot in slots.items() if slot.role == "input"},
        {name: encoded[name] for name, slot in slots.items() if slot.targets},
        rows,
    )


def _blamed(
    slots: dict[str, Slot], settings: DataSettings, findings: Findings
) -> dict[str, Findings]:
    """Findings about a feature stand where the spec writes it, else where it names the file."""
    places = {name: settings.place.at("features", name) for name in settings.features}
    places |= dict.fromkeys(settings.sample_weight, settings.place.at("sample_weight"))
    return {name: findings.at(places[name]) if name in places else findings for name in slots}


def _unblamed(slots: dict[str, Slot], findings: Findings, report: Report) -> dict[str, Findings]:
    return dict.fromkeys(slots, findings._replace(report=report))
