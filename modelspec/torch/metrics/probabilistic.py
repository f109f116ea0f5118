"""The losses of probabilities as metrics."""

from torch import Tensor

from modelspec.torch.losses import probabilistic as twins
from modelspec.torch.losses.targets import classes_last
from modelspec.torch.metrics.accumulator import Setting
from modelspec.torch.metrics.of_loss import OfLoss
from modelspec.training.losses.probabilistic import binary, distributions, one_hot, sparse
from modelspec.training.metrics import probabilistic as declared


class BinaryCrossentropy(OfLoss):
    """Its mean."""

    loss, twin = binary.BinaryCrossentropy, twins.BinaryCrossentropy


class CategoricalCrossentropy(OfLoss):
    """Its mean."""

    loss, twin = one_hot.CategoricalCrossentropy, twins.CategoricalCrossentropy


class SparseCategoricalCrossentropy(OfLoss):
    """Its mean. As in Keras, weights leave out what is ignored; without them it counts as 0."""

    loss, twin = sparse.SparseCategoricalCrossentropy, twins.SparseCategoricalCrossentropy

    def __init__(self, settings: declared.SparseCategoricalCrossentropy, setting: Setting) -> None:
        super().__init__(settings, setting)
        self._ignored = settings.ignore_class
        self._axis = settings.axis

    def update(self, prediction: Tensor, target: Tensor, weight: Tensor | None = None) -> None:
        """Take in a batch."""
        ignored = self._ignored
        if weight is None or ignored is None:
            super().update(prediction, target, weight)
            return
        values = self.elements(prediction.detach(), target)
        real = classes_last(prediction, target, self._axis, one_hot=False)[1] != ignored
        weights = weight.view(-1, *[1] * (values.ndim - 1)) * real
        self.take((values * weights).sum(), weights.sum())


class Poisson(OfLoss):
    """Its mean."""

    loss, twin = distributions.Poisson, twins.Poisson


class KLDivergence(OfLoss):
    """Its mean."""

    loss, twin = distributions.KLDivergence, twins.KLDivergence
