"""The keys of a date: how it is written, and what becomes of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import Field

from modelspec.diagnostics import did_you_mean
from modelspec.language.data_model import DataModel, first_twice

if TYPE_CHECKING:
    from collections.abc import Iterator

CYCLES = {
    "quarter": (1, 4),
    "month": (1, 12),
    "week": (1, 53),
    "day": (1, 31),
    "weekday": (0, 7),
    "yearday": (1, 366),
    "hour": (0, 24),
    "minute": (0, 60),
    "second": (0, 60),
}
"""The first value of each part that comes again, and after how many it does."""
EPOCHS = {"epoch": 1, "epoch_ms": 1_000, "epoch_us": 1_000_000}
"""The formats that count from 1970, and how many of their units a second has."""
_MARK = re.compile(
    r"%(?:[-_0]?[YCyqmbBhdeaAwuUWGgVjDxFvHkIlPpMSfRTXrZzcst+n]|%|\.?[369]?f|:{1,3}z|#z)"
)
"""What stands for a part of a date in a form."""
_Part: TypeAlias = Literal[
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "weekday",
    "is_weekend",
    "yearday",
    "hour",
    "minute",
    "second",
    "timestamp",
]
_Format: TypeAlias = Annotated[str, Field(min_length=1)]


class DateKeys(DataModel):
    """What a date has, beside the keys of every feature."""

    format: _Format | Annotated[list[_Format], Field(min_length=1)] | None = None
    """How they are written, `%d.%m.%Y`, or several such forms; or what they count since 1970:
    seconds (`epoch`), `epoch_ms` or `epoch_us`. Left out, ISO 8601, or the one order of day, month
    and year that fits all training rows."""
    day_first: bool | None = None
    """Whether `03/04/2024` is the 3rd of April, or else the 4th of March."""
    time_zone: str | None = Field(None, min_length=1)
    """The place whose clock the parts are read from, `Europe/Berlin`, where the dates say how far
    they are from UTC. Left out, `UTC`."""
    parts: list[_Part] = Field(["year", "month", "day", "weekday"], min_length=1)
    """What becomes of a date; `weekday` is 0 on a Monday, `week` that of ISO 8601, `is_weekend` 0
    or 1, `timestamp` in days since 1970."""
    cyclic: bool = False
    """Whether what comes again (month, weekday, hour ...) becomes a sine and a cosine."""

    def formats(self) -> tuple[str, ...]:
        """The forms that the spec gives."""
        given = self.format
        return (given,) if isinstance(given, str) else tuple(given or ())

    def width(self) -> int:
        """How many numbers a date becomes."""
        return sum(1 + (self.cyclic and part in CYCLES) for part in self.parts)

    def contradictions(self) -> Iterator[tuple[str, str, str]]:
        """What the keys contradict each other in: (key, message, help)."""
        formats = self.formats()
        if twice := first_twice(formats):
            yield "format", f"`format` names `{twice}` twice", "name each form once"
        if len(formats) > 1 and any(each in EPOCHS for each in formats):
            message = "numbers since 1970 are written in one form"
            yield "format", message, "name one `format`"
        for each in formats:
            if "%" not in each and each not in EPOCHS:
                near = did_you_mean(each, EPOCHS)
                help = f"did you mean `{near}`?" if near else "write it as `%d.%m.%Y`, for instance"
                yield "format", f"`{each}` is no form of a date", help
                break
            if wrong := re.search("%.?", _MARK.sub("", each)):
                help = "write it as `%d.%m.%Y %H:%M`, for instance; `%%` is a percent sign"
                yield "format", f"`{wrong[0]}` in `{each}` is no part of a date", help
                break
        if part := first_twice(self.parts):
            yield "parts", f"`parts` names `{part}` twice", "name each part once"
        if len({"%z" in each or "%:z" in each for each in formats}) > 1:
            message = "some of the forms say how far a time is from UTC (`%z`), others do not"
            yield "format", message, "write `%z` in all of them or in none"
        if self.day_first is not None and formats:
            message = "`format` says where the day stands, and `day_first` does"
            yield "day_first", message, "remove one of them"
        yield from self._about_time_zone()

    def _about_time_zone(self) -> Iterator[tuple[str, str, str]]:
        if self.time_zone is None:
            return
        from zoneinfo import available_timezones

        known = available_timezones()
        if known and self.time_zone not in known:
            near = did_you_mean(self.time_zone, known)
            help = f"did you mean `{near}`?" if near else "write it as `Europe/Berlin`, or `UTC`"
            yield "time_zone", f"there is no time zone `{self.time_zone}`", help
