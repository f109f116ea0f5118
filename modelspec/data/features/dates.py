"""Dates and times as numbers, one for each part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from modelspec.data.features.column_values import check_finite, report_rows, texts
from modelspec.data.features.date_order import find_order
from modelspec.data.features.date_texts import parsed, read
from modelspec.data.features.feature import Feature, Remark, UnfitError
from modelspec.data.features.few_cells import is_open
from modelspec.data.features.few_dates import FewDates
from modelspec.data.features.few_instants import InstantReader
from modelspec.data.features.few_texts import FewTexts
from modelspec.data.features.field_limits import check_scale, numpy_dtype
from modelspec.data.features.missing import indicator_columns
from modelspec.data.features.scaling import Scaling, fit_scaling
from modelspec.data.features.typed_dates import moments, without
from modelspec.data.table.missing_markers import MISSING_MARKERS
from modelspec.diagnostics import name_list
from modelspec.language.date_keys import CYCLES, EPOCHS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features.date_texts import Instants
    from modelspec.data.features.feature import EncodeContext, FitChunks, Gap
    from modelspec.data.features.few import FewEncoder
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array, Column, Kind, RowIndices, Table

__all__ = ["Date", "parsed"]

_MICROSECONDS_A_DAY = 86_400_000_000
_SATURDAY = 5
_DIGITS = {8: "%Y%m%d", 9: "epoch", 10: "epoch", 13: "epoch_ms", 16: "epoch_us"}
"""The format that numbers of so many digits are most often written in."""


@dataclass(frozen=True, slots=True)
class Date(Feature):
    """Parts of a date as numbers, normalised as those are.

    Attributes:
        formats: How dates are written; empty for ISO 8601, and for numbers in the `order`.
        order: `day`, `month` or `year`: what comes first; empty where the spec leaves it open, and
            fitted where every training row can be read in one way only.
        guessed: Whether the order was found by looking.
        time_zone: On whose clock the parts are read; empty for that of UTC.
        clock: `local` for dates that do not say how far they are from UTC, `utc` for those that
            are not far from it, `zoned` for others; empty for what nobody has looked at.
        parts: What becomes of a date, in order.
        cyclic: Whether what comes again becomes a sine and a cosine.
    """

    type: ClassVar[str] = "date"
    kind: ClassVar[Kind] = "text"
    usual_markers: ClassVar[tuple[str, ...]] = MISSING_MARKERS

    formats: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    cyclic: bool = False
    normalize: str = "none"
    clip: ClassVar[tuple[float, ...]] = ()
    offset: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    quantiles: tuple[tuple[float, ...], ...] = ()
    order: str = ""
    guessed: bool = False
    time_zone: str = ""
    clock: str = ""

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> Self:
        """The feature that `to_dict` came from; older states have one `format`, or none."""
        formats = [state["format"]] if state.get("format") else []
        return super(Date, cls).from_dict({"formats": formats, **state})

    def prepare(self, chunks: FitChunks) -> Date:
        """With the order in which day and month stand in all training rows."""
        if self.formats or self.order:
            return self
        found = find_order(self._training(chunks))
        if not found.readings:
            return replace(self, order=found.order, guessed=bool(found.order))
        value, *readings = found.readings
        ways = " or ".join(readings if readings[1:] else ["day first", "month first"])
        message = f"{self.what()} can be read in several ways, of which each fits all training rows"
        help = "set `day_first: true` or `day_first: false`, or `format`"
        chunks.findings.add("MS803", f"{message}: `{value}` is {ways}", help=help)
        raise UnfitError

    def _training(self, chunks: FitChunks) -> Iterator[pl.Series]:
        """The texts of the training rows that have one."""
        for context, rows in chunks:
            values = context.table.columns[self.columns[0]]
            if not isinstance(values, np.ndarray):
                values = (values if rows is None else values[rows]).str.strip_chars()
                yield values.filter((values != "").fill_null(False))

    def measured(
        self, context: EncodeContext, column: str, rows: RowIndices | None
    ) -> Column | None:
        """Points in time, in microseconds since 1970."""
        values = context.table.columns[column]
        if isinstance(values, np.ndarray):
            return values
        found = self._read(context, (values if rows is None else values[rows]).str.strip_chars())
        return None if found is None else found.times.dt.epoch("us").to_numpy().astype(np.float64)

    def shown(self, fill: str | float) -> str:
        """A date, as ISO 8601 has it."""
        if isinstance(fill, str):
            return f"`{fill}`"
        moment = np.datetime64(round(fill), "us").item()
        whole = fill % _MICROSECONDS_A_DAY == 0
        return f"{moment:%Y-%m-%d}" if whole else f"{moment:%Y-%m-%d %H:%M:%S}"

    def fit(self, chunks: FitChunks) -> Date:
        """With whether times are local, and the statistics of the training rows."""
        check_scale(chunks, self.normalize != "none", ())
        fitted, only = self._with_clock(chunks)
        if self.normalize == "none":
            return fitted
        numbers = None if only is None else fitted._numbers(only)

        def rows_of() -> Iterator[tuple[list[Array], RowIndices | None]]:
            for context, rows in chunks:
                found = numbers
                if found is None:
                    instants = fitted._instants(context)
                    if instants is None:
                        raise UnfitError
                    found = fitted._numbers(instants)
                yield list(found.T), rows

        return replace(fitted, **fit_scaling(rows_of, 1, self.normalize)._asdict())

    def _with_clock(self, chunks: FitChunks) -> tuple[Date, Instants | None]:
        """With whether the training rows say how far they are from UTC.

        Returns:
            The feature, and the points in time where all rows are one chunk.
        """
        clock, shifted, count = "", False, 0
        for context, rows in chunks:
            count += 1
            found = self._instants(context)
            if found is None:
                raise UnfitError
            zoned, moved = (each if rows is None else each[rows] for each in found[1:])
            known = zoned.drop_nulls()
            if len(known) and not clock:
                clock = "utc" if known[0] else "local"
            if not replace(self, clock=clock)._check_clock(context, found):
                raise UnfitError
            shifted = shifted or bool(moved.any())
        if self.time_zone and clock == "local":
            message = f"{self.what()} does not say how far its times are from UTC"
            chunks.findings.add("MS803", message, help="remove `time_zone`")
            raise UnfitError
        told = replace(self, clock="zoned" if shifted else clock)
        return told, found if count == 1 else None

    def remarks(self) -> Iterator[Remark]:
        """The order that was found, and the clock that nobody has chosen."""
        if self.guessed:
            first = "true" if self.order == "day" else "false"
            way = "write `format` into the spec"
            if self.order != "year":
                way = f"write `day_first: {first}`, or `format`, into the spec"
            message = f"{self.what()} is read with the {self.order} first"
            yield Remark("MS812", f"{message}, which alone fits all training rows", way)
        if self.clock == "zoned" and not self.time_zone:
            message = f"the times of {self.what()} are read on the clock of UTC"
            yield Remark("MS812", message, "write `time_zone: UTC`, or `Europe/Berlin`")

    def encode(self, context: EncodeContext) -> Array | None:
        """A vector for each row, the indicators last."""
        instants = self._instants(context)
        return None if instants is None else self._encoded(context, self._numbers(instants))

    def few(self, field: ModelField, minimums: Mapping[str, int]) -> FewEncoder | None:
        """What encodes few rows."""
        if is_open(field, 0):
            return None
        dates = FewDates(
            InstantReader(self.formats, self.order),
            self.time_zone,
            self.clock != "local" if self.clock else None,
            self.parts,
            {part: _circle(part) for part in self.parts if self.cyclic and part in CYCLES},
        )

        def encode(context: EncodeContext, texts: Sequence[str]) -> Values | None:
            numbers = dates.numbers(texts, context.gaps.get(self.columns[0]))
            return None if numbers is None else self._encoded(context, numbers)

        return FewTexts.of(self, field, minimums, encode)

    def _encoded(self, context: EncodeContext, numbers: Array) -> Array | None:
        if self.normalize != "none":
            numbers = Scaling.of(self).scaled(numbers)
        if self.indicators:
            numbers = np.concatenate([numbers, indicator_columns(self, context)], axis=1)
        what = f"the parts of {self.what()}"
        row = numbers.shape[1:] if numbers.shape[1] > 1 else ()
        shape = context.sizes.fit(row, context.field, what, context.findings)
        if shape is None:
            return None
        if not check_finite(context, self.columns[0], numbers):
            return None
        found = np.ascontiguousarray(numbers, numpy_dtype(context.field.dtype))
        return found.reshape(len(numbers), *shape)

    def _numbers(self, found: Instants) -> Array:
        """`[rows, parts]`."""
        import polars as pl

        times = found.times
        if self.time_zone and self.time_zone != "UTC":
            there = times.dt.replace_time_zone("UTC").dt.convert_time_zone(self.time_zone)
            times = there.dt.replace_time_zone(None)
        columns = [
            column
            for part in self.parts
            for column in self._columns(part, found.times if part == "timestamp" else times)
        ]
        return pl.DataFrame(columns).to_numpy()

    def _instants(self, context: EncodeContext) -> Instants | None:
        """The points in time of all rows. None after a finding.

        A gap that is filled has no say in whether the column's times are zoned.
        """
        column, gap = context.table.columns[self.columns[0]], context.gaps.get(self.columns[0])
        if gap is not None and self._is_typed(context.table):
            gap = self._dated(gap)
        if gap is None or isinstance(gap.fill, str) or isinstance(column, np.ndarray):
            values = texts(context, self.columns[0])
        else:
            values = column.str.strip_chars().set(_mask(gap), None)
        found = None if values is None else self._read(context, values)
        if values is None or found is None:
            return None
        if gap is not None:
            found = found._replace(zoned=found.zoned.set(_mask(gap), None))
        if gap is not None and not isinstance(gap.fill, str):
            moment = np.datetime64(round(gap.fill), "us").item()
            found = found._replace(times=found.times.set(_mask(gap), moment))
        bad = found.times.is_null().arg_true().to_numpy().astype(np.int64)
        if len(bad):
            self._report_bad(context, values, bad)
            return None
        return found if self._check_clock(context, found) else None

    def without_marked_dates(self, column: pl.Series) -> pl.Series:
        """Without those that a marker says, in the spec's form or in that of ISO 8601."""
        if not self.markers:
            return column
        return without(column, moments([*map(str, self.markers)], self.formats, self.order))

    def _is_typed(self, table: Table) -> bool:
        """Whether the column holds dates by its type, which are as in ISO 8601."""
        return self.columns[0] in table.dates

    def _dated(self, gap: Gap) -> Gap:
        """A gap of typed dates, filled with the moment that the spec's text says."""
        if not isinstance(gap.fill, str):
            return gap
        found = moments([gap.fill], self.formats, self.order)
        return gap if found.null_count() else gap._replace(fill=float(found.dt.epoch("us")[0]))

    def _read(self, context: EncodeContext, values: pl.Series) -> Instants | None:
        """Texts as points in time, null where they are none. None after a finding."""
        if self._is_typed(context.table):
            return read(values, (), "")
        from polars.exceptions import PolarsError

        try:
            return read(values, self.formats, self.order)
        except PolarsError as error:
            message = f"`format` is not understood: {str(error).splitlines()[0]}"
            help = "write it as `%d.%m.%Y %H:%M`, for instance"
            context.findings.add("MS803", message, help=help)
            return None

    def _report_bad(self, context: EncodeContext, values: pl.Series, rows: RowIndices) -> None:
        written = "written as in ISO 8601"
        if self._is_typed(context.table):
            written = "of the years 100 to 9999"
        elif self.formats:
            forms = name_list(self.formats, last="or")
            written = f"in the form {forms}" if self.formats[0] not in EPOCHS else f"in {forms}"
        elif self.order:
            written = f"with the {self.order} first"
        value = values[int(rows[0])]
        problem = f"`{self.columns[0]}` is `{value}`, no date {written},"
        likely = _DIGITS.get(len(value.partition(".")[0])) if value[:1].isdigit() else None
        help = "set `format`, `%d.%m.%Y` for instance"
        if likely and value.replace(".", "", 1).isdigit() and likely not in self.formats:
            help = f"set `format: {likely}`" if likely in EPOCHS else f'set `format: "{likely}"`'
        elif self._is_typed(context.table):
            help = "mend or remove the rows"
        elif self.formats or self.order:
            help = "mend or remove the rows; or set `format` to a list of all forms"
            if not read(values[rows[:1].tolist()], (), "").times.null_count():
                help += ", or give dates as dates in all rows"
        report_rows(context, rows, "MS803", problem, help=help)

    def _check_clock(self, context: EncodeContext, found: Instants) -> bool:
        """Whether the dates say how far they are from UTC as those of the training rows do."""
        wanted = self.clock != "local"
        rows = (found.zoned != wanted).fill_null(False).arg_true().to_numpy().astype(np.int64)
        if not self.clock or not len(rows):
            return True
        how = (
            "does not say how far it is from UTC, as others do,"
            if wanted
            else ("says how far it is from UTC, as others do not,")
        )
        help = "write all times with an offset (`+01:00`, `Z`) or none"
        report_rows(context, rows, "MS803", f"`{self.columns[0]}` {how}", help=help)
        return False

    def _columns(self, part: str, dates: pl.Series) -> list[pl.Series]:
        import polars as pl

        values = _part(part, dates).cast(pl.Float64)
        if not self.cyclic or part not in CYCLES:
            return [values.alias(part)]
        return _on_circle(part, values)


def _on_circle(part: str, values: pl.Series) -> list[pl.Series]:
    """A part that comes again, as a sine and a cosine."""
    first, period = CYCLES[part]
    angle = (values - first) * (2 * np.pi / period)
    return [angle.sin().alias(f"{part}_sin"), angle.cos().alias(f"{part}_cos")]


def _circle(part: str) -> dict[int, Array]:
    """The sine and cosine of each value of a part."""
    import polars as pl

    first, period = CYCLES[part]
    values = list(range(first, first + period))
    found = _on_circle(part, pl.Series(values, dtype=pl.Float64))
    return dict(zip(values, pl.DataFrame(found).to_numpy(), strict=True))


def _mask(gap: Gap) -> pl.Series:
    import polars as pl

    return pl.Series(gap.rows)


def _part(part: str, dates: pl.Series) -> pl.Series:
    match part:
        case "weekday":
            return dates.dt.weekday() - 1
        case "is_weekend":
            return dates.dt.weekday() > _SATURDAY
        case "yearday":
            return dates.dt.ordinal_day()
        case "timestamp":
            return dates.dt.epoch("us") / _MICROSECONDS_A_DAY
    named: pl.Series = getattr(dates.dt, part)()
    return named
