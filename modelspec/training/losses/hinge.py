"""Losses of a margin."""

from typing import ClassVar

from modelspec.training.losses.base import Loss, Targets


class Hinge(Loss):
    """`max(1 - target * prediction, 0)`, targets of 0 counting as -1."""

    keras: ClassVar[str] = "hinge_losses/#hinge-class"
    targets: ClassVar[Targets] = "binary"


class SquaredHinge(Loss):
    """The square of `hinge`."""

    keras: ClassVar[str] = "hinge_losses/#squaredhinge-class"
    targets: ClassVar[Targets] = "binary"


class CategoricalHinge(Loss):
    """`max(largest wrong value - right value + 1, 0)` of several classes."""

    keras: ClassVar[str] = "hinge_losses/#categoricalhinge-class"
    targets: ClassVar[Targets] = "classes"
