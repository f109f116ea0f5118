"""Numbers: a column, several columns as one vector, or an array, normalised or not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from modelspec.data.features.column_values import numbers
from modelspec.data.features.feature import EncodeContext, Feature, Labelled, Scaling, UnfitError
from modelspec.data.features.statistics import blocks, fit_scaling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.data.features.feature import FitChunks
    from modelspec.data.table.table import Array, RowIndices


@dataclass(frozen=True, slots=True)
class Number(Feature):
    """Numbers, of which `(x - offset) / scale` reaches the model.

    There is one offset and scale for each entry of the last axis, where the model fixes its
    size, as in Keras's Normalization layer: for each column of a vector, for each channel of
    an image. A constant column becomes 0.
    """

    type: ClassVar[str] = "number"

    normalize: str = "none"
    offset: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()

    def fit(self, chunks: FitChunks) -> Number:
        """With the statistics of the training rows."""
        if self.normalize == "none":
            return self
        if chunks.field.integers:
            message = f"{chunks.field.text} holds integers ({chunks.field.dtype})"
            chunks.findings.add("MS506", f"{message}, which cannot be normalised")
            raise UnfitError
        width = next(self._fitted(chunks))[0].width

        def arrays() -> Iterator[tuple[list[Array], RowIndices | None]]:
            return ((fitted.arrays, rows) for fitted, rows in self._fitted(chunks))

        offset, scale = fit_scaling(arrays, width, self.normalize)
        return replace(self, offset=tuple(offset.tolist()), scale=tuple(scale.tolist()))

    def _fitted(self, chunks: FitChunks) -> Iterator[tuple[_Fitted, RowIndices | None]]:
        for context, rows in chunks:
            fitted = _Fitted.of(self, context)
            if fitted is None:
                raise UnfitError
            yield fitted, rows

    def encode(self, context: EncodeContext) -> Array | None:
        """The numbers, normalised, in the field's dtype and shape."""
        fitted = _Fitted.of(self, context)
        if fitted is None:
            return None
        dtype = np.dtype(numpy_dtype(context.field.dtype))
        if self.normalize == "none" and len(fitted.arrays) == 1:
            array = fitted.arrays[0].reshape(fitted.shape)
            return np.require(array, dtype, ["C_CONTIGUOUS", "WRITEABLE"])
        out = np.empty(fitted.shape, dtype)
        cells = out.reshape(len(out), len(fitted.arrays), -1, fitted.width)
        for rows in blocks(len(out), cells[0].size):
            for position, array in enumerate(fitted.arrays):
                cells[rows, position] = self._normalised(array[rows], position, fitted.width)
        return out

    def _normalised(self, block: Array, position: int, width: int) -> Array:
        """Some rows of an array, `[rows, cells, width]`."""
        block = block.reshape(len(block), -1, width)
        if self.normalize == "none":
            return block
        entries = slice(position * width, (position + 1) * width)
        normalised: Array = (block - self.offset[entries]) / self.scale[entries]
        return normalised

    @property
    def normalised(self) -> bool:
        """Whether the numbers are scaled."""
        return self.normalize != "none"

    def scaling(self) -> Scaling | None:
        """What undoes the normalisation."""
        return Scaling(self.scale, self.offset) if self.normalised else None

    def to_units(self, values: Array) -> Array:
        """The numbers in the data's own units, float64."""
        if not self.normalised:
            return values.astype(np.float64)
        scaled: Array = values.astype(np.float64) * np.array(self.scale) + np.array(self.offset)
        return scaled

    def decode(self, name: str, values: Array) -> dict[str, Array | Labelled]:
        """The numbers in the data's own units."""
        if self.normalised:
            values = self.to_units(values).astype(np.float32)
        if len(self.columns) > 1 and values.shape[-1] == len(self.columns):
            return {name: Labelled(values, self.columns)}
        one = values.ndim == 2 and values.shape[1] == 1
        return {name: values[:, 0] if one else values}


class _Fitted(NamedTuple):
    """A feature's numbers, which fit their field.

    Attributes:
        arrays: The one array, or the columns of a vector.
        shape: Of all rows in the field.
        width: The entries of each array's last axis that are measured each by itself.
    """

    arrays: list[Array]
    shape: tuple[int, ...]
    width: int

    @classmethod
    def of(cls, feature: Feature, context: EncodeContext) -> _Fitted | None:
        """None after a finding."""
        found = [numbers(context, column) for column in feature.columns]
        arrays = [array for array in found if array is not None]
        if len(arrays) < len(found):
            return None
        vector = len(arrays) > 1
        if vector and any(array.ndim > 1 for array in arrays):
            context.findings.add("MS805", f"{feature.what()} is made of arrays that are no columns")
            return None
        row = (len(arrays),) if vector else arrays[0].shape[1:]
        shape = context.sizes.fit(row, context.field, feature.what(), context.findings)
        if shape is None:
            return None
        wanted = context.field.shape
        fixed = bool(shape) and (not wanted or isinstance(wanted[-1], int))
        return cls(arrays, (context.table.rows, *shape), shape[-1] if fixed and not vector else 1)


def numpy_dtype(name: str) -> str:
    """The dtype that numpy has for a spec's: it has no bfloat16."""
    return "float32" if name == "bfloat16" else name
