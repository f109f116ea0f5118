"""Dates of a few rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.features.absent import BLANKS
from modelspec.data.features.few_instants import MICROSECOND, START, local

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from modelspec.data.features.feature import Gap
    from modelspec.data.features.few_instants import InstantReader
    from modelspec.data.table.table import Array

_MICROSECONDS_A_DAY = 86_400_000_000.0
_PARTS: dict[str, Callable[[datetime], float]] = {
    "year": lambda moment: moment.year,
    "quarter": lambda moment: (moment.month + 2) // 3,
    "month": lambda moment: moment.month,
    "week": lambda moment: moment.isocalendar().week,
    "day": lambda moment: moment.day,
    "weekday": lambda moment: moment.weekday(),
    "is_weekend": lambda moment: moment.isoweekday() > 5,
    "yearday": lambda moment: moment.timetuple().tm_yday,
    "hour": lambda moment: moment.hour,
    "minute": lambda moment: moment.minute,
    "second": lambda moment: moment.second,
    "timestamp": lambda moment: float((moment - START) // MICROSECOND) / _MICROSECONDS_A_DAY,
}


@dataclass(frozen=True, slots=True)
class FewDates:
    """Makes numbers of dates.

    Attributes:
        time_zone: On whose clock the parts are read; empty for that of UTC, or of the text.
        zoned: Whether dates have to say how far they are from UTC; None where nobody asks.
        parts: Which parts, in order.
        circles: The sine and cosine of each value of those that are given so.
    """

    reader: InstantReader
    time_zone: str
    zoned: bool | None
    parts: tuple[str, ...]
    circles: Mapping[str, Mapping[int, Array]]

    def numbers(self, texts: Sequence[str], gap: Gap | None) -> Array | None:
        """The parts of dates, `[rows, numbers]`; None where one is not sure of a text.

        Args:
            texts: One a row; any where a number stands in a gap.
            gap: The rows that had none.
        """
        rows: list[list[float]] = []
        for row, text in enumerate(texts):
            time = self._filled(gap.fill) if gap and gap.rows[row] else self._time(text)
            there = None if time is None else local(time, self.time_zone)
            if time is None or there is None:
                return None
            rows.append(self._row(time, there))
        return np.array(rows, np.float64)

    def _time(self, text: str) -> datetime | None:
        found = self.reader.instant(text.strip(BLANKS))
        if found is None or self.zoned not in (None, found.zoned):
            return None
        return found.time

    def _filled(self, fill: str | float) -> datetime | None:
        if isinstance(fill, str):
            found = self.reader.instant(fill.strip(BLANKS))
            return found and found.time
        return START + round(fill) * MICROSECOND

    def _row(self, time: datetime, there: datetime) -> list[float]:
        row: list[float] = []
        for part in self.parts:
            value = _PARTS[part](time if part == "timestamp" else there)
            row += self.circles[part][int(value)].tolist() if part in self.circles else [value]
        return row
