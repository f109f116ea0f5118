"""Classes that the data already counts from 0, or gives as one-hot rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from modelspec.data.features.column_values import report_rows
from modelspec.data.features.feature import Feature, Filling, Labelled
from modelspec.data.features.number import Number

if TYPE_CHECKING:
    from modelspec.data.table.model_fields import Slot
    from modelspec.data.table.table import Array

_SUM_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class Labels(Feature):
    """Targets of a categorical cross-entropy as they are: class indices, or one-hot rows.

    Attributes:
        classes: How many there are: the width of the output.
    """

    type: ClassVar[str] = "labels"

    classes: int = 0

    def encode(self, filling: Filling) -> Array | None:
        """Indices as int64, without the output's last axis; or rows of probabilities."""
        slot = filling.slot
        if self._one_hot(filling):
            return self._rows(filling)
        indices = Number(self.columns).encode(filling._replace(slot=index_slot(slot)))
        if indices is None or not self._check_range(filling, indices):
            return None
        return indices

    def decode(self, name: str, values: Array) -> dict[str, Array | Labelled]:
        """The most probable class's index, and the probability of each."""
        labels = tuple(map(str, range(values.shape[-1])))
        return {
            name: values.argmax(axis=-1).astype(np.int64),
            f"{name}_probability": Labelled(values, labels),
        }

    def _one_hot(self, filling: Filling) -> bool:
        """Whether rows have a last axis of classes: several columns, or an array of that rank."""
        if len(self.columns) > 1:
            return True
        values, shape = filling.table.columns[self.columns[0]], filling.slot.shape
        if not isinstance(values, np.ndarray) or shape is None:
            return False
        return values.ndim - 1 == len(shape) and values.shape[-1] > 1

    def _rows(self, filling: Filling) -> Array | None:
        slot = filling.slot
        if slot.targets == "indices":
            message = f"{slot.loss} wants class indices, {self.what()} is one-hot"
            filling.findings.add("MS607", message, help="use `categorical_crossentropy`")
            return None
        rows = Number(self.columns).encode(filling)
        if rows is None:
            return None
        wrong = (np.abs(rows.sum(axis=-1) - 1) > _SUM_TOLERANCE) | (rows < 0).any(axis=-1)
        if wrong.any():
            bad = np.flatnonzero(wrong.reshape(len(wrong), -1).any(axis=1))
            problem = f"{self.what()} is neither one-hot nor probabilities that sum to 1"
            report_rows(filling, bad, "MS607", problem)
            return None
        return rows

    def _check_range(self, filling: Filling, indices: Array) -> bool:
        ignored = filling.slot.ignored
        if ignored is not None:
            indices = np.where(indices == ignored, 0, indices)
        low, high = int(indices.min()), int(indices.max())
        if low >= 0 and (not self.classes or high < self.classes):
            return True
        wrong = (indices < 0) | (indices >= self.classes)
        rows = np.flatnonzero(wrong.reshape(len(wrong), -1).any(axis=1))
        declared = f"{filling.slot.text} has {self.classes} classes (0 to {self.classes - 1})"
        problem = f"{declared}, {self.what()} has {low if low < 0 else high}"
        help = "declare `type: category`, which numbers the classes from 0"
        if low >= 0 and high >= self.classes and len(np.unique(indices)) > self.classes:
            found = len(np.unique(indices))
            problem = f"{declared}, {self.what()} has {found}, up to {high},"
            help = f"give the layer before the output {found} units"
        report_rows(filling, rows, "MS607", problem, help=help)
        return False


def width(slot: Slot) -> int | None:
    """The number of classes of an output, None where it is not known."""
    last = slot.shape[-1] if slot.shape else None
    return last if isinstance(last, int) else None


def index_slot(slot: Slot) -> Slot:
    """The slot of an output's class indices: its last axis is gone."""
    shape = slot.shape[:-1] if slot.shape else slot.shape
    return replace(slot, shape=shape, dtype="int64")
