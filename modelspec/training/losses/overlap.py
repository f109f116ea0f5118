"""Losses of how much two regions overlap."""

from typing import ClassVar

from modelspec.training.losses.base import Axis, Loss, NotNegative, Targets

Axes = Axis | list[Axis] | None


class Dice(Loss):
    """One minus Dice's coefficient: twice what two regions share, by their sizes together."""

    keras: ClassVar[str] = "regression_losses/#dice-class"
    targets: ClassVar[Targets] = "binary"

    axis: Axes = None
    """The axes that a region lies in; null for one region of the whole batch."""


class Tversky(Loss):
    """One minus Tversky's index: `dice` that weighs what is missed and what is too much apart."""

    keras: ClassVar[str] = "regression_losses/#tversky-class"
    targets: ClassVar[Targets] = "binary"

    alpha: NotNegative = 0.5
    """How much what is missed counts: true values that are predicted 0."""
    beta: NotNegative = 0.5
    """How much what is too much counts: false values that are predicted 1."""
    axis: Axes = None
    """The axes that a region lies in; null for one region of the whole batch."""
