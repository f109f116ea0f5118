"""A soup as a run directory: the spec of its members, and one file of weights."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import torch

from modelspec.ensembles.record import EnsembleRecord, record_text
from modelspec.ensembles.write import member_records, write_run
from modelspec.plot import PlotOptions, draw
from modelspec.runner.checkpoint.safetensors_file import write_tensors
from modelspec.runner.inference.choose_thresholds import choose_thresholds
from modelspec.runner.process.environment import environment
from modelspec.runner.run import directory as run_directory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.data import Preprocessing, Splits
    from modelspec.ensembles.members import Member
    from modelspec.ensembles.soup.make import Soup


def write_soup(
    soup: Soup,
    members: Sequence[Member],
    splits: Splits,
    *,
    name: str,
    runs: Path,
    folder: Path | None = None,
    device: str = "auto",
) -> Path:
    """Make the run directory of a soup, whole or not at all.

    Args:
        soup: One model of several.
        members: They.
        splits: The data of the first.
        name: What it is called.
        runs: The folder of all runs.
        folder: The path of the directory, which is not there yet; by default `runs/NAME/TIME`.
        device: Where thresholds are chosen, if its spec asks for the best ones.

    Raises:
        OSError: It cannot be written.
    """
    first = soup.trained
    assert first.run
    text = (first.run / run_directory.SPEC).read_text(encoding="utf-8")
    record = run_directory.read_json(first.run, run_directory.RECORD)
    kept = {key: value for key, value in record.items() if key not in ("job", "overrides")}
    contents = run_directory.Contents(
        spec=text,
        sources={f"{first.spec.name}.yaml": text},
        record=kept | {"name": name, "overrides": []},
        environment=environment(torch.device("cpu"), sys.argv),
        preprocessing=_preprocessing(soup, splits, device).to_dict(),
        diagram=draw(first.graph, PlotOptions(format="svg")),
    )
    outputs = {each: soup.weighting for each, output in first.graph.outputs.items() if output.loss}
    ensemble = EnsembleRecord(member_records(members), outputs, soup.weighting.notes)
    return write_run(
        contents, soup.tensors, record_text(ensemble), name=name, runs=runs, folder=folder
    )


def _preprocessing(soup: Soup, splits: Splits, device: str) -> Preprocessing:
    """That of the members, with the thresholds that are best for the soup."""
    first = soup.trained
    asked = [e for e in first.graph.outputs.values() if e.decision and e.decision.best]
    rows = splits.validation
    if not asked or rows is None:
        return first.preprocessing
    with TemporaryDirectory() as folder:
        path = Path(folder) / "best.safetensors"
        write_tensors(path, soup.tensors)
        chosen = choose_thresholds(replace(first, weights=path), rows, asked, device)
    found = {name: tuple(e.threshold for e in each) for name, each in chosen.items()}
    return first.preprocessing.with_thresholds(first.preprocessing.thresholds | found)
