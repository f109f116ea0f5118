"""Schedules that decay by a power, a quotient or in stairs."""

from bisect import bisect_left
from math import ceil
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from modelspec.training.schedules.base import Positive, Rate, Schedule, Steps


class Constant(Schedule):
    """The same learning rate at every step."""

    learning_rate: Rate
    """The learning rate."""

    def rate(self, step: int) -> float:  # noqa: ARG002
        """The learning rate of a step."""
        return self.learning_rate


class ExponentialDecay(Schedule):
    """`initial_learning_rate * decay_rate ^ (step / decay_steps)`."""

    keras: ClassVar[str] = "exponential_decay/"

    initial_learning_rate: Rate
    """The learning rate of the first step."""
    decay_steps: Steps
    """After how many steps it is `decay_rate` of what it was."""
    decay_rate: Positive
    """What is left after `decay_steps`."""
    staircase: bool = False
    """Whether it falls at once every `decay_steps`, not a little at every step."""

    def rate(self, step: int) -> float:
        """The learning rate of a step."""
        done = step // self.decay_steps if self.staircase else step / self.decay_steps
        return float(self.initial_learning_rate * self.decay_rate**done)


class InverseTimeDecay(Schedule):
    """`initial_learning_rate / (1 + decay_rate * step / decay_steps)`."""

    keras: ClassVar[str] = "inverse_time_decay/"

    initial_learning_rate: Rate
    """The learning rate of the first step."""
    decay_steps: Steps
    """The steps that `decay_rate` is for."""
    decay_rate: Rate
    """How much the divisor grows in `decay_steps`."""
    staircase: bool = False
    """Whether it falls at once every `decay_steps`, not a little at every step."""

    def rate(self, step: int) -> float:
        """The learning rate of a step."""
        done = step // self.decay_steps if self.staircase else step / self.decay_steps
        return self.initial_learning_rate / (1 + self.decay_rate * done)


class PolynomialDecay(Schedule):
    """From one learning rate to another along `(1 - step / decay_steps) ^ power`."""

    keras: ClassVar[str] = "polynomial_decay/"

    initial_learning_rate: Rate
    """The learning rate of the first step."""
    decay_steps: Steps
    """After how many steps the end is reached."""
    end_learning_rate: Rate = 0.0001
    """The learning rate from then on."""
    power: Positive = 1.0
    """The power; 1 is a straight line."""
    cycle: bool = False
    """Whether it rises and falls again after the end, each time over a longer way."""

    def rate(self, step: int) -> float:
        """The learning rate of a step."""
        whole = self.decay_steps
        if self.cycle:
            whole *= max(ceil(step / self.decay_steps), 1)
        left = 1 - min(step, whole) / whole
        height = self.initial_learning_rate - self.end_learning_rate
        return float(height * left**self.power + self.end_learning_rate)


class PiecewiseConstantDecay(Schedule):
    """One learning rate up to each boundary, and another one after the last."""

    keras: ClassVar[str] = "piecewise_constant_decay/"

    boundaries: Annotated[tuple[int, ...], Field(min_length=1, strict=False)]
    """The last step of each learning rate but the last one's, rising."""
    values: Annotated[tuple[Rate, ...], Field(min_length=2, strict=False)]
    """The learning rates, one more than boundaries."""

    @model_validator(mode="after")
    def _counts_fit(self) -> "PiecewiseConstantDecay":
        if len(self.values) != len(self.boundaries) + 1:
            raise ValueError(
                f"{len(self.boundaries)} boundaries need {len(self.boundaries) + 1} values, "
                f"not {len(self.values)}"
            )
        if list(self.boundaries) != sorted(set(self.boundaries)):
            raise ValueError("the boundaries must rise")
        return self

    def rate(self, step: int) -> float:
        """The learning rate of a step."""
        return self.values[bisect_left(self.boundaries, step)]
