"""Intervals that random layers draw from: one number, or a lower and an upper bound."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Annotated, Any, TypeAlias

from pydantic_core import PydanticCustomError, PydanticKnownError, core_schema

Interval: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Within:
    """Takes a number, or a list of two in any order, between bounds; stands in an `Annotated`.

    Attributes:
        low: The least number.
        high: The largest number.
        above: Whether `low` itself is refused.
        alone: Whether one number does.
        optional: Whether null does.
    """

    low: float
    high: float
    above: bool = False
    alone: bool = True
    optional: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return core_schema.no_info_plain_validator_function(self.checked)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        number: dict[str, Any] = {"type": "number"}
        if isfinite(self.low):
            number["exclusiveMinimum" if self.above else "minimum"] = self.low
        if isfinite(self.high):
            number["maximum"] = self.high
        pair = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
        alone = [number] if self.alone else []
        nothing = [{"type": "null"}] if self.optional else []
        return {"anyOf": [*alone, pair, *nothing]}

    def checked(self, value: object) -> float | Interval | None:
        """The number, or the two.

        Raises:
            PydanticKnownError: It is neither, or out of bounds.
            PydanticCustomError: It is a list of another length, or no interval.
        """
        if value is None and self.optional:
            return None
        if not isinstance(value, list | tuple):
            number = self._number(value)
            if self.alone:
                return number
            raise _no_interval(f"one number, {value},", self.wanted)
        if len(value) != 2:
            raise _no_interval(f"a list of {len(value)}", self.wanted)
        one, other = map(self._number, value)
        if one == other and not self.alone:
            raise _no_interval(f"{list(value)}", self.wanted)
        return (min(one, other), max(one, other))

    @property
    def wanted(self) -> str:
        """What to write."""
        if self.alone:
            return "give one number, or a list of two: from and to"
        return "give a list of two: the least number and the largest, `[0, 255]`"

    def _number(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise PydanticKnownError("float_type")
        if not isfinite(value):
            raise PydanticKnownError("finite_number")
        if self.above and value <= self.low:
            raise PydanticKnownError("greater_than", {"gt": self.low})
        if value < self.low:
            raise PydanticKnownError("greater_than_equal", {"ge": self.low})
        if value > self.high:
            raise PydanticKnownError("less_than_equal", {"le": self.high})
        return float(value)


def _no_interval(what: str, help: str) -> PydanticCustomError:
    return PydanticCustomError("MS204", "{what} is no interval", {"what": what, "help": help})


Signed: TypeAlias = Annotated[Any, Within(-1, 1)]
"""A number of -1 to 1, or two."""

Share: TypeAlias = Annotated[Any, Within(0, 1)]
"""A number of 0 to 1, or two."""

ValueRange: TypeAlias = Annotated[Any, Within(float("-inf"), float("inf"), alone=False)]
"""The least and the largest number that an image holds."""


def around_zero(factor: float | Interval) -> Interval:
    """What a factor stands for: one number `f` is from `-f` to `f`."""
    return factor if isinstance(factor, tuple) else (-abs(factor), abs(factor))


def from_zero(factor: float | Interval) -> Interval:
    """What a factor stands for: one number `f` is from 0 to `f`."""
    return factor if isinstance(factor, tuple) else (0.0, factor)
