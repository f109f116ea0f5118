"""Statistics of the training rows of a run; of large inputs, those of a sample."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec.data import LazyArray, describe

if TYPE_CHECKING:
    from modelspec.data import Splits
    from modelspec.data.arrays.arrays import Values
    from modelspec.runner.inference.trained_model import TrainedModel

DESCRIBED_ROWS, DESCRIBED_VALUES = 50_000, 1_000_000
"""An input or target is described from at most so many rows, fewer where these are large."""


def summarize_data(trained: TrainedModel, splits: Splits) -> list[dict[str, Any]]:
    """What the training rows look like; of what is large, so many rows as `sampled` says."""
    train = splits.train
    if not train.rows:
        return []
    inputs = {name: _sample(values) for name, values in train.inputs.items()}
    targets = {name: _sample(values) for name, values in train.targets.items()}
    splits = replace(splits, train=replace(train, inputs=inputs, targets=targets))
    found = [each.as_data() for each in describe(splits, trained.graph)]
    for each in found:
        taken = len((inputs if each["role"] == "input" else targets)[each["name"]])
        if taken < train.rows:
            each["sampled"] = taken
    return found


def _sample(values: Values) -> Values:
    """Some rows, as they lie, where there are more than can be looked at in no time."""
    most = max(1, min(DESCRIBED_ROWS, DESCRIBED_VALUES // _cells(values.shape)))
    if len(values) <= most:
        return values
    rows = np.sort(np.random.default_rng(0).permutation(len(values))[:most])
    return values.subset(rows) if isinstance(values, LazyArray) else values[rows]


def _cells(shape: tuple[int | None, ...]) -> int:
    return int(np.prod([size or 1 for size in shape[1:]], dtype=np.int64))
