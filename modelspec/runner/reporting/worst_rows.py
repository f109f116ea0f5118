"""The rows that an output is furthest off at, found batch by batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from modelspec.data.features.binary import THRESHOLD
from modelspec.report.numbers import short
from modelspec.runner.reporting.accumulators import MOST_COLUMNS, class_names, in_units
from modelspec.torch.losses.probabilities import probabilities_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

    from modelspec.data import Preprocessing
    from modelspec.data.table.table import Array
    from modelspec.graph.graph import GraphOutput

MOST_WORST = 10
MOST_LABELS = 8
"""How many labels of a row are named."""


class FarRow(NamedTuple):
    """A row, counted from 0; what is true of it, what was predicted, and how far that is off."""

    row: int
    true: str
    predicted: str
    off: float


class FarRows(NamedTuple):
    """The worst rows of an output, the worst first.

    Attributes:
        measure: What `off` is, in a word and in full.
    """

    measure: tuple[str, str]
    rows: list[FarRow]


class WorstRows:
    """Keeps the worst rows of one output.

    Args:
        output: One that `has_worst_rows`.
        most: How many are kept.
    """

    def __init__(self, output: GraphOutput, most: int = MOST_WORST) -> None:
        assert output.loss
        self._name, self._loss, self._most = output.name, output.loss, most
        self._ignored: int | None = getattr(output.loss, "ignore_class", None)
        self._seen = 0
        self._kept: list[Array] = []
        self._axes = 1

    def add(self, predicted: Tensor, target: Tensor) -> None:
        """The next rows: `[rows, ...]`, as the output says them, and their targets."""
        values = probabilities_of(self._loss, predicted).float().numpy(force=True)
        truth = target.numpy(force=True)
        if self._loss.targets in ("classes", "indices") and truth.shape == values.shape:
            truth = truth.argmax(axis=1)
        self._axes = values.ndim - 1
        truth = truth.reshape(len(truth), -1)
        values = values.reshape(len(values), -1)
        rows = np.arange(self._seen, self._seen + len(values))
        self._seen += len(values)
        counts = np.ones(len(rows), bool) if self._ignored is None else truth[:, 0] != self._ignored
        new = [each[counts] for each in (rows, values, truth)]
        if self._kept:
            new = [np.concatenate(both) for both in zip(self._kept, new, strict=True)]
        worst = np.argsort(-self._distances(*new[1:]), kind="stable")[: self._most]
        self._kept = [each[worst] for each in new]

    def result(self, preprocessing: Preprocessing) -> FarRows | None:
        """The worst rows; None where there are none."""
        if not self._kept or not len(self._kept[0]):
            return None
        if self._loss.targets == "numbers":
            return self._numbers(preprocessing)
        return self._classes(preprocessing)

    def _distances(self, values: Array, truth: Array) -> Array:
        """How far each row is off: what cannot be told is further than all else."""
        values = values.astype(np.float64)
        if self._loss.targets == "numbers":
            found = np.sqrt(((values - truth) ** 2).mean(axis=1))
        elif self._loss.targets == "binary":
            found = np.abs(values - truth).mean(axis=1)
        else:
            found = -_at(values, truth)
        broken = np.isnan(found) | np.isnan(values.sum(axis=1))
        return np.asarray(np.where(broken, np.inf, found))

    def _numbers(self, preprocessing: Preprocessing) -> FarRows:
        """Numbers in the data's units, their error in them too where there is one a row."""
        rows, *both = self._kept
        measure = ("error", "root mean squared error of the row, as the model sees it")
        off = self._distances(*both)
        if self._axes > 1 or both[0].shape[1] > MOST_COLUMNS:
            return FarRows(measure, _far(rows, [("", "")] * len(rows), off))
        predicted, true = (in_units(self._name, each, preprocessing) for each in both)
        if predicted.shape[1] == 1:
            measure, off = ("error", "error, predicted − true"), predicted[:, 0] - true[:, 0]
        texts = zip(map(_listed, true), map(_listed, predicted), strict=True)
        return FarRows(measure, _far(rows, texts, off))

    def _classes(self, preprocessing: Preprocessing) -> FarRows:
        rows, values, truth = self._kept
        width = values.shape[1]
        names = class_names(preprocessing, self._name, max(width, 2))
        if self._loss.targets == "binary" and width > 1:
            limits = np.array(preprocessing.thresholds.get(self._name, (THRESHOLD,)), np.float32)
            said = [_labels(names, row) for row in (values >= limits).astype(np.float32)]
            true = [_labels(names, row) for row in truth]
            measure = ("distance", "mean distance from the labels")
            off = self._distances(values, truth)
        else:
            if width == 1:
                yes = truth[:, 0] >= THRESHOLD
                off = np.where(yes, values[:, 0], 1 - values[:, 0].astype(np.float64))
                (limit,) = preprocessing.thresholds.get(self._name, (THRESHOLD,))
                numbers = [yes, values[:, 0] >= np.float32(limit)]
            else:
                off, numbers = _at(values, truth), [truth[:, 0], values.argmax(axis=1)]
            true, said = ([names[int(each)] for each in found] for found in numbers)
            measure = ("probability", "probability of the true class")
        undefined = np.isnan(values.sum(axis=1))
        said = ["NaN" if broken else each for each, broken in zip(said, undefined, strict=True)]
        return FarRows(measure, _far(rows, zip(true, said, strict=True), off))


def has_worst_rows(output: GraphOutput) -> bool:
    """Whether an output says one thing a row, of which one can be further off than another."""
    shape = getattr(output.value, "shape", None)
    if output.loss is None or not shape:
        return False
    if output.loss.targets in ("classes", "indices", "binary"):
        return len(shape) == 1 and bool(output.loss.activation)
    return output.loss.targets == "numbers"


def _far(rows: Array, texts: Iterable[tuple[str, str]], off: Array) -> list[FarRow]:
    found = zip(rows.tolist(), texts, off.tolist(), strict=True)
    return [FarRow(row, true, said, far) for row, (true, said), far in found]


def _at(values: Array, truth: Array) -> Array:
    """The value of each row's true class."""
    found: Array = values[np.arange(len(values)), truth[:, 0].astype(np.int64)]
    return found


def _labels(names: list[str], yes: Array) -> str:
    found = [names[number] for number in np.flatnonzero(yes >= THRESHOLD)]
    more = f", and {len(found) - MOST_LABELS} more" if len(found) > MOST_LABELS else ""
    return ", ".join(found[:MOST_LABELS]) + more if found else "none"


def _listed(numbers: Array) -> str:
    return ", ".join(short(float(each)) for each in numbers)
