"""Rows of steps: cut and padded to one length, or each batch to its longest row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.arrays.lazy_arrays import Ragged
from modelspec.data.features.feature import Feature
from modelspec.shapes import Expr

if TYPE_CHECKING:
    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features.feature import Filling
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.model_fields import Slot
    from modelspec.data.table.table import Array, Rows


MANY = 20
"""One row in so many may be cut without a word."""


@dataclass(frozen=True, slots=True)
class Steps(Feature):
    """What features of steps have in common.

    Attributes:
        length: Of every row; 0 for what the slot says, or else each row's own.
        pad: At which end steps are added, `end` or `start`.
        truncate: At which end steps are taken away.
    """

    length: int = 0
    pad: str = "end"
    truncate: str = "end"

    def arranged(
        self, filling: Filling, values: Array, sizes: Rows, fill: float = 0
    ) -> Values | None:
        """Steps that follow each other, row by row, as the slot's values.

        Args:
            filling: What is filled.
            values: All steps, `[steps, ...]`.
            sizes: How many of them each row has.
            fill: What stands where a row has no step.

        Returns:
            None after a finding.
        """
        first = filling.slot.shape[0] if filling.slot.shape else None
        length = self.length or (first if isinstance(first, int) else 0)
        starts = np.cumsum(sizes) - sizes
        if length:
            shape = (length, *values.shape[1:])
            if filling.sizes.fit(shape, filling.slot, self.what(), filling.findings) is None:
                return None
            over = np.maximum(sizes - length, 0)
            _note_cut(filling, over, length)
            starts = starts + over if self.truncate == "start" else starts
            sizes = np.minimum(sizes, length)
            whole = Ragged(values, starts, sizes, fill, length, self.pad == "start")
            return whole.take(np.arange(len(sizes)))
        if not self._fits_open(filling, values):
            return None
        name = str(first) if isinstance(first, Expr) else ""
        least = max(1, filling.sizes.minimums.get(name, 0))
        return Ragged(values, starts, sizes, fill, least, self.pad == "start", name)

    def report_cut(self, cut: list[int], slot: Slot, findings: Findings) -> None:
        """Say that many rows are cut, `cut` being that of `Sizes.cuts`."""
        count, rows, longest, length = cut
        if count * MANY <= rows:
            return
        message = (
            f"{count:,} of {rows:,} rows of {self.what()} are longer than the {length} steps "
            f"of {slot.text}, up to {longest:,}"
        )
        help = f"leave the length open (`[T]`), or make it {longest}"
        findings.add("MS810", message, help=help)

    def _fits_open(self, filling: Filling, values: Array) -> bool:
        """Whether rows of any length fit the slot, but for their first axis."""
        shape = filling.slot.shape
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
        message = f"{filling.slot.text} is `[{listed}]`, {self.what()} has rows of `[{steps}]`"
        filling.findings.add("MS805", message)
        return False


def _note_cut(filling: Filling, over: Rows, length: int) -> None:
    cut = filling.sizes.cuts.setdefault(filling.slot.name, [0, 0, length, length])
    cut[0] += int((over > 0).sum())
    cut[1] += len(over)
    cut[2] = max(cut[2], int(over.max(initial=0)) + length)
