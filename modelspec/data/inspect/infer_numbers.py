"""What a column of numbers seems to be."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec.data.inspect.column_guess import FEW_CLASSES, ColumnGuess, constant
from modelspec.language.date_keys import EPOCHS

if TYPE_CHECKING:
    import polars as pl

    from modelspec.data.table.table import Array

_EXACT = 2.0**53
_OF_TIME = re.compile(
    r"(?:^|_)(?:time|timestamp|ts|date|when|at|created|updated|epoch|seen)(?:_|$)"
)
_OF_IDS = re.compile(r"(?:^|_)(?:id|ids|key|uuid|guid|index|idx|rownames|nr|no)$")
WITH_HOURS = ("parts", ["year", "month", "day", "weekday", "hour"])
"""What becomes of dates that have a time of the day."""
_YEARS = (631_152_000, 4_102_444_800)
"""From 1990 to 2100, in seconds since 1970."""


def guess_numbers(
    name: str, values: pl.Series, missing: int, settings: tuple[tuple[str, Any], ...] = ()
) -> ColumnGuess:
    """What a column of numbers seems to be.

    Args:
        name: The column.
        values: Its numbers, as float64, none missing.
        missing: How many rows have none.
        settings: How its feature is to read them.
    """
    numbers = values.to_numpy()
    infinite = ~np.isfinite(numbers)
    markers: tuple[str, ...] = ()
    if infinite.any():
        markers = tuple(sorted({"inf" if each > 0 else "-inf" for each in numbers[infinite]}))
        numbers, missing = numbers[~infinite], missing + int(infinite.sum())
        settings = (*settings, ("missing_values", list(markers)))
        if not len(numbers):
            return ColumnGuess(name, "skip", "no number of it is finite", missing)
    guess = _of_finite(name, numbers, missing)
    return replace(guess, settings=(*guess.settings, *settings), markers=markers)


def _of_finite(name: str, numbers: Array, missing: int) -> ColumnGuess:
    different, counts = np.unique(numbers, return_counts=True)
    count = len(different)
    integers = bool((numbers == np.floor(numbers)).all())
    whole = integers and bool(numbers.min() >= 0)
    if count == 1:
        return ColumnGuess(name, "skip", constant(f"{numbers[0]:g}", missing), missing, count)
    if integers and len(numbers) > FEW_CLASSES and bool((np.diff(numbers) == 1).all()):
        return ColumnGuess(name, "skip", "it only numbers the rows", missing, count)
    if integers and float(np.abs(different).max()) >= _EXACT:
        why = "integers from 2^53 on, which name something: a number cannot hold them exactly"
        return ColumnGuess(name, "skip", why, missing, count)
    if integers and count == len(numbers) > FEW_CLASSES and _OF_IDS.search(name.lower()):
        return ColumnGuess(name, "skip", "every row has an id of its own", missing, count)
    epoch = _epoch(different) if integers and count > FEW_CLASSES else ""
    if epoch and _OF_TIME.search(name.lower()):
        why = f"times, as {epoch} since 1970"
        settings: tuple[tuple[str, Any], ...] = (("format", epoch),)
        if (different % (86_400 * EPOCHS[epoch])).any():
            settings = (*settings, WITH_HOURS)
        return ColumnGuess(name, "date", why, missing, count, settings=settings)
    few: tuple[int, ...] = ()
    if whole and count <= FEW_CLASSES:
        few = tuple(map(int, different))
    why = f"{count:,} different numbers, {different[0]:g} to {different[-1]:g}"
    notes = (f"its numbers may be times: `type: date, format: {epoch}`",) if epoch else ()
    rarest = int(counts.argmin())
    return ColumnGuess(
        name,
        "number",
        why,
        missing,
        count,
        whole=whole,
        values=few,
        rows=(int(counts.min()), int(counts.max())),
        rarest=few[rarest] if few else "",
        notes=notes,
    )


def _epoch(numbers: Array) -> str:
    """What whole numbers may count since 1970; nothing where they do not."""
    first, last = _YEARS
    for format, units in EPOCHS.items():
        if first * units <= numbers[0] and numbers[-1] <= last * units:
            return format
    return ""
