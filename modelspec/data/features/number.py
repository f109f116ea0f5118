"""Numbers: a column, several columns as one vector, or an array, normalised or not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from modelspec.data.features.column_values import (
    count_cells,
    numbers,
    report_rows,
)
from modelspec.data.features.currency import check_currencies, currencies_of
from modelspec.data.features.feature import Affine, EncodeContext, Feature, Labelled, UnfitError
from modelspec.data.features.few_lists import FewArrays
from modelspec.data.features.few_numbers import FewNumbers
from modelspec.data.features.field_limits import check_scale, most, numpy_dtype
from modelspec.data.features.missing import indicator_columns
from modelspec.data.features.number_formats import loose_numbers
from modelspec.data.features.scaling import Scaling, fit_scaling
from modelspec.data.features.statistics import blocks
from modelspec.data.table.missing_markers import MISSING_MARKERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelspec.data.features.feature import FitChunks
    from modelspec.data.features.few import FewEncoder
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array, Column, RowIndices


@dataclass(frozen=True, slots=True)
class Number(Feature):
    """Numbers, which reach the model normalised: `(x - offset) / scale`, or by their quantiles.

    There is one scale for each entry of the last axis, where the model fixes its size, as in
    Keras's Normalization layer: for each column of a vector, for each channel of an image. A
    constant column becomes 0.

    Attributes:
        normalize: Of all columns, or of each: `standard`, `minmax`, `robust`, `quantile`, `log1p`
            or `none`.
        offset, scale, quantiles: Of each entry, once fitted; see `scaling.Fitted`.
        clip: The least and the largest normalised number; none for no bounds.
        format: `percent` or `currency`, where text is written so.
        units: The currency of each column, once fitted; empty for one that does not say.
    """

    type: ClassVar[str] = "number"
    usual_markers: ClassVar[tuple[str, ...]] = MISSING_MARKERS

    normalize: str | tuple[str, ...] = "none"
    offset: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    quantiles: tuple[tuple[float, ...], ...] = ()
    clip: tuple[float, ...] = ()
    format: str = ""
    units: tuple[str, ...] = ()

    def fit(self, chunks: FitChunks) -> Number:
        """With the currencies and the statistics of the training rows."""
        if self.format == "currency" and not self.units:
            return replace(self, units=currencies_of(self.columns, chunks)).fit(chunks)
        if self.normalize == "none" and not self.clip:
            return self
        check_scale(chunks, self.normalised, self.clip)
        if self.normalize == "none":
            return self
        width = next(self._fitted(chunks))[0].width

        def arrays() -> Iterator[tuple[list[Array], RowIndices | None]]:
            return ((fitted.arrays, rows) for fitted, rows in self._fitted(chunks))

        return replace(self, **fit_scaling(arrays, width, self.normalize)._asdict())

    def _fitted(self, chunks: FitChunks) -> Iterator[tuple[_Fitted, RowIndices | None]]:
        for context, rows in chunks:
            fitted = _Fitted.of(self, context)
            if fitted is None:
                raise UnfitError
            yield fitted, rows

    def measured(
        self, context: EncodeContext, column: str, rows: RowIndices | None
    ) -> Column | None:
        """Numbers, read in their format."""
        values = context.table.columns[column]
        values = values if rows is None else values[rows]
        return loose_numbers(values, context.table.style, self.format)

    def encode(self, context: EncodeContext) -> Array | None:
        """The numbers, normalised, in the field's dtype and shape; then the indicators."""
        fitted = _Fitted.of(self, context)
        if fitted is None:
            return None
        dtype = np.dtype(numpy_dtype(context.field.dtype))
        plain = self.normalize == "none" and not self.clip and not self.indicators
        if plain and len(fitted.arrays) == 1:
            array = fitted.arrays[0].reshape(fitted.shape)
            return np.require(array, dtype, ["C_CONTIGUOUS", "WRITEABLE"])
        out = np.empty(fitted.shape, dtype)
        numbers = out
        if self.indicators:
            out[..., len(fitted.arrays) :] = indicator_columns(self, context)
            numbers = out[..., : len(fitted.arrays)]
        cells = numbers.reshape(len(out), len(fitted.arrays), -1, fitted.width, copy=False)
        return out if self._fill(context, fitted, cells) else None

    def _fill(self, context: EncodeContext, fitted: _Fitted, cells: Array) -> bool:
        """Put all numbers in their cells, `[rows, arrays, cells, width]`. False after a finding."""
        whole, width, largest = Scaling.of(self), fitted.width, most(context.field.dtype)
        parts = [whole.part(place * width, width) for place in range(len(fitted.arrays))]
        beyond, over = (np.zeros((len(cells), len(parts)), bool) for _ in "bo")
        for rows in blocks(len(cells), cells[0].size):
            for place, (array, part) in enumerate(zip(fitted.arrays, parts, strict=True)):
                scaled = part.scaled(array[rows].reshape(-1, cells.shape[2], width))
                scaled, outside = part.clipped(scaled)
                if outside is not None:
                    beyond[rows, place] = outside.any(axis=(1, 2))
                if whole.normalizes and not (-largest <= scaled.min() and scaled.max() <= largest):
                    over[rows, place] = (np.abs(scaled) > largest).any(axis=(1, 2))
                    scaled = np.clip(scaled, -largest, largest)
                cells[rows, place] = scaled
        for place, column in enumerate(self.columns):
            if whole.bounds:
                low, high = whole.bounds
                rows_beyond = np.flatnonzero(beyond[:, place])
                count_cells(context, column, "clipped", rows_beyond, f"{low:g} to {high:g}")
            if over[:, place].any():
                problem = f"`{column}` is too far from the training rows for {context.field.dtype}"
                rows_over = np.flatnonzero(over[:, place])
                report_rows(context, rows_over, "MS803", problem, help="set `clip`, `clip: 10`")
        return not over.any()

    def few(self, field: ModelField, minimums: Mapping[str, int]) -> FewEncoder | None:  # noqa: ARG002
        """What encodes few rows."""
        found = FewNumbers.of(self, field, Scaling.of(self), self.format, self.units)
        return FewArrays(self, field, found) if len(self.columns) == 1 else found

    @property
    def normalised(self) -> bool:
        """Whether the numbers are scaled."""
        return self.normalize != "none"

    @property
    def within_fitted(self) -> bool:
        """Whether a column is normalised by its quantiles, which end with the training rows'."""
        return any(self.quantiles)

    def affine(self) -> Affine | None:
        """What undoes the normalisation, where `x * scale + offset` does."""
        line = self.normalised and Scaling.of(self).is_line
        return Affine(self.scale, self.offset) if line else None

    def to_units(self, values: Array) -> Array:
        """The numbers in the data's own units, float64."""
        return Scaling.of(self).restored(values)

    def decode(self, name: str, values: Array) -> dict[str, Array | Labelled]:
        """The numbers in the data's own units."""
        if self.normalised:
            exact = Scaling.of(self).needs_float64
            values = self.to_units(values).astype(np.float64 if exact else np.float32)
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
    def of(cls, feature: Number, context: EncodeContext) -> _Fitted | None:
        """None after a finding."""
        if not check_currencies(feature.columns, feature.units, context):
            return None
        scaled = feature.normalize != "none"
        found = [numbers(context, each, feature.format, scaled=scaled) for each in feature.columns]
        arrays = [array for array in found if array is not None]
        if len(arrays) < len(found) or not _check_logarithms(feature, context, arrays):
            return None
        vector = len(arrays) > 1 or bool(feature.indicators)
        if vector and any(array.ndim > 1 for array in arrays):
            context.findings.add("MS805", f"{feature.what()} is made of arrays that are no columns")
            return None
        row = (len(arrays) + len(feature.indicators),) if vector else arrays[0].shape[1:]
        what, count = feature.what(), len(feature.indicators)
        if count:
            what += f" and {count} indicator{'s' * (count > 1)}"
        shape = context.sizes.fit(row, context.field, what, context.findings)
        if shape is None:
            return None
        wanted = context.field.shape
        fixed = bool(shape) and (not wanted or isinstance(wanted[-1], int))
        return cls(arrays, (context.table.rows, *shape), shape[-1] if fixed and not vector else 1)


def _check_logarithms(feature: Number, context: EncodeContext, arrays: list[Array]) -> bool:
    """Whether all numbers have a logarithm of 1 + x that are to become one."""
    each = isinstance(feature.normalize, tuple)
    sound = True
    for place, (column, array) in enumerate(zip(feature.columns, arrays, strict=True)):
        kind = feature.normalize[place] if each else feature.normalize
        if kind != "log1p" or not array.size or array.min() > -1:
            continue
        rows = np.flatnonzero((array <= -1).reshape(len(array), -1).any(axis=1))
        example = float(array[array <= -1].ravel()[0])
        problem = f"`{column}` is `{example:g}`, and `log1p` takes numbers above -1"
        help = "use `normalize: robust` or `quantile`"
        report_rows(context, rows, "MS803", problem, help=help)
        sound = False
    return sound
