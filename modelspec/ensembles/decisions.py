"""The thresholds of members as those of an ensemble, and as a spec writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from modelspec.language.decision import DecisionSection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from modelspec.data import Preprocessing
    from modelspec.ensembles.members import Member

Thresholds: TypeAlias = tuple[float, ...]
"""One for all labels of an output, or one each."""


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


def thresholds_told(thresholds: Thresholds) -> str:
    """How a message writes them."""
    return ", ".join(f"{each:.4g}" for each in thresholds)
