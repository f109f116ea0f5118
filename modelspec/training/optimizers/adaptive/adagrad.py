"""Adagrad and Adadelta."""

from typing import ClassVar

from modelspec.training.optimizers.base import Decay, Optimizer
from modelspec.training.schedules.base import Rate


class Adagrad(Optimizer):
    """Divides the gradient by the root of the sum of all its squares so far."""

    keras: ClassVar[str] = "adagrad/"
    slots: ClassVar[int] = 1
    passing_copies: ClassVar[int] = 1

    initial_accumulator_value: Rate = 0.1
    """What the sum of squares starts from."""
    epsilon: Rate = 1e-7
    """Added inside the root."""


class Adadelta(Optimizer):
    """Scales each step by the ratio of two running root mean squares: steps to gradients."""

    keras: ClassVar[str] = "adadelta/"
    slots: ClassVar[int] = 2
    passing_copies: ClassVar[int] = 2

    rho: Decay = 0.95
    """How much of the running means is kept at each step."""
    epsilon: Rate = 1e-7
    """Added inside the roots."""
