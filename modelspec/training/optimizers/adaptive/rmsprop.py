"""RMSprop."""

from typing import ClassVar

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
