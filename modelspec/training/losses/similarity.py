"""Losses of how near the rows of a batch are to each other."""

from typing import ClassVar

from modelspec.training.losses.base import Loss, NotNegative, Targets


class Circle(Loss):
    """Draws the rows of one label together, and those of others apart.

    The output is a vector of length 1 a row (`UnitNormalization`), and its target the row's
    label, an integer. Rows without another one of their label in the batch do not count.
    """

    targets: ClassVar[Targets] = "labels"

    gamma: NotNegative = 80.0
    """How sharply near and far are told apart."""
    margin: NotNegative = 0.4
    """How far from 0 and from 1 a distance may stay."""
    remove_diagonal: bool = True
    """Whether a row is not compared with itself."""
