"""Predictions of an output, accumulated batch by batch: confusions, label counts, numbers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

import numpy as np

from modelspec.data import Labelled
from modelspec.data.features.binary import THRESHOLD
from modelspec.data.features.number import Number
from modelspec.data.features.text import Text
from modelspec.report.contents import Classes, Labels, Measures

if TYPE_CHECKING:
    from torch import Tensor

    from modelspec.data import Preprocessing
    from modelspec.data.table.table import Array
    from modelspec.graph.graph import GraphOutput
    from modelspec.report.contents import Found

MOST_COLUMNS = 8
"""Numbers of more columns than this are pooled."""


class Accumulator(Protocol):
    """Accumulates the predictions of one output, batch by batch."""

    def add(self, predicted: Tensor, target: Tensor) -> None:
        """Rows, or steps of them, that count: `[rows, ...]`."""
        ...

    def result(self, preprocessing: Preprocessing) -> Found:
        """The accumulated result."""
        ...


def accumulator_for(output: GraphOutput) -> Accumulator | None:
    """The accumulator for an output; None where its loss has nothing that the report shows."""
    loss, shape = output.loss, getattr(output.value, "shape", None)
    if loss is None or not shape or not isinstance(shape[-1], int):
        return None
    match loss.targets:
        case "classes" | "indices":
            axis = getattr(loss, "axis", -1)
            if axis not in (-1, len(shape)):
                return None
            return _ClassAccumulator(output.name, shape[-1], getattr(loss, "ignore_class", None))
        case "binary":
            threshold = 0.0 if loss.of_logits else THRESHOLD
            if shape[-1] == 1:
                return _BinaryAccumulator(output.name, threshold)
            return _MultiLabelAccumulator(output.name, shape[-1], threshold)
        case "numbers":
            return _RegressionAccumulator(output.name)
    return None


class _ClassAccumulator:
    def __init__(self, output: str, count: int, ignored: int | None) -> None:
        self._output, self._count, self._ignored = output, count, ignored
        self._pairs: Counter[tuple[int, int]] = Counter()

    def add(self, predicted: Tensor, target: Tensor) -> None:
        indices = target.argmax(dim=-1) if target.shape == predicted.shape else target
        _count(self._pairs, indices, predicted.argmax(dim=-1), self._count, self._ignored)

    def result(self, preprocessing: Preprocessing) -> Classes:
        return Classes(_class_names(preprocessing, self._output, self._count), self._pairs)


class _BinaryAccumulator:
    def __init__(self, output: str, threshold: float) -> None:
        self._output, self._threshold = output, threshold
        self._pairs: Counter[tuple[int, int]] = Counter()

    def add(self, predicted: Tensor, target: Tensor) -> None:
        _count(self._pairs, target >= THRESHOLD, predicted >= self._threshold, 2, None)

    def result(self, preprocessing: Preprocessing) -> Classes:
        return Classes(_class_names(preprocessing, self._output, 2), self._pairs)


class _MultiLabelAccumulator:
    def __init__(self, output: str, count: int, threshold: float) -> None:
        self._output, self._threshold = output, threshold
        self._counts = np.zeros((count, 3), np.int64)

    def add(self, predicted: Tensor, target: Tensor) -> None:
        yes, claimed = target >= THRESHOLD, predicted >= self._threshold
        for column, each in enumerate((yes, claimed, yes & claimed)):
            self._counts[:, column] += each.flatten(0, -2).sum(dim=0).numpy(force=True)

    def result(self, preprocessing: Preprocessing) -> Labels:
        names = _class_names(preprocessing, self._output, len(self._counts))
        return Labels(
            names, [(target, predicted, both) for target, predicted, both in self._counts.tolist()]
        )


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
            np.concatenate([self._in_columns(part, known) for part in parts])
            for parts in zip(*self._parts, strict=True)
        )
        names = known.columns if known and len(known.columns) == predicted.shape[1] else ()
        return Measures(
            names or [f"column {n}" for n in range(predicted.shape[1])], target, predicted
        )

    def _in_columns(self, values: Array, feature: Number | None) -> Array:
        if feature is not None and feature.normalize != "none":
            (decoded,) = feature.decode(self._output, values).values()
            values = decoded.values if isinstance(decoded, Labelled) else decoded
        columns = values.reshape(len(values), -1)
        wide = values.ndim > 2 or columns.shape[1] > MOST_COLUMNS
        numbers: Array = (columns.reshape(-1, 1) if wide else columns).astype(np.float64)
        return numbers


def _count(
    pairs: Counter[tuple[int, int]],
    target: Tensor,
    predicted: Tensor,
    classes: int,
    ignored: int | None,
) -> None:
    """Add to the confusion counts."""
    one, other = (each.flatten().long().numpy(force=True) for each in (target, predicted))
    if ignored is not None:
        one, other = one[one != ignored], other[one != ignored]
    pair_codes, counts = np.unique(one * classes + other, return_counts=True)
    for code, count in zip(pair_codes.tolist(), counts.tolist(), strict=True):
        pairs[divmod(code, classes)] += count


def _class_names(preprocessing: Preprocessing, output: str, count: int) -> list[str]:
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
