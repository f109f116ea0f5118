"""Numbers step by step, as many in a row as there are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from modelspec.data.features.absent import absent
from modelspec.data.features.column_values import count_cells, limits, report_rows
from modelspec.data.features.feature import UnfitError
from modelspec.data.features.few_lists import FewSequences
from modelspec.data.features.field_limits import check_holds, check_scale, numpy_dtype
from modelspec.data.features.scaling import Scaling, fit_scaling
from modelspec.data.features.sequence_base import Steps
from modelspec.data.features.sequence_steps import ReadSteps, is_sequence, of_array, of_lists
from modelspec.data.table.missing_markers import MISSING_MARKERS
from modelspec.language.base_feature import UNFILLED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl

    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features.feature import EncodeContext, FitChunks
    from modelspec.data.features.few import FewEncoder
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.number_style import NumberStyle
    from modelspec.data.table.table import Array, Column, Kind, RowIndices


@dataclass(frozen=True, slots=True)
class Sequence(Steps):
    """Steps that reach the model normalised, `(x - offset) / scale` or by their quantiles.

    What is filled in stands for single steps, one number for each of their features; a row without
    a value becomes one without steps.

    Attributes:
        separator: What stands between the numbers of a text; empty for blanks.
        after: What the steps that are added hold.
        normalize, offset, scale, quantiles, clip: As of numbers.
    """

    type: ClassVar[str] = "sequence"
    kind: ClassVar[Kind] = "list"
    usual_markers: ClassVar[tuple[str, ...]] = MISSING_MARKERS

    normalize: str = "none"
    separator: str = ""
    after: float = 0.0
    offset: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    quantiles: tuple[tuple[float, ...], ...] = ()
    clip: tuple[float, ...] = ()

    def fit(self, chunks: FitChunks) -> Sequence:
        """With the statistics of the training rows' steps."""
        check_scale(chunks, self.normalize != "none", self.clip)
        check_holds(chunks, "fill_steps", self.after)
        if self.normalize == "none":
            return self
        first = next(self._chosen(chunks))[0][0]
        width = first.shape[1] if first.ndim > 1 else 1
        fitted = fit_scaling(lambda: self._chosen(chunks), width, self.normalize)
        return replace(self, **fitted._asdict())

    def _chosen(self, chunks: FitChunks) -> Iterator[tuple[list[Array], None]]:
        """The steps of the training rows."""
        for context, rows in chunks:
            read = self._read(context)
            if read is None:
                raise UnfitError
            yield [_of_rows(read, rows)], None

    def measured(
        self, context: EncodeContext, column: str, rows: RowIndices | None
    ) -> Array | None:
        """The steps of the training rows, NaN for one without a number."""
        read = self._parsed(context, context.table.columns[column])
        return None if read is None else _of_rows(read, rows)

    def absent(self, column: Column, style: NumberStyle) -> Array:
        """Which rows have no value, or a step that has none."""
        if isinstance(column, np.ndarray):
            return absent(column)
        missing = column.is_null().to_numpy().copy()
        read = None
        if is_sequence(column):
            read = of_lists(column, self.separator, self.markers, style)
        if read is not None:
            missing[read.rows_of(read.lacking)] = True
        return missing

    def shown(self, fill: str | float) -> str:
        """What stands for a missing step."""
        several = self.fill if len(self.fill) > 1 else (fill,)
        return ", ".join(f"{each:,.6g}" for each in several) + " a step"

    def encode(self, context: EncodeContext) -> Values | None:
        """The steps, normalised, in the field's dtype."""
        read = self._read(context)
        return None if read is None else self._encoded(context, read)

    def few(self, field: ModelField, minimums: Mapping[str, int]) -> FewEncoder | None:
        """What encodes few rows; none where the length of all is that of others."""
        first = field.shape[0] if field.shape else None
        if self.length and not isinstance(first, int | None):
            return None
        return FewSequences.of(self, field, minimums, self._encoded_few)

    def _encoded_few(self, context: EncodeContext, read: ReadSteps) -> Values | None:
        sound = self._checked(context, read)
        return None if sound is None else self._encoded(context, sound)

    def _encoded(self, context: EncodeContext, read: ReadSteps) -> Values | None:
        scaling, column = Scaling.of(self), self.columns[0]
        values = read.values if read.values.ndim > 1 else read.values[:, None]
        values, outside = scaling.clipped(scaling.scaled(values))
        values = values.reshape(read.values.shape)
        if outside is not None:
            low, high = scaling.bounds
            count_cells(context, column, "clipped", read.rows_of(outside), f"{low:g} to {high:g}")
        shape = context.field.shape
        if shape is not None and len(shape) == 2 and values.ndim == 1:
            values = values[:, None]
        if not self._check_integers(context, read, values):
            return None
        with np.errstate(over="ignore"):
            typed = values.astype(numpy_dtype(context.field.dtype))
        if not self._check_finite(context, read, typed, f"not a finite {context.field.dtype}"):
            return None
        return self.arranged(context, typed, read.sizes, self.after)

    def _read(self, context: EncodeContext) -> ReadSteps | None:
        """The column's steps, all of them finite numbers. None after a finding."""
        column = self.columns[0]
        read = self._parsed(context, context.table.columns[column])
        if read is None or not self._check_width(context, read):
            return None
        if read.bad.any():
            rows = read.rows_of(read.bad)
            report_rows(context, rows, "MS803", f"`{column}` holds what is no number")
            return None
        gap = context.gaps.get(column)
        if gap is not None:
            read = read._replace(values=np.where(read.lacking, np.array(self.fill), read.values))
        elif read.lacking.any():
            help = "set `missing`: `drop`, `mean`, `median` or `constant`"
            rows = read.rows_of(read.lacking)
            report_rows(context, rows, "MS803", f"`{column}` has a step without a value", help=help)
            return None
        return self._checked(context, read)

    def _checked(self, context: EncodeContext, read: ReadSteps) -> ReadSteps | None:
        """Steps that are all there, finite and such that they can be normalised."""
        column = self.columns[0]
        if not self._check_finite(context, read, read.values, "not finite"):
            return None
        if self.normalize == "log1p" and (below := read.values <= -1).any():
            problem = f"`{column}` holds a number of -1 or less, and `log1p` takes those above"
            help = "use `normalize: robust` or `quantile`"
            report_rows(context, read.rows_of(below), "MS803", problem, help=help)
            return None
        return read

    def _check_width(self, context: EncodeContext, read: ReadSteps) -> bool:
        """Whether a step has as many numbers as one of the training rows."""
        fitted = max(len(self.offset), len(self.fill))
        width = read.values.shape[1] if read.values.ndim > 1 else 1
        if not fitted or width == fitted or not len(read.values):
            return True
        of = "1 number" if width == 1 else f"{width} numbers"
        message = f"a step of `{self.columns[0]}` has {of}, and {fitted} in the training rows"
        context.findings.add("MS805", message)
        return False

    def _parsed(self, context: EncodeContext, column: Column) -> ReadSteps | None:
        """The column's steps, whatever they are. None after a finding."""
        if isinstance(column, np.ndarray):
            return self._of_array(context, column)
        return self._of_lists(context, column)

    def _of_array(self, context: EncodeContext, array: Array) -> ReadSteps | None:
        if array.ndim not in (2, 3) or array.dtype.kind in "US":
            message = f"`{self.columns[0]}` has rows of {list(array.shape[1:])} {array.dtype}"
            help = "a sequence is numbers, `[steps]` or `[steps, features]` a row"
            context.findings.add("MS805", message, help=help)
            return None
        return of_array(array)

    def _of_lists(self, context: EncodeContext, column: pl.Series) -> ReadSteps | None:
        import polars as pl

        name = self.columns[0]
        if column.dtype == pl.Null:
            column = column.cast(pl.List(pl.Float64))
        if not is_sequence(column):
            message = f"`{name}` holds one number a row, no sequence"
            context.findings.add("MS803", message, help="declare it with `type: number`")
            return None
        if self.strategy(name) in UNFILLED and column.null_count():
            missing = column.is_null().arg_true().to_numpy()
            help = "fill or remove the rows, or set `missing: drop`"
            report_rows(context, missing, "MS803", f"`{name}` has no value", help=help)
            return None
        read = of_lists(column, self.separator, self.markers, context.table.style)
        if read is None:
            what = f"`{name}` has steps that are no lists of equally many numbers"
            context.findings.add("MS803", what)
        return read

    def _check_integers(self, context: EncodeContext, read: ReadSteps, values: Array) -> bool:
        """Whether a field of integers can hold all steps."""
        field = context.field
        if not field.integers:
            return True
        least, most = limits(field)
        broken = (values != np.floor(values)) | (values < least) | (values > most)
        if not broken.any():
            return True
        problem = f"`{self.columns[0]}` holds `{values[broken].ravel()[0]:g}`"
        what = f"which is no integer from {least:.0f} to {most:.0f},"
        report_rows(context, read.rows_of(broken), "MS803", f"{problem}, {what}")
        return False

    def _check_finite(
        self, context: EncodeContext, read: ReadSteps, values: Array, problem: str
    ) -> bool:
        wrong = ~np.isfinite(values)
        if not wrong.any():
            return True
        rows = read.rows_of(wrong)
        report_rows(context, rows, "MS803", f"`{self.columns[0]}` holds a number that is {problem}")
        return False


def _of_rows(read: ReadSteps, rows: RowIndices | None) -> Array:
    return read.values if rows is None else read.values[np.isin(read.owners, rows)]
