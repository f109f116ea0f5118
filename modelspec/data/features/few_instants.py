"""Texts of a few rows as points in time: those that can be read in one way only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from modelspec.data.features.date_texts import format_of
from modelspec.language.date_keys import EPOCHS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.data.table.table import Array

START, MICROSECOND = datetime(1970, 1, 1), timedelta(microseconds=1)
_ISO = re.compile(
    r"(?P<Y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)"
    r"(?:[T ](?P<H>\d\d):(?P<M>\d\d)(?::(?P<S>\d\d)(?P<f>\.\d{1,6})?)?(?P<z>Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_MARK = re.compile(r"%(?:\.f|[dmYHIMSpz])")
_PATTERNS = {"Y": r"\d{4}", ".f": r"(?:\.\d{1,6})?", "p": "[AaPp][Mm]", "z": r"[+-]\d\d:?\d\d"}
_CLOCKS = tuple(map(frozenset, ("", "H", "HM", "HMS", "HMSf", "Ip", "IMp", "IMSp", "IMSfp")))
"""The parts of a time of day that say one."""
_UNMARKED = re.compile(r"[\d\s+-]")
_COUNT = re.compile(r"-?\d{1,16}", re.ASCII)
_YEARS = (101, 9998)
"""A day before and after these there are dates too, in whatever place."""


class Instant(NamedTuple):
    """A point in time, on the clock of UTC where `zoned`, else on the clock of its text."""

    time: datetime
    zoned: bool


class _Form(NamedTuple):
    """How dates are written.

    Attributes:
        pattern: What is sure to be read so.
        marks: Of what is read so, all that is no digit, no blank and no sign, sorted; None where
            that differs.
    """

    pattern: re.Pattern[str]
    marks: list[str] | None

    def may_fit(self, text: str) -> bool:
        """Whether a text that the pattern does not match is perhaps read so."""
        return self.marks is None or self.marks == _marks(text)


@dataclass(frozen=True, slots=True)
class InstantReader:
    """Reads texts as `date_texts.read` does.

    Attributes:
        formats: Those of a `Date`.
        order: That of a `Date`.
    """

    formats: tuple[str, ...]
    order: str

    def instant(self, text: str) -> Instant | None:
        """What a text without blanks at its ends says; None where that is not sure."""
        if self.formats:
            if self.formats[0] in EPOCHS:
                return _since_1970(text, EPOCHS[self.formats[0]])
            return _first_fitting(text, self.formats)
        found = _ISO.fullmatch(text)
        if found is not None:
            return _instant(found)
        written = format_of(_shape(text), self.order) if text.isascii() else None
        return _first_fitting(text, (written,)) if written else None


def _first_fitting(text: str, formats: Sequence[str]) -> Instant | None:
    """By the first form that fits; None where one before it may fit in some other way."""
    for each in formats:
        form = _form(each)
        if form is None:
            return None
        found = form.pattern.fullmatch(text)
        if found is not None:
            return _instant(found)
        if form.may_fit(text):
            return None
    return None


def _shape(text: str) -> str:
    """As of `date_texts.shapes`."""
    short = re.sub(r"\d+", "9", re.sub(r"\d{4,}", "Y", text[:40]))
    return re.sub(r"(:9)\.[9Y]+", r"\1.9", short, count=1)


@lru_cache(64)
def _form(written: str) -> _Form | None:
    """A form of days, months, years and times in digits; None of others."""
    names = [each[1:] for each in _MARK.findall(written)]
    parts = {each.removeprefix(".") for each in names}
    literals = _MARK.sub("", written)
    zoned = parts & {"z"}
    clock = parts - {"Y", "m", "d", "z"}
    if "%" in literals or not parts >= {"Y", "m", "d"} or len(parts) < len(names):
        return None
    if clock not in _CLOCKS or (zoned and not {"H", "M"} <= clock):
        return None
    pattern, end = "", 0
    for mark in _MARK.finditer(written):
        name = mark[0][1:]
        follows = written[mark.end() : mark.end() + 1]
        digits = r"\d\d" if follows in ("%", *"0123456789") and follows else r"\d\d?"
        inside = _PATTERNS.get(name, digits)
        pattern += (
            re.escape(written[end : mark.start()]) + f"(?P<{name.removeprefix('.')}>{inside})"
        )
        end = mark.end()
    pattern += re.escape(written[end:])
    marks = None if parts & {"f", "p", "z"} else _marks(literals)
    return _Form(re.compile(pattern, re.ASCII), marks)


def _marks(text: str) -> list[str]:
    return sorted(_UNMARKED.sub("", text))


def _instant(found: re.Match[str]) -> Instant | None:
    """What the parts of a text say."""
    told = found.groupdict()
    hour = int(told.get("H") or 0)
    if noon := told.get("p"):
        hour = int(told["I"])
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (noon[0] in "Pp")
    minute, second = int(told.get("M") or 0), int(told.get("S") or 0)
    microsecond = int((told.get("f") or "").removeprefix(".").ljust(6, "0"))
    try:
        time = datetime(
            int(told["Y"]), int(told["m"]), int(told["d"]), hour, minute, second, microsecond
        )
    except ValueError:
        return None
    if not _YEARS[0] <= time.year <= _YEARS[1]:
        return None
    offset = told.get("z")
    if not offset:
        return Instant(time, False)
    shift = _shift(offset)
    return None if shift is None else Instant(time - shift, True)


def _shift(offset: str) -> timedelta | None:
    if offset == "Z":
        return timedelta()
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    if hours > 23 or minutes > 59:
        return None
    shift = timedelta(hours=hours, minutes=minutes)
    return -shift if offset[0] == "-" else shift


def _since_1970(text: str, units: int) -> Instant | None:
    """A count of so many units a second."""
    if not _COUNT.fullmatch(text):
        return None
    try:
        time = START + int(text) * (1_000_000 // units) * MICROSECOND
    except OverflowError:
        return None
    return Instant(time, True) if _YEARS[0] <= time.year <= _YEARS[1] else None


def local(time: datetime, zone: str) -> datetime | None:
    """What the clock of a place shows at a time of UTC's; None on a day on which it is set."""
    if zone in ("", "UTC"):
        return time
    day = (time - START).days
    offsets = _offsets(zone)
    if not 0 <= day < len(offsets) - 1 or offsets[day] != offsets[day + 1]:
        return None
    return time + int(offsets[day]) * MICROSECOND


@lru_cache(8)
def _offsets(zone: str) -> Array:
    """By how many microseconds a place is before UTC when each day from 1970 to 2100 begins.

    They are those of polars, which has a list of time zones of its own.
    """
    import polars as pl

    days = pl.datetime_range(START, datetime(2100, 1, 1), "1d", time_unit="us", eager=True)
    there = days.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)
    return np.asarray((there - days).dt.total_microseconds().to_numpy())
