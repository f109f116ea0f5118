"""Optimizers that divide the gradient by what it has been so far."""

from typing import Annotated, ClassVar

from pydantic import Field

from modelspec.training.optimizers.base import Decay, Momentum, Optimizer
from modelspec.training.schedules.base import Rate


class RMSprop(Optimizer):
    """Divides the gradient by a running root mean square of itself."""

    type_name: ClassVar[str] = "rmsprop"
    keras: ClassVar[str] = "rmsprop/"
    slots: ClassVar[int] = 1
    passing_copies: ClassVar[int] = 1

    rho: Decay = 0.9
    """How much of the running mean is kept at each step."""
    momentum: Momentum = 0.0
    """How much of the last step is kept in the next one."""
    epsilon: Rate = 1e-7
    """Added inside the root."""
    centered: bool = False
    """Whether the gradient's variance takes the place of its mean square."""

    def slot_count(self) -> int:
        """The mean of squares, and those of steps and gradients where asked for."""
        return super().slot_count() + bool(self.momentum) + self.centered


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


class Ftrl(Optimizer):
    """Follows the regularised leader: what a linear model with sparse weights is trained with."""

    keras: ClassVar[str] = "ftrl/"
    slots: ClassVar[int] = 2
    passing_copies: ClassVar[int] = 3

    learning_rate_power: Annotated[float, Field(le=0, allow_inf_nan=False)] = -0.5
    """How the learning rate falls with the sum of squares; 0 for not at all."""
    initial_accumulator_value: Rate = 0.1
    """What the sum of squares starts from."""
    l1_regularization_strength: Rate = 0.0
    """How strongly weights are drawn to exactly 0."""
    l2_regularization_strength: Rate = 0.0
    """How strongly weights are drawn towards 0."""
    l2_shrinkage_regularization_strength: Rate = 0.0
    """The same by the gradient alone, so that the sum of squares does not see it."""
    beta: Rate = 0.0
    """Added to the root of the sum of squares, as in the paper."""
