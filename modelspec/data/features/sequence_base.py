"""Rows of steps: cut and padded to one length, or each batch to its longest row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.arrays.lazy_arrays import RaggedArray
from modelspec.data.features.feature import Feature
from modelspec.shapes import Expr

if TYPE_CHECKING:
    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features.feature import EncodeContext
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array, RowIndices


MANY = 20
"""One row in so many may be cut without a word."""


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
            _note_cut(context, over, length)
            starts = starts + over if self.truncate == "start" else starts
            sizes = np.minimum(sizes, length)
            whole = RaggedArray(values, starts, sizes, fill, length, self.pad == "start")
            return whole.take(np.arange(len(sizes)))
        if not self._fits_open(context, values):
            return None
        name = str(first) if isinstance(first, Expr) else ""
        least = max(1, context.sizes.minimums.get(name, 0))
        return RaggedArray(values, starts, sizes, fill, least, self.pad == "start", name)

    def report_cut(self, cut: list[int], field: ModelField, findings: Findings) -> None:
        """Say that many rows are cut, `cut` being that of `SymbolSizes.cuts`."""
        count, rows, longest, length = cut
        if count * MANY <= rows:
            return
        message = (
            f"{count:,} of {rows:,} rows of {self.what()} are longer than the {length} steps "
            f"of {field.text}, up to {longest:,}"
        )
        help = f"leave the length open (`[T]`), or make it {longest}"
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


def _note_cut(context: EncodeContext, over: RowIndices, length: int) -> None:
    cut = context.sizes.cuts.setdefault(context.field.name, [0, 0, length, length])
    cut[0] += int((over > 0).sum())
    cut[1] += len(over)
    cut[2] = max(cut[2], int(over.max(initial=0)) + length)
