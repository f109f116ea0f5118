"""From which probability on an ensemble says yes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from modelspec.ensembles.decisions import thresholds_told
from modelspec.runner.checkpoint.safetensors_file import write_tensors
from modelspec.runner.inference.choose_thresholds import choose_thresholds

if TYPE_CHECKING:
    from modelspec.data import Splits
    from modelspec.ensembles.combine import Combined


def with_thresholds(
    combined: Combined, splits: Splits | None, device: str
) -> tuple[Combined, list[str]]:
    """The ensemble with its thresholds chosen anew, where its spec asks for the best ones.

    They are chosen on the rows for validation, as after a training.

    Returns:
        The ensemble, and what is to be said of it, a line an output.
    """
    asked = [e for e in combined.graph.outputs.values() if e.decision and e.decision.best]
    rows = splits.validation if splits else None
    if not asked or rows is None:
        return combined, []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "best.safetensors"
        write_tensors(path, combined.tensors())
        chosen = choose_thresholds(combined.trained(path), rows, asked, device)
    found = {name: tuple(e.threshold for e in each) for name, each in chosen.items()}
    told = [f"{name} is yes from {thresholds_told(each)} on" for name, each in found.items()]
    preprocessing = combined.preprocessing
    preprocessing = preprocessing.with_thresholds(preprocessing.thresholds | found)
    return replace(combined, preprocessing=preprocessing), told
