"""Whether day or month comes first in dates that are three numbers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from modelspec.data.features.date_texts import ORDERS, read

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl


class Reading(NamedTuple):
    """What fits some dates.

    Attributes:
        order: Of `ORDERS`, or empty where all are written as in ISO 8601 or year first.
        readings: Where several orders fit: a date, and what it is in each of them.
    """

    order: str
    readings: tuple[str, ...] = ()


def find_order(chunks: Iterable[pl.Series]) -> Reading:
    """The one order that fits all dates; where none does, the one that fits most.

    Args:
        chunks: The texts of the training rows.
    """
    bad: Counter[str] = Counter(dict.fromkeys(("", *ORDERS), 0))
    example: tuple[str, ...] = ()
    differs = False
    for values in chunks:
        clear = read(values, (), "").times
        rest = values.filter(clear.is_null())
        bad[""] += len(rest)
        if not len(rest):
            continue
        times = {order: read(rest, (), order).times for order in ORDERS}
        for order, found in times.items():
            bad[order] += found.null_count()
        if not differs:
            example, differs = _example(rest, times)
    if not bad[""]:
        return Reading("")
    least = min(bad[order] for order in ORDERS)
    best = [order for order in ORDERS if bad[order] == least]
    if least == bad[""]:
        return Reading("")
    return Reading(best[0], example if len(best) > 1 and not least else ())


def _example(values: pl.Series, times: dict[str, pl.Series]) -> tuple[tuple[str, ...], bool]:
    """A date with its readings, and whether they differ; the first one that does, if any."""
    found = {order: each for order, each in times.items() if not each.null_count()}
    if len(found) < 2:
        return (), False
    one, *others = found.values()
    apart = np.flatnonzero(np.any([(one != other).to_numpy() for other in others], axis=0))
    row = int(apart[0]) if len(apart) else 0
    shown = [f"{each[row].day} {each[row]:%B %Y}" for each in found.values()]
    return (values[row], *dict.fromkeys(shown)), bool(len(apart))
