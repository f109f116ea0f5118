"""Ftrl."""

from typing import Annotated, ClassVar

from pydantic import Field

from modelspec.training.optimizers.base import Optimizer
from modelspec.training.schedules.base import Rate


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
