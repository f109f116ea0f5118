"""Losses of probabilities."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from modelspec.training.losses.base import Axis, Loss, NotNegative, Smoothing, Targets


class _OfLogits(Loss):
    from_logits: bool = False
    """Whether the output has no activation, and its values are logits. Leave it out where it has
    one: training computes on its logits all the same, and `predict` gives probabilities."""

    @property
    def of_logits(self) -> bool:
        """Whether the output is to be the logits of its probabilities."""
        return self.from_logits


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


class SparseCategoricalCrossentropy(_OfLogits):
    """Cross-entropy of one class among several. Targets are class indices."""

    keras: ClassVar[str] = "probabilistic_losses/#sparsecategoricalcrossentropy-class"
    targets: ClassVar[Targets] = "indices"
    activation: ClassVar[Literal["", "softmax", "sigmoid"]] = "softmax"

    ignore_class: int | None = None
    """A class index that does not count, 255 or -1 for what nobody has labelled; null for none."""
    axis: Axis = -1
    """The axis that the classes lie along."""


class CategoricalGeneralizedCrossEntropy(Loss):
    """`(1 - p^q) / q` of the right class's probability: bears wrong labels better.

    Between the mean absolute error (`q` near 1) and the cross-entropy (near 0). Targets are
    class indices.
    """

    targets: ClassVar[Targets] = "indices"
    activation: ClassVar[Literal["", "softmax", "sigmoid"]] = "softmax"

    q: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """How well it bears wrong labels."""


class Poisson(Loss):
    """Poisson loss of a count: `prediction - target log(prediction)`."""

    keras: ClassVar[str] = "probabilistic_losses/#poisson-class"


class KLDivergence(Loss):
    """Kullback-Leibler divergence of one row of probabilities from another."""

    keras: ClassVar[str] = "probabilistic_losses/#kldivergence-class"


class CTC(Loss):
    """Connectionist temporal classification: a sequence of classes, somewhere in more steps.

    The output is `[steps, classes]` without an activation, class 0 being "none". Its target is
    the sequence, class indices from 1 up, filled up with 0.
    """

    keras: ClassVar[str] = "probabilistic_losses/#ctc-class"
    targets: ClassVar[Targets] = "sequences"
    activation: ClassVar[Literal["", "softmax", "sigmoid"]] = "softmax"

    @property
    def of_logits(self) -> bool:
        """Whether the output is to be the logits of its probabilities."""
        return True
