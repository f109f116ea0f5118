"""Schedules along a cosine."""

from math import cos, pi
from typing import Annotated, ClassVar

from pydantic import Field

from modelspec.training.schedules.base import Positive, Rate, Schedule, Steps


class CosineDecay(Schedule):
    """Down along half a cosine, after a straight way up if asked for."""

    keras: ClassVar[str] = "cosine_decay/"

    initial_learning_rate: Rate
    """The learning rate of the first step."""
    decay_steps: Steps
    """The steps of the way down."""
    alpha: Rate = 0.0
    """The share of the learning rate that is left at the end."""
    warmup_target: Rate | None = None
    """The learning rate at the end of the way up; null for none."""
    warmup_steps: Annotated[int, Field(ge=0)] = 0
    """The steps of the way up, before those of the way down."""

    def rate(self, step: int) -> float:
        """The learning rate of a step."""
        if self.warmup_target is None:
            return self.initial_learning_rate * self._left(step)
        if step < self.warmup_steps:
            height = self.warmup_target - self.initial_learning_rate
            return self.initial_learning_rate + height * step / self.warmup_steps
        return self.warmup_target * self._left(step - self.warmup_steps)

    def _left(self, step: int) -> float:
        return _down(min(step / self.decay_steps, 1.0), 1.0, self.alpha)


class CosineDecayRestarts(Schedule):
    """Down along half a cosine, again and again (SGDR)."""

    keras: ClassVar[str] = "cosine_decay_restarts/"

    initial_learning_rate: Rate
    """The learning rate of the first step."""
    first_decay_steps: Steps
    """The steps of the first way down."""
    t_mul: Annotated[float, Field(ge=1, allow_inf_nan=False)] = 2.0
    """How much longer each way down is than the one before it."""
    m_mul: Positive = 1.0
    """The height that each way down starts from, as a share of that of the one before it."""
    alpha: Rate = 0.0
    """The share of the learning rate that is left at the end of each."""

    def rate(self, step: int) -> float:
        """The learning rate of a step."""
        done, length, height = float(step), float(self.first_decay_steps), 1.0
        if self.t_mul == 1:
            restarts, done = divmod(done, length)
            height = self.m_mul**restarts
        while done >= length:
            done -= length
            length *= self.t_mul
            height *= self.m_mul
        return self.initial_learning_rate * _down(done / length, height, self.alpha)


def _down(done: float, height: float, alpha: float) -> float:
    return (1 - alpha) * 0.5 * height * (1 + cos(pi * done)) + alpha
