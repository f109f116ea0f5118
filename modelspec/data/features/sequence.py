"""Numbers step by step, as many in a row as there are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from modelspec.data.features.column_values import report_rows
from modelspec.data.features.feature import UnfitError
from modelspec.data.features.number import numpy_dtype
from modelspec.data.features.sequence_base import Steps
from modelspec.data.features.statistics import fit_scaling

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features.feature import EncodeContext, FitChunks
    from modelspec.data.table.table import Array, Kind, RowIndices


class _Read(NamedTuple):
    """All steps, `[steps]` or `[steps, features]`, and how many each row has."""

    values: Array
    sizes: RowIndices


@dataclass(frozen=True, slots=True)
class Sequence(Steps):
    """Steps of which `(x - offset) / scale` reaches the model.

    Attributes:
        separator: What stands between the numbers of a text; empty for blanks.
        after: What the steps that are added hold.
    """

    type: ClassVar[str] = "sequence"
    kind: ClassVar[Kind] = "list"

    normalize: str = "none"
    separator: str = ""
    after: float = 0.0
    offset: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()

    def fit(self, chunks: FitChunks) -> Sequence:
        """With the statistics of the training rows' steps."""
        if self.normalize == "none":
            return self
        first = next(self._chosen(chunks))[0][0]
        width = first.shape[1] if first.ndim > 1 else 1
        offset, scale = fit_scaling(lambda: self._chosen(chunks), width, self.normalize)
        return replace(self, offset=tuple(offset.tolist()), scale=tuple(scale.tolist()))

    def _chosen(self, chunks: FitChunks) -> Iterator[tuple[list[Array], None]]:
        """The steps of the training rows."""
        for context, rows in chunks:
            read = self._read(context)
            if read is None:
                raise UnfitError
            owners = np.repeat(np.arange(len(read.sizes)), read.sizes)
            yield [read.values if rows is None else read.values[np.isin(owners, rows)]], None

    def encode(self, context: EncodeContext) -> Values | None:
        """The steps, normalised, in the field's dtype."""
        read = self._read(context)
        if read is None:
            return None
        values = read.values
        if self.normalize != "none":
            values = (values - np.array(self.offset)) / np.array(self.scale)
        shape = context.field.shape
        if shape is not None and len(shape) == 2 and values.ndim == 1:
            values = values[:, None]
        typed = values.astype(numpy_dtype(context.field.dtype))
        return self.arranged(context, typed, read.sizes, self.after)

    def _read(self, context: EncodeContext) -> _Read | None:
        """The column's steps. None after a finding."""
        column = context.table.columns[self.columns[0]]
        if isinstance(column, np.ndarray):
            return self._of_array(context, column)
        return self._of_lists(context, column)

    def _of_array(self, context: EncodeContext, array: Array) -> _Read | None:
        if array.ndim not in (2, 3) or array.dtype.kind in "US":
            message = f"`{self.columns[0]}` has rows of {list(array.shape[1:])} {array.dtype}"
            help = "a sequence is numbers, `[steps]` or `[steps, features]` a row"
            context.findings.add("MS805", message, help=help)
            return None
        flat = array.reshape(-1, *array.shape[2:])
        return self._finite(context, _Read(flat, np.full(len(array), array.shape[1])))

    def _of_lists(self, context: EncodeContext, column: pl.Series) -> _Read | None:
        lists = self._lists(column)
        if lists is None:
            message = f"`{self.columns[0]}` holds one number a row, no sequence"
            context.findings.add("MS803", message, help="declare it with `type: number`")
            return None
        missing = column.is_null().arg_true().to_numpy()
        if len(missing):
            help = "fill or remove the rows, or set `missing: drop`"
            report_rows(context, missing, "MS803", f"`{self.columns[0]}` has no value", help=help)
            return None
        sizes = lists.list.len().cast(int).to_numpy()
        steps = lists.filter(lists.list.len() > 0).explode()
        owners = np.repeat(np.arange(len(sizes)), sizes)
        numbers = _numbers(steps)
        if numbers is None:
            what = f"`{self.columns[0]}` has steps that are no lists of equally many numbers"
            context.findings.add("MS803", what)
            return None
        bad = np.isnan(numbers).any(axis=tuple(range(1, numbers.ndim)))
        if bad.any():
            rows = np.unique(owners[bad])
            report_rows(context, rows, "MS803", f"`{self.columns[0]}` holds what is no number")
            return None
        return self._finite(context, _Read(numbers, sizes.astype(np.int64)))

    def _lists(self, column: pl.Series) -> pl.Series | None:
        """Each row's steps; None where there is but a number in a row."""
        import polars as pl

        if column.dtype.is_nested():
            return column
        if column.dtype != pl.String:
            return None
        clean = column.str.strip_chars().str.replace_all(r"^\[|\]$", "")
        if self.separator:
            return clean.str.split(self.separator)
        return clean.str.extract_all(r"[^\s,;]+")

    def _finite(self, context: EncodeContext, read: _Read) -> _Read | None:
        wrong = ~np.isfinite(read.values).all(axis=tuple(range(1, read.values.ndim)))
        if not wrong.any():
            return read
        rows = np.unique(np.repeat(np.arange(len(read.sizes)), read.sizes)[wrong])
        report_rows(
            context, rows, "MS803", f"`{self.columns[0]}` holds a number that is not finite"
        )
        return None


def _numbers(steps: pl.Series) -> Array | None:
    """Steps as floats, NaN for what is no number; None where inner lists differ in length."""
    import polars as pl

    if not isinstance(steps.dtype, pl.List | pl.Array):
        if steps.dtype == pl.String:
            steps = steps.str.strip_chars()
        return steps.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
    lists = steps.cast(pl.List(pl.Float64), strict=False)
    widths = lists.list.len().unique().drop_nulls().to_list()
    if len(widths) != 1 or lists.null_count():
        return None
    flat = lists.explode().fill_null(float("nan")).to_numpy()
    found: Array = flat.reshape(-1, widths[0])
    return found
