"""Which columns of X are which of a spec's inputs."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec.data.table.model_fields import model_fields
from modelspec.language.features import AnyFeature, NumberFeature

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.api.loaded_spec import LoadedSpec
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array


@dataclass(frozen=True, slots=True)
class Slot:
    """A column of the spec's data, and how many columns of an array fill it.

    Attributes:
        column: Its name.
        shape: Of an array that fills it; None for one value a row.
    """

    column: str
    shape: tuple[int | None, ...] | None = None

    @property
    def width(self) -> int | None:
        """How many columns of a matrix it takes; None where any number is right."""
        if self.shape is None:
            return 1
        return prod(size for size in self.shape if size) if all(self.shape) else None


def slots_of(spec: LoadedSpec, role: str) -> dict[str, tuple[Slot, ...]]:
    """The columns of each input, or of the targets of each output with a loss.

    Args:
        spec: The spec.
        role: `input` or `output`.
    """
    declared = spec.spec.data.features if spec.spec.data else {}
    fields = model_fields(spec.graph, declared)
    return {name: _slots(spec, field) for name, field in fields.items() if field.role == role}


def _slots(spec: LoadedSpec, field: ModelField) -> tuple[Slot, ...]:
    data = spec.spec.data
    settings = data.feature(field.name) if data else AnyFeature()
    columns = settings.sources(field.name)
    shape = tuple(size if isinstance(size, int) else None for size in field.shape or ())
    as_array = isinstance(settings, NumberFeature) and shape not in ((), (1,))
    if len(columns) > 1 or not as_array or field.targets in ("classes", "indices", "labels"):
        return tuple(Slot(column) for column in columns)
    return (Slot(columns[0], shape),)


def columns_of_matrix(matrix: Array, slots: Iterable[Slot], what: str) -> dict[str, Array]:
    """The columns of the spec's data that an array holds, side by side, in the slots' order.

    Args:
        matrix: `[rows, columns]`; or with more axes, for a single slot.
        slots: What is to be filled. A column that several inputs read is there once.
        what: Whose array it is: `X` or `y`.

    Raises:
        ValueError: It has another number of columns.
    """
    wanted = {slot.column: slot for slot in slots}
    if matrix.ndim > 2:
        if len(wanted) > 1:
            raise ValueError(
                f"{what} has {matrix.ndim} axes, and fills several columns, of one value a row "
                f"each: {_told(wanted.values())}"
            )
        return dict.fromkeys(wanted, matrix)
    widths = [slot.width for slot in wanted.values()]
    total = sum(width for width in widths if width is not None)
    if widths == [None]:
        return dict.fromkeys(wanted, matrix)
    if None in widths or total != matrix.shape[1]:
        raise ValueError(
            f"{what} has {matrix.shape[1]} columns, and those of the spec are "
            f"{_told(wanted.values())}"
        )
    found, start = {}, 0
    for column, slot in wanted.items():
        part = matrix[:, start : start + (slot.width or 0)]
        start += slot.width or 0
        found[column] = part[:, 0] if slot.shape is None else part.reshape(-1, *_sizes(slot))
    return {column: plain(values) for column, values in found.items()}


def columns_of_frame(frame: Any) -> dict[str, Any]:
    """The columns of a data frame, of pandas or polars, by name."""
    return {str(name): frame[name] for name in frame.columns}


def plain(values: Array) -> Any:
    """An array of numbers or text; of Python's objects, a list."""
    return values.tolist() if values.dtype == object else np.ascontiguousarray(values)


def _sizes(slot: Slot) -> list[int]:
    return [size for size in slot.shape or () if size]


def _told(slots: Iterable[Slot]) -> str:
    """`age`, `plan` (3 columns)."""
    told = []
    for slot in slots:
        width = slot.width
        count = "" if width == 1 else f" ({width or 'any number of'} columns)"
        told.append(f"`{slot.column}`{count}")
    return ", ".join(told)
