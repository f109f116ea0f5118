"""Twins of the losses of numbers."""

from math import log

from torch import Tensor
from torch.nn import functional

from modelspec.torch.losses.twin import EPSILON, Twin
from modelspec.training.losses import regression as declared


class MeanSquaredError(Twin):
    """`(prediction - target)^2`."""

    elementwise = True

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One an element."""
        return functional.mse_loss(prediction, target, reduction="none")

    def mean(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Their mean."""
        return functional.mse_loss(prediction, target)


class MeanAbsoluteError(Twin):
    """`|prediction - target|`."""

    elementwise = True

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One an element."""
        return functional.l1_loss(prediction, target, reduction="none")

    def mean(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Their mean."""
        return functional.l1_loss(prediction, target)


class MeanAbsolutePercentageError(Twin):
    """`100 |(target - prediction) / target|`."""

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One a row: as in Keras, the percents come after the mean, which fits more numbers."""
        part = ((target - prediction) / target.abs().clamp_min(EPSILON)).abs()
        return 100 * (part.mean(-1) if part.ndim > 1 else part)


class MeanSquaredLogarithmicError(Twin):
    """The squared difference of `log(1 + x)`."""

    elementwise = True

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One an element."""
        first, second = (x.clamp_min(EPSILON).add(1.0).log() for x in (prediction, target))
        return (first - second).square()


class Huber(Twin):
    """Half the square up to `delta`, a straight line from there on."""

    settings: declared.Huber
    elementwise = True

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One an element."""
        delta = self.settings.delta
        if delta == 0:
            return (prediction - target) * 0
        return functional.huber_loss(prediction, target, reduction="none", delta=delta)


class LogCosh(Twin):
    """`log(cosh(prediction - target))`."""

    elementwise = True

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One an element."""
        error = prediction - target
        return error + functional.softplus(-2 * error) - log(2)


class CosineSimilarity(Twin):
    """Minus the cosine along an axis."""

    settings: declared.CosineSimilarity

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One a vector: the axis is gone."""
        return -cosine(prediction, target, self.settings.axis)


def cosine(prediction: Tensor, target: Tensor, axis: int) -> Tensor:
    """The cosine between vectors that lie along an axis."""
    lengths = (x.square().sum(axis, keepdim=True) for x in (prediction, target))
    first, second = (
        x * length.clamp_min(1e-12).rsqrt()
        for x, length in zip((prediction, target), lengths, strict=True)
    )
    return (first * second).sum(axis)
