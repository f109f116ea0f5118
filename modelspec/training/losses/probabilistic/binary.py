"""Cross-entropy of yes and no."""

from typing import ClassVar, Literal

from modelspec.training.losses.base import Axis, NotNegative, Smoothing, Targets
from modelspec.training.losses.probabilistic.base import _OfLogits


class BinaryCrossentropy(_OfLogits):
    """Cross-entropy of yes or no, by itself for every value of the output."""

    keras: ClassVar[str] = "probabilistic_losses/#binarycrossentropy-class"
    targets: ClassVar[Targets] = "binary"
    activation: ClassVar[Literal["", "softmax", "sigmoid"]] = "sigmoid"

    label_smoothing: Smoothing = 0.0
    """How far targets are moved from 0 and 1 towards a half: by half of this."""
    axis: Axis = -1
    """The axis that is averaged first. The others follow, so that all give one value."""


class BinaryFocalCrossentropy(BinaryCrossentropy):
    """Cross-entropy of yes or no that counts less where it is nearly right."""

    keras: ClassVar[str] = "probabilistic_losses/#binaryfocalcrossentropy-class"

    apply_class_balancing: bool = False
    """Whether values count by their class: `alpha` for a yes, `1 - alpha` for a no."""
    alpha: NotNegative = 0.25
    """How much a yes counts, where classes are balanced."""
    gamma: NotNegative = 2.0
    """The power of how far a probability is from the truth that it counts by."""
