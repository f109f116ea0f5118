"""From which probability on an ensemble says yes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from modelspec.runner.checkpoint.safetensors_file import write_tensors
from modelspec.runner.inference.choose_thresholds import choose_thresholds

if TYPE_CHECKING:
    from modelspec.data import Splits
    from modelspec.ensembles.combine import Combined


def with_thresholds(
    combined: Combined, splits: Splits | None, device: str
) -> tuple[Combined, list[str]]:
    """The ensemble with its thresholds chosen anew, where its spec asks for the best ones.

    They are chosen on the rows for validation, as after a training. Where no such row is left
    that no member was trained on, they are the mean of the members' own.

    Returns:
        The ensemble, and what is to be said of it, a line an output.
    """
    asked = [e for e in combined.graph.outputs.values() if e.decision and e.decision.best]
    if not asked:
        return combined, []
    rows = splits.validation if splits else None
    found: dict[str, tuple[float, ...]] = {}
    told = []
    if rows is not None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "best.safetensors"
            write_tensors(path, combined.tensors())
            chosen = choose_thresholds(combined.trained(path), rows, asked, device)
        found = {name: tuple(e.threshold for e in each) for name, each in chosen.items()}
        told = [f"{name} is yes from {_listed(each)} on" for name, each in found.items()]
    else:
        for output in asked:
            own = [
                member.trained.preprocessing.thresholds[output.name]
                for member in combined.used
                if output.name in member.trained.preprocessing.thresholds
            ]
            if own:
                mean = tuple(np.mean(own, axis=0).tolist())
                found[output.name] = mean
                told.append(
                    f"{output.name} is yes from {_listed(mean)} on: the mean of the members' "
                    "thresholds, as there are no validation rows to choose it on"
                )
    preprocessing = combined.preprocessing
    preprocessing = preprocessing.with_thresholds(preprocessing.thresholds | found)
    return replace(combined, preprocessing=preprocessing), told


def _listed(thresholds: tuple[float, ...]) -> str:
    return ", ".join(f"{each:.4g}" for each in thresholds)
