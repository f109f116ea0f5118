"""Texts and numbers as points in time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from modelspec.language.date_keys import EPOCHS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

ORDERS = {"day": "dmy", "month": "mdy", "year": "ymd"}
"""What may come first where day, month and year are numbers; as which the three are then read."""
_DAY = "%Y-%m-%d"
_MICROSECONDS = 1_000_000
_LATEST = 253_402_300_800 * _MICROSECONDS
"""The end of the year 9999."""
_YEARS = (100, 9999)
"""What lies beyond is a slip (a year of two digits), and no date of Python's."""
_OFFSET = r"[T ]\d{1,2}:\d{2}\S*?\s*(?:([Zz])|([+-])([01]\d|2[0-3]):?([0-5]\d)?)$"
_OFFSET_END = r"\s*(?:[Zz]|[+-]\d{2}(?::?\d{2})?)$"
_LEAP_SECOND = r":\d{2}:60(?:\D|$)"
_SHAPE = re.compile(r"(Y|9)([-/.])(9)([-/.])(Y|9)(?:(T|,? )(9:9(?::9)?)(\.9)?( ?[AaPp][Mm])?)?")
_TIMES = ("%H", "%I", "%T", "%R", "%X", "%c", "%r", "%s", "%+", "%k", "%l")
_MINUTES = ("%M", "%T", "%R", "%X", "%c", "%r", "%s", "%+")


class Instants(NamedTuple):
    """Points in time, null where there is none.

    Attributes:
        times: In microseconds; on the clock of UTC where `zoned`, else on the clock of the text.
        zoned: Which of them say how far they are from UTC.
        shifted: Which of them are not on the clock of UTC themselves.
    """

    times: pl.Series
    zoned: pl.Series
    shifted: pl.Series


def parsed(values: pl.Series, format: str) -> pl.Series:
    """Texts as times, null where they are none.

    Args:
        values: The texts, without blanks at their ends.
        format: How they are written; empty for ISO 8601.
    """
    return read(values, (format,) if format else (), "").times


def read(values: pl.Series, formats: tuple[str, ...], order: str) -> Instants:
    """Texts as times.

    Args:
        values: Without blanks at their ends.
        formats: How they are written; the first one that fits is taken. None for ISO 8601, and
            for numbers in the `order`.
        order: Of `ORDERS`; empty where only those are dates that can be read in one way.
    """
    import polars as pl

    if formats and formats[0] in EPOCHS:
        times = _since_1970(values, EPOCHS[formats[0]])
        sound = times.dt.year().is_between(*_YEARS).fill_null(False)
        times = times.zip_with(sound, pl.Series([None], dtype=times.dtype))
        return Instants(times, times.is_not_null(), pl.repeat(False, len(values), eager=True))
    if not formats:
        days = _strptime(values, _DAY)
        if days.null_count() == values.null_count() and days.dt.year().is_between(*_YEARS).all():
            none = pl.repeat(False, len(values), eager=True)
            return Instants(days, none, none)
    zoned_formats = any("%z" in each or "%:z" in each for each in formats)
    offsets = pl.repeat(None, len(values), dtype=pl.Int64, eager=True)
    plain = values
    if not formats:
        offsets = _offsets(values)
        if offsets.null_count() < len(offsets):
            cut = values.str.replace(_OFFSET_END, "")
            plain = cut.zip_with(offsets.is_not_null(), values)
    found = _by_formats(plain, formats) if formats else _by_shapes(_iso(plain), plain, order)
    shift = offsets.fill_null(0) * _MICROSECONDS
    times = (found.dt.epoch("us") - shift).cast(pl.Datetime("us"))
    sound = ~values.str.contains(_LEAP_SECOND)
    for each in (found, times):
        sound = sound & each.dt.year().is_between(*_YEARS)
    times = times.zip_with(sound.fill_null(False), pl.Series([None], dtype=times.dtype))
    if zoned_formats:
        told = times.is_not_null()
        return Instants(times, told, told & ~values.str.contains(r"(?:[Zz]|[+-]00:?00)"))
    return Instants(times, offsets.is_not_null(), offsets.fill_null(0) != 0)


def shapes(values: pl.Series) -> list[str]:
    """How some texts look: `9/9/Y 9:9`, each once, sorted."""
    short = values.str.slice(0, 40).str.replace_all(r"\d{4,}", "Y").str.replace_all(r"\d+", "9")
    return sorted(short.str.replace(r"(:9)\.[9Y]+", "${1}.9").drop_nulls().unique().to_list())


def _offsets(values: pl.Series) -> pl.Series:
    """How many seconds each text is before UTC, null where it does not say."""
    import polars as pl

    if not values.str.contains(f":.*{_OFFSET_END}").any():
        return pl.repeat(None, len(values), dtype=pl.Int64, eager=True)
    groups = values.str.extract_groups(_OFFSET).struct.unnest()
    utc, sign, hours, minutes = (groups.to_series(place) for place in range(4))
    seconds = hours.cast(pl.Int64) * 3600 + minutes.cast(pl.Int64).fill_null(0) * 60
    signed = seconds.zip_with((sign != "-").fill_null(True), -seconds)
    zero = pl.repeat(0, len(values), dtype=pl.Int64, eager=True)
    return zero.zip_with(utc.is_not_null(), signed)


def _iso(values: pl.Series) -> pl.Series:
    found = _strptime(values, _DAY)
    for written in (
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ):
        found = _filled(found, values, written)
    return found


def _by_formats(values: pl.Series, formats: Iterable[str]) -> pl.Series:
    import polars as pl

    found = pl.repeat(None, len(values), dtype=pl.Datetime("us"), eager=True)
    for written in formats:
        found = _filled(found, values, written)
    return found


def _by_shapes(found: pl.Series, values: pl.Series, order: str) -> pl.Series:
    """The texts that are no times yet, by how each looks."""
    missing = found.is_null()
    if not missing.any():
        return found
    for shape in shapes(values.filter(missing)):
        written = format_of(shape, order)
        found = _filled(found, values, written) if written else found
    return found


def format_of(shape: str, order: str) -> str | None:
    """How texts of a shape are written, with their numbers in an order; None of no date."""
    parts = _SHAPE.fullmatch(shape)
    if parts is None:
        return None
    first, one, _, two, last, apart, clock, fraction, noon = parts.groups()
    if first == "Y" == last or one != two:
        return None
    if first == "Y":
        date = f"%Y{one}%m{one}%d"
    elif order == "year" and last == "Y":
        return None
    elif order:
        names = {"d": "%d", "m": "%m", "y": "%Y" if last == "Y" else "%y"}
        date = one.join(names[each] for each in ORDERS[order])
    else:
        return None
    if clock is None:
        return date
    hours = "%I" if noon else "%H"
    time = f"{hours}:%M:%S" if clock.count(":") == 2 else f"{hours}:%M"
    end = f"{noon[:-2]}%p" if noon else ""
    return f"{date}{apart}{time}{'%.f' if fraction else ''}{end}"


def _filled(found: pl.Series, values: pl.Series, written: str) -> pl.Series:
    """With what can be read in one more form, where nothing was read yet."""
    missing = found.is_null()
    return found.zip_with(~missing, _strptime(values, written)) if missing.any() else found


def _strptime(values: pl.Series, written: str) -> pl.Series:
    import polars as pl

    kind: pl.Date | pl.Datetime = pl.Date()
    if any(mark in written for mark in _TIMES):
        kind = pl.Datetime("us")
        if not any(mark in written for mark in _MINUTES):
            values, written = values + ":00", f"{written}:%M"
    found = values.str.strptime(kind, written, strict=False)
    if getattr(found.dtype, "time_zone", None):
        found = found.dt.replace_time_zone(None)
    return found.cast(pl.Datetime("us"))


def _since_1970(values: pl.Series, units: int) -> pl.Series:
    """Counts of so many units a second as times; whole ones exactly."""
    import polars as pl

    scale = _MICROSECONDS // units
    whole = values.cast(pl.Int64, strict=False)
    broken = values.cast(pl.Float64, strict=False) * scale
    broken = broken.set(~broken.is_between(-_LATEST, _LATEST).fill_null(False), None)
    fine = whole.is_between(-_LATEST // scale, _LATEST // scale).fill_null(False)
    times = (whole.set(~fine, None) * scale).zip_with(fine, broken.round().cast(pl.Int64))
    return times.cast(pl.Datetime("us"))
