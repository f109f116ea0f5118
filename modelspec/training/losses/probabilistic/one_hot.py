"""Cross-entropy of one-hot classes."""

from typing import ClassVar, Literal

from modelspec.training.losses.base import Axis, NotNegative, Smoothing, Targets
from modelspec.training.losses.probabilistic.base import _OfLogits


class CategoricalCrossentropy(_OfLogits):
    """Cross-entropy of one class among several.

    Targets are class indices or one-hot rows (or rows of probabilities), whichever the data gives.
    """

    keras: ClassVar[str] = "probabilistic_losses/#categoricalcrossentropy-class"
    targets: ClassVar[Targets] = "classes"
    activation: ClassVar[Literal["", "softmax", "sigmoid"]] = "softmax"

    label_smoothing: Smoothing = 0.0
    """How much of each target is spread evenly over all classes."""
    axis: Axis = -1
    """The axis that the classes lie along."""


class CategoricalFocalCrossentropy(CategoricalCrossentropy):
    """Cross-entropy of one class among several that counts less where it is nearly right."""

    keras: ClassVar[str] = "probabilistic_losses/#categoricalfocalcrossentropy-class"

    alpha: NotNegative | list[NotNegative] = 0.25
    """How much all classes count, or each."""
    gamma: NotNegative = 2.0
    """The power of what a probability lacks to 1 that it counts by."""
