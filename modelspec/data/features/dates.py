"""Dates and times as numbers, one for each part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from modelspec.data.features.column_values import report_rows, texts
from modelspec.data.features.feature import Feature, UnfitError
from modelspec.data.features.number import numpy_dtype
from modelspec.data.features.scaling import fit_scaling

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from modelspec.data.features.feature import EncodeContext, FitChunks
    from modelspec.data.table.table import Array, Kind, RowIndices

_CYCLES = {
    "month": (1, 12),
    "day": (1, 31),
    "weekday": (0, 7),
    "yearday": (1, 366),
    "hour": (0, 24),
    "minute": (0, 60),
}
"""The first value of what comes again, and after how many it does."""
_TIMES = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")
_MICROSECONDS_A_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Date(Feature):
    """Parts of a date, of which `(x - offset) / scale` reaches the model.

    Attributes:
        format: How dates are written; empty for ISO 8601.
        parts: What becomes of a date, in order.
        cyclic: Whether what comes again becomes a sine and a cosine.
    """

    type: ClassVar[str] = "date"
    kind: ClassVar[Kind] = "text"

    format: str = ""
    parts: tuple[str, ...] = ()
    cyclic: bool = False
    normalize: str = "none"
    offset: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()

    def fit(self, chunks: FitChunks) -> Date:
        """With the statistics of the training rows."""
        if self.normalize == "none":
            return self

        def numbers() -> Iterator[tuple[list[Array], RowIndices | None]]:
            for context, rows in chunks:
                found = self._numbers(context)
                if found is None:
                    raise UnfitError
                yield list(found.T), rows

        fitted = fit_scaling(numbers, 1, self.normalize)
        return replace(self, offset=fitted.offset, scale=fitted.scale)

    def encode(self, context: EncodeContext) -> Array | None:
        """A vector for each row."""
        numbers = self._numbers(context)
        if numbers is None:
            return None
        if self.normalize != "none":
            numbers = (numbers - np.array(self.offset)) / np.array(self.scale)
        what = f"the parts of {self.what()}"
        row = numbers.shape[1:] if numbers.shape[1] > 1 else ()
        shape = context.sizes.fit(row, context.field, what, context.findings)
        if shape is None:
            return None
        return numbers.astype(numpy_dtype(context.field.dtype)).reshape(len(numbers), *shape)

    def _numbers(self, context: EncodeContext) -> Array | None:
        """`[rows, parts]`. None after a finding."""
        import polars as pl

        values = texts(context, self.columns[0])
        if values is None:
            return None
        dates = parsed(values, self.format)
        bad = dates.is_null().arg_true().to_numpy()
        if len(bad):
            written = f"in the form `{self.format}`" if self.format else "written as in ISO 8601"
            problem = f"`{self.columns[0]}` is `{values[int(bad[0])]}`, no date {written},"
            help = "set `format`, `%d.%m.%Y` for instance"
            report_rows(context, bad, "MS803", problem, help=help)
            return None
        columns = [column for part in self.parts for column in self._columns(part, dates)]
        return pl.DataFrame(columns).to_numpy()

    def _columns(self, part: str, dates: pl.Series) -> list[pl.Series]:
        import polars as pl

        values = _part(part, dates).cast(pl.Float64)
        if not self.cyclic or part not in _CYCLES:
            return [values.alias(part)]
        first, period = _CYCLES[part]
        angle = (values - first) * (2 * np.pi / period)
        return [angle.sin().alias(f"{part}_sin"), angle.cos().alias(f"{part}_cos")]


def parsed(values: pl.Series, format: str) -> pl.Series:
    """Texts as times, null where they are none.

    Args:
        values: The texts.
        format: How they are written; empty for ISO 8601.
    """
    import polars as pl

    if format:
        kind = pl.Datetime if any(mark in format for mark in ("%H", "%I", "%T", "%R")) else pl.Date
        return values.str.strptime(kind, format, strict=False).cast(pl.Datetime)
    found = values.str.strptime(pl.Date, "%Y-%m-%d", strict=False).cast(pl.Datetime)
    for written in (
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ):
        unparsed = found.is_null()
        if not unparsed.any():
            break
        plain = values.str.strip_suffix("Z")
        reparsed = plain.str.strptime(pl.Datetime("us"), written, strict=False)
        found = found.zip_with(~unparsed, reparsed)
    return found


def _part(part: str, dates: pl.Series) -> pl.Series:
    match part:
        case "weekday":
            return dates.dt.weekday() - 1
        case "yearday":
            return dates.dt.ordinal_day()
        case "timestamp":
            return dates.dt.epoch("us") / _MICROSECONDS_A_DAY
    named: pl.Series = getattr(dates.dt, part)()
    return named
