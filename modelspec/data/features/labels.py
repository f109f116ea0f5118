"""Classes that the data already counts from 0, or gives as one-hot rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from modelspec.data.features.column_values import report_rows
from modelspec.data.features.feature import EncodeContext, Feature, Labelled
from modelspec.data.features.number import Number
from modelspec.data.table.missing_markers import MISSING_MARKERS

if TYPE_CHECKING:
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array

_SUM_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class Labels(Feature):
    """Targets of a categorical cross-entropy as they are: class indices, or one-hot rows.

    Attributes:
        classes: How many there are: the width of the output.
    """

    type: ClassVar[str] = "labels"
    usual_markers: ClassVar[tuple[str, ...]] = MISSING_MARKERS

    classes: int = 0

    def encode(self, context: EncodeContext) -> Array | None:
        """Indices as int64, without the output's last axis; or rows of probabilities."""
        field = context.field
        if self._one_hot(context):
            return self._rows(context)
        indices = Number(self.columns).encode(context._replace(field=index_field(field)))
        if indices is None or not self._check_range(context, indices):
            return None
        return indices

    def decode(self, name: str, values: Array) -> dict[str, Array | Labelled]:
        """The most probable class's index, and the probability of each."""
        labels = tuple(map(str, range(values.shape[-1])))
        return {
            name: values.argmax(axis=-1).astype(np.int64),
            f"{name}_probability": Labelled(values, labels),
        }

    def _one_hot(self, context: EncodeContext) -> bool:
        """Whether rows have a last axis of classes: several columns, or an array of that rank."""
        if len(self.columns) > 1:
            return True
        values, shape = context.table.columns[self.columns[0]], context.field.shape
        if not isinstance(values, np.ndarray) or shape is None:
            return False
        return values.ndim - 1 == len(shape) and values.shape[-1] > 1

    def _rows(self, context: EncodeContext) -> Array | None:
        field = context.field
        if field.targets == "indices":
            message = f"{field.loss} wants class indices, {self.what()} is one-hot"
            context.findings.add("MS607", message, help="use `categorical_crossentropy`")
            return None
        rows = Number(self.columns).encode(context)
        if rows is None:
            return None
        wrong = (np.abs(rows.sum(axis=-1) - 1) > _SUM_TOLERANCE) | (rows < 0).any(axis=-1)
        if wrong.any():
            bad = np.flatnonzero(wrong.reshape(len(wrong), -1).any(axis=1))
            problem = f"{self.what()} is neither one-hot nor probabilities that sum to 1"
            report_rows(context, bad, "MS607", problem)
            return None
        return rows

    def _check_range(self, context: EncodeContext, indices: Array) -> bool:
        ignored = context.field.ignored
        if ignored is not None:
            indices = np.where(indices == ignored, 0, indices)
        low, high = int(indices.min()), int(indices.max())
        if low >= 0 and (not self.classes or high < self.classes):
            return True
        wrong = (indices < 0) | (indices >= self.classes)
        rows = np.flatnonzero(wrong.reshape(len(wrong), -1).any(axis=1))
        declared = f"{context.field.text} has {self.classes} classes (0 to {self.classes - 1})"
        problem = f"{declared}, {self.what()} has {low if low < 0 else high}"
        help = "declare `type: category`, which numbers the classes from 0"
        if low >= 0 and high >= self.classes and len(np.unique(indices)) > self.classes:
            found = len(np.unique(indices))
            problem = f"{declared}, {self.what()} has {found}, up to {high},"
            help = f"give the layer before the output {found} units"
        report_rows(context, rows, "MS607", problem, help=help)
        return False


def width(field: ModelField) -> int | None:
    """The number of classes of an output, None where it is not known."""
    last = field.shape[-1] if field.shape else None
    return last if isinstance(last, int) else None


def index_field(field: ModelField) -> ModelField:
    """The field of an output's class indices: its last axis is gone."""
    shape = field.shape[:-1] if field.shape else field.shape
    return replace(field, shape=shape, dtype="int64")
