"""Adam."""

from typing import ClassVar

from modelspec.training.optimizers.base import Decay, Optimizer
from modelspec.training.schedules.base import Rate


class Adam(Optimizer):
    """Running means of the gradient and of its square, corrected for their start at zero."""

    keras: ClassVar[str] = "adam/"
    slots: ClassVar[int] = 2

    beta_1: Decay = 0.9
    """How much of the gradient's running mean is kept at each step."""
    beta_2: Decay = 0.999
    """How much of the squared gradient's running mean is kept at each step."""
    epsilon: Rate = 1e-7
    """Added to the uncorrected root: `epsilon hat` of the Adam paper."""
    amsgrad: bool = False
    """Whether to divide by the largest running mean so far."""

    def slot_count(self) -> int:
        """Both running means, and the largest where it is asked for."""
        return super().slot_count() + self.amsgrad
