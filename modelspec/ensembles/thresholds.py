"""From which probability on an ensemble says yes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from modelspec.language.decision import DecisionSection
from modelspec.runner.checkpoint.safetensors_file import write_tensors
from modelspec.runner.inference.choose_thresholds import choose_thresholds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from modelspec.data import Preprocessing, Splits
    from modelspec.ensembles.combine import Combined
    from modelspec.ensembles.members import Member

Thresholds: TypeAlias = tuple[float, ...]


def mean_thresholds(members: Sequence[Member], outputs: Iterable[str]) -> dict[str, Thresholds]:
    """By output, the mean of the members' thresholds; of those that all members have one of."""
    found: dict[str, Thresholds] = {}
    for name in outputs:
        own = [each.trained.preprocessing.thresholds.get(name) for each in members]
        given = [each for each in own if each is not None]
        if len(given) == len(own) and len(set(map(len, given))) == 1:
            found[name] = tuple(np.mean(given, axis=0).tolist())
    return found


def written_decision(
    thresholds: Thresholds, preprocessing: Preprocessing, output: str
) -> DecisionSection:
    """Thresholds as a spec writes them."""
    if len(thresholds) == 1:
        return DecisionSection(threshold=thresholds[0])
    labels = preprocessing.classes(output) or tuple(map(str, range(len(thresholds))))
    return DecisionSection(threshold=dict(zip(labels, thresholds, strict=True)))


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


def thresholds_told(thresholds: Thresholds) -> str:
    """How a message writes them."""
    return ", ".join(f"{each:.4g}" for each in thresholds)
