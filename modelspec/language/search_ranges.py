"""What a path is searched over: a range of integers or of numbers, or a choice."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

Number: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]


class _Range(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    log: bool = False
    """Whether values are drawn evenly by their logarithm."""
    step: float | None = None
    """Only the least and every so much after it."""

    @model_validator(mode="after")
    def _is_one(self) -> "_Range":
        low, high = self.bounds
        kind = "int" if isinstance(self, IntRange) else "float"
        if low >= high:
            raise PydanticCustomError("MS204", f"`{kind}` goes from {low:g} to {high:g}", _FROM_LOW)
        if self.log and low <= 0:
            raise PydanticCustomError("MS204", f"there is no logarithm of {low:g}", _FROM_ABOVE)
        last = high if self.count is None else self.value(self.count - 1)
        if last != high:
            message = f"steps of {self.step:g} from {low:g} come to {last:g}, and not to {high:g}"
            raise PydanticCustomError("MS204", message, {"help": f"end the range at {last:g}"})
        return self

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest value."""
        raise NotImplementedError

    @property
    def count(self) -> int | None:
        """How many values there are; None where they have no end."""
        raise NotImplementedError

    def value(self, index: int) -> float:
        """One of the values, the least being 0."""
        raise NotImplementedError


_FROM_LOW = {"help": "write the lower bound first, `[1, 8]`"}
_FROM_ABOVE = {"help": "leave `log` out, or begin above 0"}


class IntRange(_Range):
    """Integers from a range, both ends with it."""

    int_: Annotated[list[int], Field(alias="int", min_length=2, max_length=2)]
    """The least and the greatest."""
    step: Annotated[int, Field(gt=0)] = 1
    """Only the least and every so many after it."""

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the greatest value."""
        return self.int_[0], self.int_[1]

    @property
    def count(self) -> int:
        """How many values there are."""
        return (self.int_[1] - self.int_[0]) // self.step + 1

    def value(self, index: int) -> int:
        """One of the values, the least being 0."""
        return self.int_[0] + index * self.step


class FloatRange(_Range):
    """Numbers from a range."""

    float_: Annotated[list[Number], Field(alias="float", min_length=2, max_length=2)]
    """The least and the greatest."""
    step: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """Only the least and every so much after it; without it, any number between them."""

    @model_validator(mode="after")
    def _steps_are_even(self) -> "FloatRange":
        if self.log and self.step is not None:
            message = "`step` is one distance all along, and `log` is for ever larger ones"
            raise PydanticCustomError("MS206", message, {"help": "leave one of them out"})
        return self

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest value."""
        return float(self.float_[0]), float(self.float_[1])

    @property
    def count(self) -> int | None:
        """How many values there are; None where they have no end."""
        if self.step is None:
            return None
        low, high = self.bounds
        return int((Decimal(repr(high)) - Decimal(repr(low))) / Decimal(repr(self.step))) + 1

    def value(self, index: int) -> float:
        """One of the values of a range with a step, the least being 0.

        The sum is that of the numbers as they are written: 0.1 and two steps of 0.1 are 0.3.
        """
        assert self.step is not None
        return float(Decimal(repr(self.bounds[0])) + index * Decimal(repr(self.step)))


RANGES: dict[str, type[IntRange] | type[FloatRange]] = {"int": IntRange, "float": FloatRange}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values.

    Attributes:
        values: What is chosen from.
        inner: What is searched over too where a value is taken, by its place in `values`.
    """

    values: tuple[Any, ...]
    inner: "dict[int, dict[str, Space]]"

    @property
    def count(self) -> int:
        """How many values there are."""
        return len(self.values)

    def value(self, index: int) -> Any:
        """One of the values."""
        return self.values[index]


Space: TypeAlias = "IntRange | FloatRange | Choice"
