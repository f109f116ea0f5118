"""How much each row counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from modelspec.data.features.number import Number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.data.features.feature import EncodeContext
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array


@dataclass(frozen=True, slots=True)
class Weight(Number):
    """Numbers from 0 up, by which the losses of the rows are multiplied."""

    type: ClassVar[str] = "weight"

    def few(self, field: ModelField, minimums: Mapping[str, int]) -> None:
        """Nothing."""

    def encode(self, context: EncodeContext) -> Array | None:
        """The numbers as they are."""
        values = Number.encode(self, context)
        if values is None or not (values < 0).any():
            return values
        row = int((values < 0).argmax())
        message = f"{self.what()} holds {values[row]:g} in row {row + 1}, which no row can count"
        context.findings.add("MS803", message, help="weights of samples are 0 or more")
        return None
