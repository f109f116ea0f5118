"""Members of which some know more than others, and the rows that they are asked about."""

from __future__ import annotations

import numpy as np

from modelspec.ensembles.weighting.answers import Answers, Kind


def drawn(members: int, seed: int, kind: Kind = "classes", rows: int = 200) -> Answers:
    draw = np.random.default_rng(seed)
    sharp = draw.uniform(0.5, 2, (members, 1, 1))
    if kind == "numbers":
        truth = draw.normal(size=(rows, 2))
        return Answers(kind, truth + draw.normal(size=(members, rows, 2)) * sharp, truth)
    noise = draw.normal(size=(members, rows, 3)) * sharp
    if kind == "yes":
        yes = draw.integers(0, 2, (rows, 3)).astype(np.float64)
        return Answers(kind, 1 / (1 + np.exp(-noise - 2 * yes + 1)), yes)
    classes = draw.integers(0, 3, rows)
    noise[:, np.arange(rows), classes] += draw.uniform(0, 2, (members, 1))
    grown = np.exp(noise)
    return Answers(kind, grown / grown.sum(axis=-1, keepdims=True), classes)
