"""The constraints, with their arguments: Keras's names, defaults and numbers."""

from typing import Annotated, TypeAlias

from pydantic import Field, model_validator

from modelspec.layers.choices import Option
from modelspec.layers.fields import Axes, Fraction
from modelspec.layers.values import LayerError

Bound: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class OfNorm(Option):
    """What is said of norms."""

    axis: Axes = (0,)
    """The axis or axes of Keras's array that a norm is taken over."""

    def check(self, argument: str, shape: tuple[int, ...]) -> None:
        for axis in self.axis:
            if not -len(shape) <= axis < len(shape):
                message = f"has `{argument}` along axis {axis} of a weight of {list(shape)}"
                raise LayerError("MS509", message, "count the weight's axes from 0", argument)
        if len({axis % len(shape) for axis in self.axis}) < len(self.axis):
            message = f"has `{argument}` along one axis twice: {list(self.axis)}"
            raise LayerError("MS509", message, "name every axis once", argument)


class MaxNorm(OfNorm):
    """Norms are at most `max_value`."""

    max_value: Bound = 2.0
    """The largest norm."""


class MinMaxNorm(OfNorm):
    """Norms move into an interval, by `rate` of the way at an update."""

    min_value: Bound = 0.0
    """The least norm."""
    max_value: Bound = 1.0
    """The largest norm."""
    rate: Fraction = 1.0
    """How much of the way is gone at once."""

    @model_validator(mode="after")
    def _in_order(self) -> "MinMaxNorm":
        if self.min_value > self.max_value:
            raise ValueError("`min_value` must not be above `max_value`")
        return self


class NonNeg(Option):
    """What is below 0 becomes 0."""


class UnitNorm(OfNorm):
    """Norms are 1."""
