"""Twins of the losses of overlapping regions."""

import torch
from torch import Tensor

from modelspec.torch.losses.twin import EPSILON, Twin
from modelspec.training.losses import overlap as declared


class Dice(Twin):
    """`1 - 2 sum(target prediction) / (sum(target) + sum(prediction))`."""

    settings: declared.Dice

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One a region."""
        axes = self.settings.axis
        shared = 2.0 * torch.sum(target * prediction, dim=axes)
        whole = torch.sum(target, dim=axes) + torch.sum(prediction, dim=axes)
        return 1 - shared / (whole + EPSILON)


class Tversky(Twin):
    """`1 - s / (s + alpha missed + beta too much)`, s being what is shared."""

    settings: declared.Tversky

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One a region."""
        settings, axes = self.settings, self.settings.axis
        shared = torch.sum(target * prediction, dim=axes)
        missed = torch.sum((1 - prediction) * target, dim=axes)
        much = torch.sum(prediction * (1 - target), dim=axes)
        whole = shared + missed * settings.alpha + much * settings.beta
        return 1 - shared / (whole + EPSILON)
