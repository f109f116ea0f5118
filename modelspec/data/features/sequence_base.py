"""Rows of steps: cut and padded to one length, or each batch to its longest row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.arrays.lazy_arrays import RaggedArray
from modelspec.data.features.column_values import count_cells
from modelspec.data.features.feature import Feature
from modelspec.data.table.cell_counts import MANY
from modelspec.shapes import Expr

if TYPE_CHECKING:
    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features.feature import EncodeContext
    from modelspec.data.table.cell_counts import CellCounts
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array, RowIndices


@dataclass(frozen=True, slots=True)
class Steps(Feature):
    """What features of steps have in common.

    Attributes:
        length: Of every row; 0 for what the field says, or else each row's own.
        pad: At which end steps are added, `end` or `start`.
        truncate: At which end steps are taken away.
    """

    length: int = 0
    pad: str = "end"
    truncate: str = "end"

    def arranged(
        self, context: EncodeContext, values: Array, sizes: RowIndices, fill: float = 0
    ) -> Values | None:
        """Steps that follow each other, row by row, as the field's values.

        Args:
            context: What is filled.
            values: All steps, `[steps, ...]`.
            sizes: How many of them each row has.
            fill: What stands where a row has no step.

        Returns:
            None after a finding.
        """
        first = context.field.shape[0] if context.field.shape else None
        length = self.length or (first if isinstance(first, int) else 0)
        starts = np.cumsum(sizes) - sizes
        if length:
            shape = (length, *values.shape[1:])
            if context.sizes.fit(shape, context.field, self.what(), context.findings) is None:
                return None
            over = np.maximum(sizes - length, 0)
            became = f"the {length} steps of {context.field.text}"
            most = length + int(over.max(initial=0))
            column = self.columns[0]
            count_cells(context, column, "truncated", np.flatnonzero(over), became, most)
            starts = starts + over if self.truncate == "start" else starts
            sizes = np.minimum(sizes, length)
            whole = RaggedArray(values, starts, sizes, fill, length, self.pad == "start")
            return whole.take(np.arange(len(sizes)))
        if not self._fits_open(context, values):
            return None
        name = str(first) if isinstance(first, Expr) else ""
        least = max(1, context.sizes.minimums.get(name, 0))
        return RaggedArray(values, starts, sizes, fill, least, self.pad == "start", name)

    def report_cut(self, field: ModelField, counts: CellCounts, findings: Findings) -> None:
        """Say that many rows are cut, going by the counts of a whole file."""
        cut = counts.found.get((field.name, self.columns[0], "truncated"))
        if cut is None or cut.cells * MANY <= counts.rows:
            return
        message = (
            f"{cut.cells:,} of {counts.rows:,} rows of {self.what()} are longer than {cut.became}, "
            f"up to {cut.most:,}"
        )
        help = f"leave the length open (`[T]`), or make it {cut.most}"
        findings.add("MS810", message, help=help)

    def _fits_open(self, context: EncodeContext, values: Array) -> bool:
        """Whether rows of any length fit the field, but for their first axis."""
        shape = context.field.shape
        if shape is None:
            return True
        wanted, given = list(shape[1:]), list(values.shape[1:])
        if len(wanted) == len(given) and all(
            not isinstance(size, int) or size == found
            for size, found in zip(wanted, given, strict=True)
        ):
            return True
        steps = ", ".join(["any", *map(str, given)])
        listed = ", ".join(map(str, shape))
        message = f"{context.field.text} is `[{listed}]`, {self.what()} has rows of `[{steps}]`"
        context.findings.add("MS805", message)
        return False
