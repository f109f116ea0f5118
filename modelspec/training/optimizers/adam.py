"""Adam and its relatives."""

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


class AdamW(Adam):
    """Adam with weight decay."""

    type_name: ClassVar[str] = "adamw"
    keras: ClassVar[str] = "adamw/"

    weight_decay: Rate | None = 0.004
    """Each step also shrinks the weights, by this times the learning rate."""


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
