"""All that can be known to be wrong with a training before torch is loaded."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from modelspec import data
from modelspec.data.class_weights import class_weights
from modelspec.data.decisions import check_decisions
from modelspec.diagnostics import Diagnostic, Report, Span
from modelspec.language import render
from modelspec.language.train import TrainSettings, read_train
from modelspec.runner.run.data_fingerprint import fingerprint, recorded
from modelspec.runner.run.diff import difference_text, differences
from modelspec.runner.run.directory import CHECKPOINTS, ENSEMBLE, RECORD, SPEC, read_json
from modelspec.runner.run.metric_units import in_data_units
from modelspec.runner.setup.decode_tokens import special_tokens
from modelspec.runner.setup.initial_weights import (
    InitialWeights,
    find_initial_weights,
    freeze_nodes,
)
from modelspec.runner.setup.requirements import check_packages
from modelspec.source import Place, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from modelspec.data import Splits
    from modelspec.graph.graph import Graph
    from modelspec.language.data import DataSettings
    from modelspec.language.model import Spec

    Load: TypeAlias = Callable[[DataSettings, Graph, str, Report], Splits | None]
    """As `data.load`."""

FREE = (
    "description",
    "train.epochs",
    "train.time_limit",
    "train.strategy",
    "data.file",
    "data.train",
    "data.validation",
    "data.test",
    "data.memory",
)
"""What may change when a run goes on. Of data files, it is the content that may not."""
SHOWN = 8
"""How many differences a finding names."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A training that can begin.

    Attributes:
        rendered: The resolved spec, YAML.
        fingerprint: What the data is.
        class_weights: One factor a class, by output.
        resume: The run directory that it goes on in, if it does.
        start: The files of weights that it starts from, beside new ones; of a run that goes on,
            only where nothing of it was saved.
        in_data_units: Whether metrics of normalised targets are in the data's units.
    """

    spec: Spec
    graph: Graph
    settings: TrainSettings
    splits: Splits
    rendered: str
    fingerprint: dict[str, Any]
    class_weights: dict[str, list[float]]
    resume: Path | None = None
    start: tuple[InitialWeights, ...] = ()
    in_data_units: bool = True


def prepare(
    spec: Spec,
    graph: Graph,
    report: Report,
    *,
    resume: Path | None = None,
    load: Load = data.load,
) -> Prepared | None:
    """Load the data, and hold everything against everything else.

    Args:
        spec: Without errors.
        graph: Its graph.
        report: Gets the findings.
        resume: The run directory to go on in.
        load: Reads the data.

    Returns:
        None where there was a finding that is an error.
    """
    settings = spec.train or read_train({}, Place(spec.document, ("train",)), report)
    if spec.data is None:
        place = Place(spec.document)
        help = (
            "add `data: {file: table.csv, split: {validation: 0.1}}`; its `features` say which "
            "columns are which input or output"
        )
        report.add(place.finding("MS202", "a spec needs `data` to be trained", help=help))
    if settings is None or spec.data is None:
        return None
    splits = load(spec.data, graph, base_folder(spec), report)
    if splits is None:
        return None
    splits = check_decisions(graph, splits, report)
    place = settings.place
    if settings.validate_every and splits.validation is None:
        message = "there are no validation rows to measure"
        help = "add `data.split.validation`, or remove `validate_every`"
        report.add(place.at("validate_every").finding("MS206", message, help=help, key=True))
    freeze_nodes(graph, settings.freeze, place.at("freeze"), report)
    check_packages(settings.callbacks, report)
    saved = resume is not None and any((resume / CHECKPOINTS).glob("[0-9]*"))
    start = () if saved else find_initial_weights(settings, base_folder(spec), report)
    for output in graph.outputs.values():
        if output.decode:
            special_tokens(output, splits.preprocessing, report)
    prepared = Prepared(
        spec,
        graph,
        settings,
        splits,
        render(spec),
        fingerprint(splits),
        class_weights(graph, splits.preprocessing, report),
        resume,
        start,
        resume is None or in_data_units(read_json(resume, RECORD)),
    )
    if resume is not None:
        _check_resume(prepared, resume, report)
    return None if report.failed else prepared


def base_folder(spec: Spec) -> str:
    """The folder that a spec's paths are relative to."""
    return os.path.dirname(os.path.abspath(spec.document.file))


def spec_changes(
    prepared: Prepared, folder: Path, free: Sequence[str], report: Report
) -> list[str] | None:
    """In what a spec differs from that of a run, a text each. None after a finding.

    Args:
        prepared: Of the spec.
        folder: The run directory.
        free: What may differ.
        report: Gets the finding.
    """
    before = parse((folder / SPEC).read_bytes(), str(folder / SPEC), Report())
    after = parse(prepared.rendered, prepared.spec.document.file, Report())
    if before is None or after is None:
        message = f"the spec of this run cannot be read; it is `{SPEC}`"
        report.add(Diagnostic("MS807", message, Span(str(folder))))
        return None
    return [
        difference_text(*change)
        for change in differences(before.data, after.data)
        if change[0] not in free
    ]


def report_changes(changes: Sequence[str], folder: Path, help: str, report: Report) -> None:
    """Report in what a run would go on with something else, if there is anything."""
    if changes:
        more = f", and {len(changes) - SHOWN} more" if len(changes) > SHOWN else ""
        message = f"a run goes on with what it began with: {', '.join(changes[:SHOWN])}{more}"
        report.add(Diagnostic("MS807", message, Span(str(folder)), help))


def _check_resume(prepared: Prepared, folder: Path, report: Report) -> None:
    """Refuse to go on with another spec or other data, and say what is another."""
    if (folder / ENSEMBLE).is_file():
        message = "it is an ensemble: no training of it was begun that could go on"
        help = "train what `modelspec ensemble ... --as-spec FILE` writes, to change its weights"
        report.add(Diagnostic("MS807", message, Span(str(folder)), help))
        return
    changes = spec_changes(prepared, folder, FREE, report)
    if changes is None:
        return
    before_data = recorded(read_json(folder, RECORD))
    changes += [
        difference_text(f"data of {path}", old, new)
        for path, old, new in differences(before_data, prepared.fingerprint)
    ]
    help = "begin a new run without `--resume`, or undo the change; only `train.epochs` may grow"
    report_changes(changes, folder, help, report)
