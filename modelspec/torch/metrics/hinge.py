"""The losses of a margin as metrics."""

from modelspec.torch.losses import hinge as twins
from modelspec.torch.metrics.of_loss import OfLoss
from modelspec.training.losses import hinge as losses


class Hinge(OfLoss):
    """Its mean."""

    loss, twin = losses.Hinge, twins.Hinge


class SquaredHinge(OfLoss):
    """Its mean."""

    loss, twin = losses.SquaredHinge, twins.SquaredHinge


class CategoricalHinge(OfLoss):
    """Its mean."""

    loss, twin = losses.CategoricalHinge, twins.CategoricalHinge
