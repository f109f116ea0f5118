"""Adamax, Nadam, Lamb."""

from typing import ClassVar

from modelspec.training.optimizers.base import Decay, Optimizer
from modelspec.training.schedules.base import Rate


class Adamax(Optimizer):
    """Adam with the largest gradient so far, fading, in place of the running mean of squares."""

    keras: ClassVar[str] = "adamax/"
    slots: ClassVar[int] = 2
    passing_copies: ClassVar[int] = 2

    beta_1: Decay = 0.9
    """How much of the gradient's running mean is kept at each step."""
    beta_2: Decay = 0.999
    """How much of the largest gradient is kept at each step."""
    epsilon: Rate = 1e-7
    """Added to the divisor."""


class Nadam(Optimizer):
    """Adam with Nesterov's momentum."""

    keras: ClassVar[str] = "nadam/"
    slots: ClassVar[int] = 2
    passing_copies: ClassVar[int] = 2

    beta_1: Decay = 0.9
    """How much of the gradient's running mean is kept at each step."""
    beta_2: Decay = 0.999
    """How much of the squared gradient's running mean is kept at each step."""
    epsilon: Rate = 1e-7
    """Added to the root."""


class Lamb(Optimizer):
    """Adam whose step is as long as the weight it changes: for very large batches."""

    keras: ClassVar[str] = "lamb/"
    slots: ClassVar[int] = 2
    passing_copies: ClassVar[int] = 2

    beta_1: Decay = 0.9
    """How much of the gradient's running mean is kept at each step."""
    beta_2: Decay = 0.999
    """How much of the squared gradient's running mean is kept at each step."""
    epsilon: Rate = 1e-7
    """Added to the root."""
