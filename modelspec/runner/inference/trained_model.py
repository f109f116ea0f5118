"""A model with weights: a run, or a spec with a weights file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from modelspec import data, graph, language, source
from modelspec.data import Preprocessing
from modelspec.data.decisions import with_written_thresholds
from modelspec.diagnostics import Diagnostic, Report, Span, SpecError, did_you_mean, near_path
from modelspec.runner.run.directory import (
    BEST,
    ENSEMBLE,
    LAST,
    PREPROCESSING,
    RECORD,
    SPEC,
    read_json,
    weights_file,
)
from modelspec.runner.setup.prepare import base_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.data import Splits
    from modelspec.graph.graph import Graph
    from modelspec.language.model import Spec


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """What can be measured and predicted with.

    Attributes:
        weights: The safetensors file.
        folder: What the paths of the spec's data are relative to.
        run: The run directory; None for a spec with a weights file.
    """

    spec: Spec
    graph: Graph
    preprocessing: Preprocessing
    weights: Path
    folder: str
    run: Path | None = None

    @classmethod
    def from_run(cls, folder: Path, weights: str = "", plugins: Sequence[str] = ()) -> Self:
        """The model of a run.

        Args:
            folder: The run directory.
            weights: `best`, `last` or a file; by default the best, else the last.
            plugins: Installed packages whose layers it has.

        Raises:
            SpecError: The run directory is not whole (MS807).
        """
        report = Report()
        document = _document(folder / SPEC, report)
        resolved = document and language.read(document, report, plugins=plugins)
        built = resolved and graph.build(resolved, report)
        report.raise_if_failed()
        assert resolved
        assert built
        record = read_json(folder, RECORD)
        return cls(
            resolved,
            built,
            run_preprocessing(folder),
            run_weights(folder, weights),
            str(record.get("folder", "")),
            folder,
        )

    @classmethod
    def from_spec(cls, resolved: Spec, built: Graph, weights: Path, report: Report) -> Self | None:
        """The model of a spec with a weights file.

        Its columns become numbers as its `data` says, which is fitted on the training rows; without
        `data` they are taken as they are. None after a finding.
        """
        folder = base_folder(resolved)
        preprocessing = data.plain(built)
        if resolved.data is not None:
            splits = data.load(resolved.data, built, folder, report)
            if splits is None:
                return None
            preprocessing = splits.preprocessing
        preprocessing = with_written_thresholds(built, preprocessing)
        return cls(resolved, built, preprocessing, weights, folder)


def _document(file: Path, report: Report) -> source.Document | None:
    """The spec of a run. None after a finding.

    Raises:
        SpecError: There is none that can be read (MS807).
    """
    try:
        return source.load(str(file), report)
    except OSError as error:
        message = f"cannot read it: {error}"
        raise SpecError([Diagnostic("MS807", message, Span(str(file)))]) from error


def load_splits(trained: TrainedModel, report: Report) -> Splits | None:
    """The rows that the spec names, split as in training. None after a finding.

    Those of an ensemble are encoded as its members learnt to; others are fitted anew.
    """
    if trained.spec.data is None:
        message = "the spec names no data"
        help = "give a file with `--data`"
        report.add(Diagnostic("MS801", message, Span(trained.spec.document.file), help))
        return None
    joined = trained.run is not None and (trained.run / ENSEMBLE).is_file()
    fitted = trained.preprocessing if joined else None
    return data.load(trained.spec.data, trained.graph, trained.folder, report, fitted)


def run_preprocessing(folder: Path) -> Preprocessing:
    """How a run makes numbers of columns, and answers of numbers.

    Raises:
        SpecError: The file is missing, or damaged (MS807).
    """
    try:
        return Preprocessing.from_dict(read_json(folder, PREPROCESSING))
    except ValueError as error:
        raise SpecError(
            [Diagnostic("MS807", str(error), Span(str(folder / PREPROCESSING)))]
        ) from error


def run_weights(folder: Path, wanted: str = "") -> Path:
    """The file of a run's weights.

    Args:
        folder: The run directory.
        wanted: `best`, `last` or a file; by default the best, else the last.

    Raises:
        SpecError: The run has none (MS807).
    """
    if wanted not in ("", BEST, LAST):
        if Path(wanted).is_file():
            return Path(wanted)
        near = did_you_mean(wanted, [BEST, LAST]) or near_path(wanted)
        help = f"did you mean `{near}`?" if near else f"take `{BEST}`, `{LAST}` or a file"
        raise SpecError([Diagnostic("MS807", "there is no such weights file", Span(wanted), help)])
    names = [wanted] if wanted else [BEST, LAST]
    paths = [weights_file(folder, name) for name in names]
    found = next((path for path in paths if path.is_file()), None)
    if found is None:
        message = f"the run has no {' and no '.join(path.name for path in paths)}"
        help = "it was ended before its first save: resume it with `modelspec train --resume`"
        if (folder / ENSEMBLE).is_file():
            help = "an ensemble has the best weights of its members, and no others"
        raise SpecError([Diagnostic("MS807", message, Span(str(folder)), help)])
    return found
