"""What a model is fed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np

from modelspec.data.arrays.lazy_arrays import LazyArray, RaggedArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array, RowIndices

Values: TypeAlias = "Array | LazyArray"
"""Encoded rows: one contiguous array, or what arrays can be taken from."""


@dataclass(frozen=True, slots=True)
class Arrays:
    """Rows of encoded values, the batch axis first.

    Attributes:
        inputs: By input, in the dtype and shape that the graph declares.
        targets: By output with a loss: float32 of the output's shape; for classes int64 indices
            without its last axis, or float32 rows of probabilities. Beside them, under
            `weight_key`, float32 weights of the rows of an output that has them.
        rows: How many.
        kept: Which rows of the file they are, from 0; None where they are all of them.
    """

    inputs: dict[str, Values]
    targets: dict[str, Values]
    rows: int
    kept: RowIndices | None = None

    @classmethod
    def of_fields(
        cls,
        encoded: Mapping[str, Values],
        fields: Mapping[str, ModelField],
        rows: int,
        kept: RowIndices | None = None,
    ) -> Self:
        """The encoded values of fields, each where it belongs."""
        return cls(
            {name: encoded[name] for name, field in fields.items() if field.role == "input"},
            {name: encoded[name] for name, field in fields.items() if field.targets},
            rows,
            kept,
        )

    def batch(
        self, rows: RowIndices, whole: RowIndices | None = None
    ) -> tuple[dict[str, Array], dict[str, Array]]:
        """Inputs and targets of these rows, sequences of one symbol being equally long.

        Args:
            rows: Which.
            whole: The batch that they are a part of: sequences are as long as its longest.
        """
        whole = rows if whole is None else whole
        longest: dict[str, int] = {}
        for value in (*self.inputs.values(), *self.targets.values()):
            if isinstance(value, RaggedArray) and value.symbol:
                longest[value.symbol] = max(longest.get(value.symbol, 0), value.longest(whole))
        return _batch(self.inputs, rows, whole, longest), _batch(self.targets, rows, whole, longest)

    def dealt(self, parts: Sequence[RowIndices | None]) -> list[Arrays | None]:
        """Some rows for each part; None for none.

        What is dealt is gone from here: value by value, so that hardly anything is in memory
        twice.
        """
        found = [None if rows is None else self._without(rows) for rows in parts]
        for role in ("inputs", "targets"):
            values: dict[str, Values] = getattr(self, role)
            for name in [*values]:
                value = values.pop(name)
                for part in found:
                    if part is not None:
                        getattr(part[0], role)[name] = _rows_of(value, part[1])
        return [part and part[0] for part in found]

    def take(self, rows: RowIndices) -> Arrays:
        """Only these rows; arrays are copied."""
        taken, _ = self._without(rows)
        for role in ("inputs", "targets"):
            for name, value in getattr(self, role).items():
                getattr(taken, role)[name] = _rows_of(value, rows)
        return taken

    def _without(self, rows: RowIndices) -> tuple[Arrays, RowIndices]:
        """These rows without any value yet."""
        return Arrays({}, {}, len(rows), rows if self.kept is None else self.kept[rows]), rows


def _rows_of(value: Values, rows: RowIndices) -> Values:
    return value.subset(rows) if isinstance(value, LazyArray) else np.take(value, rows, axis=0)


def _batch(
    values: Mapping[str, Values], rows: RowIndices, whole: RowIndices, longest: dict[str, int]
) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for name, value in values.items():
        if isinstance(value, RaggedArray):
            found[name] = value.take(rows, longest.get(value.symbol) or value.longest(whole))
        else:
            found[name] = value.take(rows) if isinstance(value, LazyArray) else value[rows]
    return found
