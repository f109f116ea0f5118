"""Optimizers that follow the gradient, or its signs."""

from typing import Annotated, ClassVar

from pydantic import Field

from modelspec.training.optimizers.base import Decay, LearningRate, Momentum, Optimizer


class SGD(Optimizer):
    """Gradient descent, with momentum if asked for."""

    keras: ClassVar[str] = "sgd/"

    learning_rate: LearningRate = 0.01
    """The step size."""
    momentum: Momentum = 0.0
    """How much of the last step is kept in the next one."""
    nesterov: bool = False
    """Whether the gradient is taken as if the momentum had been followed already."""

    def slot_count(self) -> int:
        """The momentum, if there is one."""
        return super().slot_count() + bool(self.momentum)


class Lion(Optimizer):
    """Steps of one size: by the signs of a running mean of the gradient."""

    keras: ClassVar[str] = "lion/"
    slots: ClassVar[int] = 1
    passing_copies: ClassVar[int] = 1

    beta_1: Annotated[float, Field(gt=0, le=1)] = 0.9
    """How much of the running mean is in the step."""
    beta_2: Decay = 0.99
    """How much of the running mean is kept at each step."""
