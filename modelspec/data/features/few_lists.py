"""Lists of numbers of a few rows: arrays and sequences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec.data.features.absent import marker_numbers
from modelspec.data.features.few_cells import (
    EXACT,
    fixed_shape,
    if_sound,
    is_open,
    silent_context,
)
from modelspec.data.features.missing import filled
from modelspec.data.features.sequence_steps import ReadSteps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features.feature import EncodeContext, Feature
    from modelspec.data.features.few import FewEncoded, FewEncoder
    from modelspec.data.table.few_rows import FewRows
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array


@dataclass(frozen=True, slots=True)
class FewArrays:
    """Reads a column of nested lists of one shape as the array that a file of arrays has.

    Attributes:
        single: What encodes rows of one number.
    """

    feature: Feature
    field: ModelField
    single: FewEncoder | None

    def encode(self, few: FewRows) -> FewEncoded | None:
        """The values for all rows; None where any is no list of numbers, or of another shape."""
        (column,) = self.feature.columns
        cells = few.cells(column)
        if cells is None or type(cells[0]) is not list:
            return self.single.encode(few) if self.single and cells is not None else None
        array = _numbers(cells)
        if array is None or fixed_shape(array.shape[1:], self.field) is None:
            return None
        context = silent_context(self.field, few.rows, {}, {column: array})
        return if_sound(context, self.feature.encode(filled(self.feature, context)))


@dataclass(frozen=True, slots=True)
class FewSequences:
    """Reads a column of lists of steps, each a number or a list of numbers.

    Attributes:
        encode_steps: What the feature makes of them.
    """

    feature: Feature
    field: ModelField
    minimums: Mapping[str, int]
    marked: frozenset[float]
    encode_steps: Callable[[EncodeContext, ReadSteps], Values | None]

    @classmethod
    def of(
        cls,
        feature: Feature,
        field: ModelField,
        minimums: Mapping[str, int],
        encode: Callable[[EncodeContext, ReadSteps], Values | None],
    ) -> FewSequences | None:
        """None where a size of a step is open."""
        if is_open(field):
            return None
        marked = frozenset(marker_numbers(feature.markers))
        return cls(feature, field, minimums, marked, encode)

    def encode(self, few: FewRows) -> FewEncoded | None:
        """The values for all rows; None where any is no list, or holds what is no number."""
        cells = few.cells(self.feature.columns[0])
        if cells is None or not all(type(each) is list for each in cells):
            return None
        steps = _numbers([step for row in cells for step in row])
        if (
            steps is None
            or steps.ndim > 2
            or (self.marked and np.isin(steps, [*self.marked]).any())
        ):
            return None
        sizes = np.array([len(row) for row in cells], np.int64)
        read = ReadSteps(steps, sizes, np.zeros(len(steps), bool))
        context = silent_context(self.field, few.rows, self.minimums)
        return if_sound(context, self.encode_steps(context, read))


def _numbers(cells: list[Any]) -> Array | None:
    """Finite numbers, or nested lists of them that are of one shape; None of anything else."""
    try:
        found = np.array(cells)
    except ValueError:
        return None
    if not found.size or found.dtype.kind not in "if":
        return None
    numbers = found.astype(np.float64)
    if not (np.abs(numbers) <= EXACT).all() and found.dtype.kind == "i":
        return None
    return numbers if np.isfinite(numbers).all() and _are_plain(cells) else None


def _are_plain(cells: list[Any]) -> bool:
    """Whether there is no yes or no among numbers, which numpy takes for one."""
    types = set(map(type, cells))
    if types == {list}:
        return all(map(_are_plain, cells))
    return types <= {int, float}
