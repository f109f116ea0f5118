"""Dates of a few rows: those that are written as in ISO 8601, without an offset."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.features.absent import BLANKS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from modelspec.data.table.table import Array

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?", re.ASCII
)
_START, _MICROSECOND = datetime(1970, 1, 1), timedelta(microseconds=1)
_MICROSECONDS_A_DAY = 86_400_000_000.0
_FIRST_YEAR = 100
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
    "timestamp": lambda moment: float((moment - _START) // _MICROSECOND) / _MICROSECONDS_A_DAY,
}


def parts_of(
    texts: Sequence[str], parts: Sequence[str], circles: Mapping[str, Mapping[int, Array]]
) -> Array | None:
    """The parts of dates, `[rows, numbers]`; None where a text is none of those.

    Args:
        texts: One a row.
        parts: Which parts, in order.
        circles: The sine and cosine of each value of those that are given so.
    """
    rows: list[list[float]] = []
    for text in texts:
        moment = _moment(text.strip(BLANKS))
        if moment is None:
            return None
        row: list[float] = []
        for part in parts:
            value = _PARTS[part](moment)
            row += circles[part][int(value)].tolist() if part in circles else [value]
        rows.append(row)
    return np.array(rows, np.float64)


def _moment(text: str) -> datetime | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    *numbers, fraction = found.groups()
    year, month, day, hour, minute, second = (int(each or 0) for each in numbers)
    microsecond = int((fraction or "").ljust(6, "0"))
    try:
        moment = datetime(year, month, day, hour, minute, second, microsecond)
    except ValueError:
        return None
    return moment if moment.year >= _FIRST_YEAR else None
