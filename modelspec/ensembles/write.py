"""An ensemble as a run directory."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import torch

from modelspec.ensembles.record import EnsembleRecord, MemberRecord, record_text
from modelspec.plot import PlotOptions, draw
from modelspec.runner.checkpoint.safetensors_file import checksum, read_tensors, write_tensors
from modelspec.runner.process.environment import environment
from modelspec.runner.run import directory as run_directory
from modelspec.runner.run import metric_units
from modelspec.runner.run.data_fingerprint import cells, fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from torch import Tensor

    from modelspec.data import Splits
    from modelspec.ensembles.combine import Combined
    from modelspec.ensembles.members import Member
    from modelspec.ensembles.weighting.result import Weighting


def write_ensemble(
    combined: Combined,
    weightings: Mapping[str, Weighting],
    splits: Splits | None,
    *,
    runs: Path,
    folder: Path | None = None,
) -> Path:
    """Make the run directory of an ensemble, whole or not at all.

    Args:
        combined: The members as one model, with the weights and temperatures of `weightings`.
        weightings: What the members count, by output.
        splits: Its data; None where that cannot be read.
        runs: The folder of all runs.
        folder: The path of the directory, which is not there yet; by default `runs/NAME/TIME`.

    Raises:
        DamagedFileError: A file of weights is not what was written.
        OSError: It cannot be written.
    """
    contents = run_directory.Contents(
        spec=combined.text,
        sources={f"{combined.spec.name}.yaml": combined.text},
        record=_record(combined, splits),
        environment=environment(torch.device("cpu"), sys.argv),
        preprocessing=combined.preprocessing.to_dict(),
        diagram=draw(combined.graph, PlotOptions(format="svg")),
    )
    record = record_text(ensemble_record(combined, weightings))
    return write_run(
        contents, combined.tensors(), record, name=combined.spec.name, runs=runs, folder=folder
    )


def write_run(
    contents: run_directory.Contents,
    tensors: Mapping[str, Tensor],
    record: str,
    *,
    name: str,
    runs: Path,
    folder: Path | None,
) -> Path:
    """Make the run directory of what was not trained, but made of runs.

    Args:
        contents: What every run directory holds.
        tensors: The weights.
        record: What `ensemble.json` holds.
        name: What it is called.
        runs: The folder of all runs.
        folder: The path of the directory; None for `runs/NAME/TIME`.

    Raises:
        OSError: It cannot be written.
    """

    def fill(part: Path) -> None:
        run_directory.fill(part, contents)
        write_tensors(run_directory.weights_file(part, run_directory.BEST), tensors)
        (part / run_directory.ENSEMBLE).write_text(record, encoding="utf-8")

    if folder is not None:
        return run_directory.create_filled_at(folder, fill)
    return run_directory.create_filled(runs, name, fill, datetime.now())


def ensemble_record(combined: Combined, weightings: Mapping[str, Weighting]) -> EnsembleRecord:
    """What `ensemble.json` is to hold."""
    return EnsembleRecord(member_records(combined.members), dict(weightings), combined.notes)


def member_records(members: Iterable[Member]) -> tuple[MemberRecord, ...]:
    """Which runs members are, and the digests of their weights."""
    return tuple(
        MemberRecord(
            each.name,
            os.path.abspath(each.run),
            each.trained.spec.name,
            checksum(read_tensors(each.trained.weights)[0]),
        )
        for each in members
    )


def _record(combined: Combined, splits: Splits | None) -> dict[str, Any]:
    return {
        "name": combined.spec.name,
        "spec": f"{combined.spec.name}.yaml",
        "folder": combined.folder,
        "overrides": [],
        "data": fingerprint(splits) | cells(splits) if splits else {},
        metric_units.KEY: metric_units.DATA_UNITS,
    }
