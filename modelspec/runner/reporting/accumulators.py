"""What an output says, summed up batch by batch: pairs of classes, counts of labels, numbers."""

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
"""Of more columns, all numbers are shown together."""


class Collecting(Protocol):
    """Takes in what one output says, batch by batch."""

    def add(self, said: Tensor, true: Tensor) -> None:
        """Rows, or steps of them, that count: `[rows, ...]`."""
        ...

    def found(self, preprocessing: Preprocessing) -> Found:
        """What it comes to."""
        ...


def collecting(output: GraphOutput) -> Collecting | None:
    """What sums up an output with targets; None where its loss compares nothing that is shown."""
    loss, shape = output.loss, getattr(output.value, "shape", None)
    if loss is None or not shape or not isinstance(shape[-1], int):
        return None
    match loss.targets:
        case "classes" | "indices":
            axis = getattr(loss, "axis", -1)
            if axis not in (-1, len(shape)):
                return None
            return _Classes(output.name, shape[-1], getattr(loss, "ignore_class", None))
        case "binary":
            threshold = 0.0 if loss.of_logits else THRESHOLD
            if shape[-1] == 1:
                return _YesOrNo(output.name, threshold)
            return _Labels(output.name, shape[-1], threshold)
        case "numbers":
            return _Measures(output.name)
    return None


class _Classes:
    def __init__(self, output: str, count: int, ignored: int | None) -> None:
        self._output, self._count, self._ignored = output, count, ignored
        self._pairs: Counter[tuple[int, int]] = Counter()

    def add(self, said: Tensor, true: Tensor) -> None:
        indices = true.argmax(dim=-1) if true.shape == said.shape else true
        _count(self._pairs, indices, said.argmax(dim=-1), self._count, self._ignored)

    def found(self, preprocessing: Preprocessing) -> Classes:
        return Classes(_class_names(preprocessing, self._output, self._count), self._pairs)


class _YesOrNo:
    def __init__(self, output: str, threshold: float) -> None:
        self._output, self._threshold = output, threshold
        self._pairs: Counter[tuple[int, int]] = Counter()

    def add(self, said: Tensor, true: Tensor) -> None:
        _count(self._pairs, true >= THRESHOLD, said >= self._threshold, 2, None)

    def found(self, preprocessing: Preprocessing) -> Classes:
        return Classes(_class_names(preprocessing, self._output, 2), self._pairs)


class _Labels:
    def __init__(self, output: str, count: int, threshold: float) -> None:
        self._output, self._threshold = output, threshold
        self._counts = np.zeros((count, 3), np.int64)

    def add(self, said: Tensor, true: Tensor) -> None:
        yes, claimed = true >= THRESHOLD, said >= self._threshold
        for column, each in enumerate((yes, claimed, yes & claimed)):
            self._counts[:, column] += each.flatten(0, -2).sum(dim=0).numpy(force=True)

    def found(self, preprocessing: Preprocessing) -> Labels:
        names = _class_names(preprocessing, self._output, len(self._counts))
        return Labels(names, [(true, said, both) for true, said, both in self._counts.tolist()])


class _Measures:
    """Numbers in the units of the data: those of a few columns by themselves, many together."""

    def __init__(self, output: str) -> None:
        self._output = output
        self._parts: list[tuple[Array, Array]] = []

    def add(self, said: Tensor, true: Tensor) -> None:
        self._parts.append((said.float().numpy(force=True), true.float().numpy(force=True)))

    def found(self, preprocessing: Preprocessing) -> Measures:
        feature = preprocessing.features.get(self._output)
        known = feature if isinstance(feature, Number) else None
        said, true = (
            np.concatenate([self._in_columns(part, known) for part in parts])
            for parts in zip(*self._parts, strict=True)
        )
        names = known.columns if known and len(known.columns) == said.shape[1] else ()
        return Measures(names or [f"column {n}" for n in range(said.shape[1])], true, said)

    def _in_columns(self, values: Array, feature: Number | None) -> Array:
        if feature is not None and feature.normalize != "none":
            (decoded,) = feature.decode(self._output, values).values()
            values = decoded.values if isinstance(decoded, Labelled) else decoded
        columns = values.reshape(len(values), -1)
        wide = values.ndim > 2 or columns.shape[1] > MOST_COLUMNS
        found: Array = (columns.reshape(-1, 1) if wide else columns).astype(np.float64)
        return found


def _count(
    pairs: Counter[tuple[int, int]], true: Tensor, said: Tensor, classes: int, ignored: int | None
) -> None:
    """Add how often each class was said to be each."""
    one, other = (each.flatten().long().numpy(force=True) for each in (true, said))
    if ignored is not None:
        one, other = one[one != ignored], other[one != ignored]
    found, counts = np.unique(one * classes + other, return_counts=True)
    for place, count in zip(found.tolist(), counts.tolist(), strict=True):
        pairs[divmod(place, classes)] += count


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
