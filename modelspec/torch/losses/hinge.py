"""Twins of the losses of a margin."""

import torch
from torch import Tensor

from modelspec.torch.losses.targets import rows_of
from modelspec.torch.losses.twin import Twin


class Hinge(Twin):
    """`max(1 - target prediction, 0)`, targets of 0 and 1 being -1 and 1."""

    elementwise = True

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One an element."""
        binary = ((target == 0) | (target == 1)).all()
        return (1 - torch.where(binary, 2 * target - 1, target) * prediction).clamp_min(0.0)


class SquaredHinge(Hinge):
    """The square of `hinge`."""

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One an element."""
        return super().values(prediction, target).square()


class CategoricalHinge(Twin):
    """`max(largest wrong - right + 1, 0)` over the last axis."""

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One a row."""
        rows = rows_of(prediction, target)
        right = (rows * prediction).sum(-1)
        wrong = ((1 - rows) * prediction).amax(-1)
        return (wrong - right + 1).clamp_min(0.0)
