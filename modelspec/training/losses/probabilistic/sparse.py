"""Cross-entropy of class indices."""

from typing import ClassVar, Literal

from modelspec.training.losses.base import Axis, Targets
from modelspec.training.losses.probabilistic.base import _OfLogits


class SparseCategoricalCrossentropy(_OfLogits):
    """Cross-entropy of one class among several. Targets are class indices."""

    keras: ClassVar[str] = "probabilistic_losses/#sparsecategoricalcrossentropy-class"
    targets: ClassVar[Targets] = "indices"
    activation: ClassVar[Literal["", "softmax", "sigmoid"]] = "softmax"

    ignore_class: int | None = None
    """A class index that does not count, 255 or -1 for what nobody has labelled; null for none."""
    axis: Axis = -1
    """The axis that the classes lie along."""
