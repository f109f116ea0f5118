"""How far numbers are from what they should be."""

import torch
from torch import Tensor

from modelspec.torch.losses import regression as twins
from modelspec.torch.losses.targets import aligned
from modelspec.torch.losses.twin import EPSILON
from modelspec.torch.metrics.accumulator import Accumulator, MeanOf, Setting, by_row
from modelspec.torch.metrics.of_loss import OfLoss
from modelspec.training.losses import regression as losses
from modelspec.training.metrics import regression as declared


class MeanSquaredError(OfLoss):
    """Its mean."""

    loss, twin = losses.MeanSquaredError, twins.MeanSquaredError


class RootMeanSquaredError(MeanSquaredError):
    """The root of its mean."""

    def value(self) -> Tensor:
        """The metric so far."""
        return super().value().sqrt()


class MeanAbsoluteError(OfLoss):
    """Its mean."""

    loss, twin = losses.MeanAbsoluteError, twins.MeanAbsoluteError


class MeanAbsolutePercentageError(OfLoss):
    """Its mean."""

    loss, twin = losses.MeanAbsolutePercentageError, twins.MeanAbsolutePercentageError


class MeanSquaredLogarithmicError(OfLoss):
    """Its mean."""

    loss, twin = losses.MeanSquaredLogarithmicError, twins.MeanSquaredLogarithmicError


class LogCoshError(OfLoss):
    """Its mean."""

    loss, twin = losses.LogCosh, twins.LogCosh


class _AlongAxis(MeanOf):
    def __init__(self, settings: declared.CosineSimilarity, setting: Setting) -> None:
        super().__init__(setting)
        self._axis = settings.axis


class CosineSimilarity(_AlongAxis):
    """The mean cosine."""

    def elements(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One a vector."""
        return twins.cosine(prediction, aligned(prediction, target), self._axis)


class PearsonCorrelation(_AlongAxis):
    """The mean correlation."""

    def elements(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One a vector."""
        axis = self._axis
        first, second = (
            (x - x.mean(axis, keepdim=True)) / x.std(axis, correction=0, keepdim=True)
            for x in (prediction, aligned(prediction, target))
        )
        return (first * second).mean(axis)


class ConcordanceCorrelation(_AlongAxis):
    """The mean concordance, by Keras's formula: both factors are about the prediction's mean."""

    def elements(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One a vector."""
        axis, target = self._axis, aligned(prediction, target)
        found, wanted = (x.mean(axis, keepdim=True) for x in (prediction, target))
        spread = prediction.var(axis, correction=0, keepdim=True)
        spread = spread + target.var(axis, correction=0, keepdim=True)
        norm = spread + (wanted - found).square() + EPSILON
        return (2 * (target - found) * (prediction - found) / norm).mean(axis)


class R2Score(Accumulator):
    """`1 - residual / total`, of each unit.

    `totals` are the sums of weights, targets, their squares and squared errors, and the number
    of values.
    """

    def __init__(self, settings: declared.R2Score, setting: Setting) -> None:
        if setting.width is None:
            raise ValueError("`r2_score` needs the size of the output's last axis")
        super().__init__((5, setting.width), setting)
        self.settings = settings

    def update(self, prediction: Tensor, target: Tensor, weight: Tensor | None = None) -> None:
        """Take in a batch."""
        width = self.totals.shape[1]
        target = aligned(prediction, target)
        weights = torch.ones_like(target) if weight is None else by_row(weight, target.shape)
        weights, target, prediction = (
            x.reshape(-1, width).to(self.totals.dtype)
            for x in (weights, target, prediction.detach())
        )
        weighted = target * weights
        errors = (target - prediction).square() * weights
        sums = [weights.sum(0), weighted.sum(0), (target * weighted).sum(0), errors.sum(0)]
        self.totals[:4] += torch.stack(sums)
        self.totals[4] += len(target)

    def value(self) -> Tensor:
        """The metric so far."""
        count, total, squares, errors, rows = self.totals
        empty = count == 0
        variance = squares - total * total / torch.where(empty, 1.0, count)
        scores = 1 - errors / variance
        scores = torch.where(empty | scores.isinf(), 0.0, scores)
        match self.settings.class_aggregation:
            case "uniform_average":
                scores = scores.mean()
            case "variance_weighted_average":
                whole = variance.sum()
                scores = (variance * scores).sum() / torch.where(whole == 0, 1.0, whole)
        return self._adjusted(scores, rows.sum())

    def _adjusted(self, scores: Tensor, values: Tensor) -> Tensor:
        """For the number of regressors, where there are more values than those."""
        regressors = self.settings.num_regressors
        if not regressors:
            return scores if scores.numel() > 1 or scores.ndim == 0 else scores[0]
        left = values - regressors - 1
        adjusted = 1 - (1 - scores) * (values - 1) / torch.where(left == 0, 1.0, left)
        return torch.where(left > 0, adjusted, scores)
