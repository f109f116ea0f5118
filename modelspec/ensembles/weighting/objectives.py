"""What weights are to minimise: the loss of the weighted mean, as a function of the weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from modelspec.ensembles.weighting.answers import Answers, Numbers, target_shares

if TYPE_CHECKING:
    from collections.abc import Callable

LEAST = 1e-7
"""What a probability counts as at least, as in the losses of Keras."""


class Objective(Protocol):
    """The loss of a weighted mean.

    Attributes:
        name: What it is called.
        members: How many weights there are.
        convex: Whether it is convex, and has a gradient.
    """

    name: str
    members: int
    convex: bool

    def value(self, weights: Numbers) -> float:
        """The loss of the mean with these weights."""
        ...

    def gradient(self, weights: Numbers) -> Numbers:
        """Its derivative by each weight; of convex ones only."""
        ...


class LogLoss:
    """The mean of `-log p` of what came true: of classes, or of each yes and each no.

    A mean of probabilities is linear in the weights, and its negative logarithm convex.
    """

    name, convex = "log loss", True

    def __init__(self, answers: Answers) -> None:
        self.members = answers.members
        shares = target_shares(answers)
        said = answers.said
        if answers.kind == "yes":
            said = np.concatenate([said, 1 - said], axis=-1)
            shares = np.concatenate([shares, 1 - shares], axis=-1)
            shares = shares / answers.said.shape[-1]
        shares = shares * answers.shares[:, None]
        some = shares > 0
        self._said = said[:, some]  # only what came true has a part in it
        self._shares = shares[some]

    def value(self, weights: Numbers) -> float:
        """The loss of the mean with these weights."""
        return float(-self._shares @ np.log(np.maximum(weights @ self._said, LEAST)))

    def gradient(self, weights: Numbers) -> Numbers:
        """Its derivative by each weight."""
        mean = weights @ self._said
        slopes = np.where(mean > LEAST, self._shares / np.maximum(mean, LEAST), 0.0)
        return np.asarray(-self._said @ slopes)


class SquaredError:
    """The mean squared error: a quadratic form of the weights, which sum to 1."""

    name, convex = "squared error", True

    def __init__(self, answers: Answers) -> None:
        self.members = answers.members
        off = answers.said - answers.truth.reshape(answers.said.shape[1:])
        self._products = np.einsum("irc,jrc,r->ij", off, off, answers.shares) / off.shape[-1]

    def value(self, weights: Numbers) -> float:
        """The loss of the mean with these weights."""
        return float(weights @ self._products @ weights)

    def gradient(self, weights: Numbers) -> Numbers:
        """Its derivative by each weight."""
        return np.asarray(2 * self._products @ weights)


class LossOfMean:
    """Any other loss, of which nothing is known but its value."""

    convex = False

    def __init__(self, name: str, answers: Answers, loss: Callable[[Numbers], float]) -> None:
        self.name, self.members = name, answers.members
        self._answers, self._loss = answers, loss

    def value(self, weights: Numbers) -> float:
        """The loss of the mean with these weights; infinite where it is no number."""
        found = self._loss(self._answers.mean(weights))
        return found if np.isfinite(found) else np.inf

    def gradient(self, weights: Numbers) -> Numbers:
        """Not known.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError(self.name)


def absolute_error(answers: Answers) -> LossOfMean:
    """The mean absolute error."""
    truth = answers.truth.reshape(answers.said.shape[1:])

    def loss(mean: Numbers) -> float:
        return float(answers.shares @ np.abs(mean - truth).mean(axis=1))

    return LossOfMean("absolute error", answers, loss)
