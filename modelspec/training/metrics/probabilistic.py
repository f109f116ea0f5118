"""How probable the truth was."""

from typing import ClassVar

from modelspec.training.metrics.base import Axis, Kind, Metric, Smoothing


class _Crossentropy(Metric):
    higher_is_better: ClassVar[bool] = False

    from_logits: bool = False
    """Whether the output has no activation, and its values are logits."""


class BinaryCrossentropy(_Crossentropy):
    """The mean cross-entropy of yes or no."""

    keras: ClassVar[str] = "probabilistic_metrics/#binarycrossentropy-class"
    kind: ClassVar[Kind] = "binary"

    label_smoothing: Smoothing = 0.0
    """How far targets are moved from 0 and 1 towards a half: by half of this."""


class CategoricalCrossentropy(_Crossentropy):
    """The mean cross-entropy of one class among several: one-hot rows, or class indices."""

    keras: ClassVar[str] = "probabilistic_metrics/#categoricalcrossentropy-class"
    kind: ClassVar[Kind] = "classes"

    label_smoothing: Smoothing = 0.0
    """How much of each target is spread evenly over all classes."""
    axis: Axis = -1
    """The axis that the classes lie along."""


class SparseCategoricalCrossentropy(_Crossentropy):
    """The mean cross-entropy of one class among several: class indices."""

    keras: ClassVar[str] = "probabilistic_metrics/#sparsecategoricalcrossentropy-class"
    kind: ClassVar[Kind] = "indices"

    ignore_class: int | None = None
    """A class index whose cross-entropy counts as 0; null for none."""
    axis: Axis = -1
    """The axis that the classes lie along."""


class Poisson(Metric):
    """The mean of `prediction - target log(prediction)`."""

    keras: ClassVar[str] = "probabilistic_metrics/#poisson-class"
    higher_is_better: ClassVar[bool] = False


class KLDivergence(Metric):
    """The mean Kullback-Leibler divergence of one row of probabilities from another."""

    keras: ClassVar[str] = "probabilistic_metrics/#kldivergence-class"
    higher_is_better: ClassVar[bool] = False
