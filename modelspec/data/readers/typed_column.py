"""Values of Python and numpy as a column of one type."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import polars as pl


_DAYS = ("Y", "M", "W")
_SECONDS = ("h", "m", "s")
"""Units of numpy's dates that polars lacks."""


def typed(name: str, values: Any) -> pl.Series:
    """A column as polars has it.

    Args:
        name: Its name.
        values: A polars series, an array of one axis or a list.

    Raises:
        ValueError: It mixes what is of no one type.
    """
    import polars as pl

    if isinstance(values, pl.Series):
        return values.alias(name)
    if isinstance(values, list):
        return _listed(name, values)
    try:
        return pl.Series(name, _in_known_unit(values))
    except (TypeError, pl.exceptions.PolarsError):
        return _mixed(name, values)


def _listed(name: str, values: list[Any]) -> pl.Series:
    import polars as pl

    if any(issubclass(each, date | np.datetime64) for each in set(map(type, values))):
        return _mixed(name, _dates(name, [_plain(each) for each in values]))
    first = next((each for each in values if each is not None), None)
    # Of lists, polars takes the type of the first one, and cuts the numbers of others to it.
    if not isinstance(first, list | tuple):
        try:
            found = pl.Series(name, values)
        except (TypeError, pl.exceptions.PolarsError):
            pass
        else:
            if found.dtype != pl.Object:
                return found
    return _mixed(name, [_plain(each) for each in values])


def _dates(name: str, values: list[Any]) -> list[Any]:
    """Dates as they are; beside other values they are text, as in a file.

    Raises:
        ValueError: Some say how far they are from UTC, others do not.
    """
    known = [each for each in values if each is not None]
    if not all(isinstance(each, date) for each in known):
        return [str(each) if isinstance(each, date) else each for each in values]
    if len({isinstance(each, datetime) and each.tzinfo is not None for each in known}) > 1:
        told = "some of its times say how far they are from UTC, others do not"
        raise ValueError(f"`{name}` is no column: {told}; give all of them a time zone, or none")
    return values


def _in_known_unit(values: Any) -> Any:
    """An array; one of dates in a unit that polars has."""
    if getattr(getattr(values, "dtype", None), "kind", "") != "M":
        return values
    unit = np.datetime_data(values.dtype)[0]
    if unit in _DAYS:
        return values.astype("datetime64[D]")
    return values.astype("datetime64[ms]") if unit in _SECONDS else values


def _mixed(name: str, values: Any) -> pl.Series:
    """A column of several types: 1 and 2.5 are numbers; a number beside text is text, as in a file.

    Raises:
        ValueError: They are of no one type.
    """
    import polars as pl

    try:
        return pl.Series(name, values, strict=False)
    except (TypeError, pl.exceptions.PolarsError) as error:
        raise ValueError(f"`{name}` is no column: {error}") from error


def _plain(value: Any) -> Any:
    """A value as Python has it: None for what stands for nothing, no scalar of numpy."""
    if _is_missing(value):
        return None
    if isinstance(value, np.datetime64):
        return value.astype("datetime64[us]").item()
    return value.item() if isinstance(value, np.generic) else value


def without_nan(values: list[Any]) -> list[Any]:
    """None for what stands for nothing: NaN, and the NaT and NA of pandas."""
    return [None if _is_missing(each) else each for each in values]


def _is_missing(value: object) -> bool:
    if isinstance(value, float | np.datetime64):
        return value != value
    return type(value).__name__ in ("NaTType", "NAType")
