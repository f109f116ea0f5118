"""Losses of counts and of whole distributions."""

from typing import ClassVar

from modelspec.training.losses.base import Loss


class Poisson(Loss):
    """Poisson loss of a count: `prediction - target log(prediction)`."""

    keras: ClassVar[str] = "probabilistic_losses/#poisson-class"


class KLDivergence(Loss):
    """Kullback-Leibler divergence of one row of probabilities from another."""

    keras: ClassVar[str] = "probabilistic_losses/#kldivergence-class"
