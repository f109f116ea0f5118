"""Predictions of an output, accumulated batch by batch: confusions, label counts, numbers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch

from modelspec.data import Labelled
from modelspec.data.features.binary import THRESHOLD
from modelspec.data.features.number import Number
from modelspec.data.features.text import Text
from modelspec.report.contents import Classes, Labels, Measures, Scores
from modelspec.torch.losses.probabilities import probabilities_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from modelspec.data import Preprocessing
    from modelspec.data.table.table import Array
    from modelspec.graph.graph import GraphOutput
    from modelspec.report.contents import Found
    from modelspec.training.losses import Loss

MOST_COLUMNS = 8
"""Numbers of more columns than this are pooled."""
MOST_SCORES = 5_000_000
"""Of more scores of rows by classes, those of some rows are kept, drawn at random."""


class Accumulator(Protocol):
    """Accumulates the predictions of one output, batch by batch."""

    def add(self, predicted: Tensor, target: Tensor) -> None:
        """Rows, or steps of them, that count: `[rows, ...]`."""
        ...

    def result(self, preprocessing: Preprocessing) -> Found:
        """The accumulated result."""
        ...


def accumulator_for(
    output: GraphOutput, thresholds: Sequence[float] | None = None
) -> Accumulator | None:
    """The accumulator for an output; None where its loss has nothing that the report shows.

    Args:
        output: The output.
        thresholds: From which probability on it says yes, of all labels or of each; None for 0.5.
    """
    loss, shape = output.loss, getattr(output.value, "shape", None)
    if loss is None or not shape or not isinstance(shape[-1], int):
        return None
    match loss.targets:
        case "classes" | "indices":
            axis = getattr(loss, "axis", -1)
            if axis not in (-1, len(shape)):
                return None
            return _ClassAccumulator(output.name, shape[-1], loss)
        case "binary":
            if shape[-1] == 1:
                return _BinaryAccumulator(output.name, loss, thresholds)
            return _MultiLabelAccumulator(output.name, shape[-1], loss, thresholds)
        case "numbers":
            return _RegressionAccumulator(output.name)
    return None


class _ClassAccumulator:
    def __init__(self, output: str, count: int, loss: Loss) -> None:
        self._output, self._count, self._loss = output, count, loss
        self._ignored: int | None = getattr(loss, "ignore_class", None)
        self._pairs: Counter[tuple[int, int]] = Counter()
        self._scores = _ScoreSample(loss, count)

    def add(self, predicted: Tensor, target: Tensor) -> None:
        indices = target.argmax(dim=-1) if target.shape == predicted.shape else target
        scores, indices = predicted.reshape(-1, self._count), indices.reshape(-1).long()
        if self._ignored is not None:
            kept = indices != self._ignored
            scores, indices = scores[kept], indices[kept]
        scores, indices = self._scores.add(scores, indices)
        _count(self._pairs, indices, scores.argmax(dim=-1), self._count)

    def result(self, preprocessing: Preprocessing) -> Classes:
        names = class_names(preprocessing, self._output, self._count)
        return Classes(names, self._pairs, self._scores.result(), self._scores.undefined)


class _BinaryAccumulator:
    def __init__(self, output: str, loss: Loss, thresholds: Sequence[float] | None) -> None:
        self._output, self._loss, self._thresholds = output, loss, thresholds
        self._pairs: Counter[tuple[int, int]] = Counter()
        self._scores = _ScoreSample(loss, 1)

    def add(self, predicted: Tensor, target: Tensor) -> None:
        yes = (target >= THRESHOLD).reshape(-1).long()
        scores, yes = self._scores.add(predicted.reshape(-1, 1), yes)
        _count(self._pairs, yes, _claimed(self._loss, scores, self._thresholds)[:, 0], 2)

    def result(self, preprocessing: Preprocessing) -> Classes:
        names = class_names(preprocessing, self._output, 2)
        return Classes(names, self._pairs, self._scores.result(), self._scores.undefined)


class _MultiLabelAccumulator:
    def __init__(
        self, output: str, count: int, loss: Loss, thresholds: Sequence[float] | None
    ) -> None:
        self._output, self._loss, self._thresholds = output, loss, thresholds
        self._counts = np.zeros((count, 3), np.int64)
        self._scores = _ScoreSample(loss, count)

    def add(self, predicted: Tensor, target: Tensor) -> None:
        yes = (target >= THRESHOLD).reshape(-1, target.shape[-1])
        scores, yes = self._scores.add(predicted.reshape(-1, predicted.shape[-1]), yes)
        claimed = _claimed(self._loss, scores, self._thresholds)
        for column, each in enumerate((yes, claimed, yes & claimed)):
            self._counts[:, column] += each.sum(dim=0).numpy(force=True)

    def result(self, preprocessing: Preprocessing) -> Labels:
        names = class_names(preprocessing, self._output, len(self._counts))
        counts = [(target, predicted, both) for target, predicted, both in self._counts.tolist()]
        return Labels(names, counts, self._scores.result(), self._scores.undefined)


def _claimed(loss: Loss, scores: Tensor, thresholds: Sequence[float] | None) -> Tensor:
    """Where an output says yes."""
    if thresholds is None:
        return scores >= (0.0 if loss.of_logits else THRESHOLD)
    limits = torch.tensor(thresholds, dtype=torch.float32, device=scores.device)
    return probabilities_of(loss, scores) >= limits


class _ScoreSample:
    """Scores with their truths; of too many, a share that is drawn at random, always the same.

    Attributes:
        undefined: How many rows had a score that was NaN.
    """

    def __init__(self, loss: Loss, width: int) -> None:
        self._loss, self._most = loss, max(1, MOST_SCORES // width)
        self._share, self._random = 1.0, np.random.default_rng(0)
        self._parts: list[tuple[Array, Array]] = []
        self._rows = 0
        self.undefined = 0

    def add(self, scores: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
        """Keep some; all of them, but those that are NaN.

        Args:
            scores: `[rows, classes]`, as the output says them.
            truth: `[rows]`, or `[rows, classes]`.
        """
        broken = scores.isnan().any(dim=-1)
        if broken.any():
            self.undefined += int(broken.sum())
            scores, truth = scores[~broken], truth[~broken]
        self._rows += len(scores)
        drawn = self._draw(len(scores))
        chosen = slice(None) if drawn is None else torch.from_numpy(drawn).to(scores.device)
        values = probabilities_of(self._loss, scores[chosen])
        self._parts.append((truth[chosen].numpy(force=True), values.float().numpy(force=True)))
        while sum(len(kept) for kept, _ in self._parts) > self._most:
            self._halve()
        return scores, truth

    def result(self) -> Scores:
        truth, values = (np.concatenate(parts) for parts in zip(*self._parts, strict=True))
        return Scores(truth, values, _are_probabilities(self._loss, values), self._rows)

    def _draw(self, rows: int) -> Array | None:
        if self._share == 1.0:
            return None
        return np.flatnonzero(self._random.random(rows) < self._share)

    def _halve(self) -> None:
        self._share /= 2
        kept = []
        for truth, values in self._parts:
            rows = np.flatnonzero(self._random.random(len(truth)) < 0.5)
            kept.append((truth[rows], values[rows]))
        self._parts = kept


def _are_probabilities(loss: Loss, values: Array) -> bool:
    """Whether values can be taken for probabilities: those of a class sum up to 1."""
    if not loss.activation or not len(values) or values.min() < 0 or values.max() > 1:
        return False
    return loss.activation == "sigmoid" or bool(np.allclose(values.sum(axis=-1), 1, atol=1e-3))


class _RegressionAccumulator:
    """Numbers in the units of the data: those of a few columns by themselves, many together."""

    def __init__(self, output: str) -> None:
        self._output = output
        self._parts: list[tuple[Array, Array]] = []

    def add(self, predicted: Tensor, target: Tensor) -> None:
        self._parts.append((predicted.float().numpy(force=True), target.float().numpy(force=True)))

    def result(self, preprocessing: Preprocessing) -> Measures:
        feature = preprocessing.features.get(self._output)
        known = feature if isinstance(feature, Number) else None
        predicted, target = (
            np.concatenate([in_units(self._output, part, preprocessing) for part in parts])
            for parts in zip(*self._parts, strict=True)
        )
        names = known.columns if known and len(known.columns) == predicted.shape[1] else ()
        return Measures(
            names or [f"column {n}" for n in range(predicted.shape[1])], target, predicted
        )


def in_units(output: str, values: Array, preprocessing: Preprocessing) -> Array:
    """Numbers of an output in the data's units.

    Args:
        output: Its name.
        values: `[rows, ...]`, as the model has them.
        preprocessing: Knows the units.

    Returns:
        `[rows, columns]`; many columns, or axes, are pooled into one: `[numbers, 1]`.
    """
    feature = preprocessing.features.get(output)
    if isinstance(feature, Number) and feature.normalize != "none":
        (decoded,) = feature.decode(output, values).values()
        values = decoded.values if isinstance(decoded, Labelled) else decoded
    columns = values.reshape(len(values), -1)
    wide = values.ndim > 2 or columns.shape[1] > MOST_COLUMNS
    numbers: Array = (columns.reshape(-1, 1) if wide else columns).astype(np.float64)
    return numbers


def _count(
    pairs: Counter[tuple[int, int]], target: Tensor, predicted: Tensor, classes: int
) -> None:
    """Add to the confusion counts."""
    one, other = (each.long().numpy(force=True) for each in (target, predicted))
    pair_codes, counts = np.unique(one * classes + other, return_counts=True)
    for code, count in zip(pair_codes.tolist(), counts.tolist(), strict=True):
        pairs[divmod(code, classes)] += count


def class_names(preprocessing: Preprocessing, output: str, count: int) -> list[str]:
    """The names of an output's classes, or of its labels."""
    classes = preprocessing.classes(output)
    if classes is not None and len(classes) == count:
        return list(classes)
    feature = preprocessing.features.get(output)
    if isinstance(feature, Text):
        codec = feature.codec  # the output may be wider than the vocabulary
        return [
            codec.text([number]) if number < codec.size else str(number) for number in range(count)
        ]
    return [str(number) for number in range(count)]
