"""Intersection over union, from the table of true and predicted classes."""

from collections.abc import Sequence

import torch
from torch import Tensor

from modelspec.torch.losses.targets import misfit
from modelspec.torch.losses.twin import EPSILON
from modelspec.torch.metrics.accumulator import Accumulator, Setting, by_row
from modelspec.training.metrics import overlap as declared


class _Overlap(Accumulator):
    """The base: `totals` is the table, `(true classes, predicted classes)`."""

    def __init__(self, classes: int, wanted: Sequence[int], setting: Setting) -> None:
        super().__init__((classes, classes), setting)
        self._wanted = list(wanted)

    def indices(self, prediction: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """The classes that are predicted, and the true ones, of one shape."""
        raise NotImplementedError

    def counted(self, truth: Tensor) -> Tensor:
        """Which of the true classes count."""
        return (truth >= 0) & (truth < len(self.totals))

    def update(self, prediction: Tensor, target: Tensor, weight: Tensor | None = None) -> None:
        """Take in a batch."""
        found, truth = self.indices(prediction.detach(), target)
        if found.numel() != truth.numel():
            raise misfit(found, truth, [list(found.shape)])
        found, classes = found.reshape(truth.shape), len(self.totals)
        real = self.counted(truth) & (found >= 0) & (found < classes)
        each = real.to(self.totals.dtype)
        if weight is not None:
            each = each * by_row(weight, truth.shape)
        places = torch.where(real, truth * classes + found, 0)
        self.totals.view(-1).index_add_(0, places.flatten(), each.flatten())

    def value(self) -> Tensor:
        """The metric so far."""
        hits = self.totals.diagonal()
        union = (self.totals.sum(0) + self.totals.sum(1) - hits)[self._wanted]
        real = union > 1e-9
        shares = torch.where(real, hits[self._wanted] / (union + EPSILON), 0.0)
        return shares.sum() / (real.sum() + EPSILON)


class IoU(_Overlap):
    """The mean over some classes."""

    def __init__(self, settings: declared._Several, setting: Setting) -> None:
        classes = settings.num_classes
        wanted = getattr(settings, "target_class_ids", range(classes))
        super().__init__(classes, wanted, setting)
        self.settings = settings
        self._sparse_target = bool(getattr(settings, "sparse_y_true", False))
        self._sparse_prediction = bool(getattr(settings, "sparse_y_pred", False))

    def indices(self, prediction: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """The classes; one-hot targets may also come as class indices."""
        axis = self.settings.axis
        found = prediction.long() if self._sparse_prediction else prediction.argmax(axis)
        one_hot = not self._sparse_target and target.numel() != found.numel()
        return found, target.argmax(axis) if one_hot else target.long()

    def counted(self, truth: Tensor) -> Tensor:
        """Which of the true classes count."""
        known, ignored = super().counted(truth), self.settings.ignore_class
        return known if ignored is None else known & (truth != ignored)


class MeanIoU(IoU):
    """The mean over all classes."""


class OneHotIoU(IoU):
    """The mean over some classes, of one-hot targets."""


class OneHotMeanIoU(IoU):
    """The mean over all classes, of one-hot targets."""


class BinaryIoU(_Overlap):
    """The mean over 0 and 1."""

    def __init__(self, settings: declared.BinaryIoU, setting: Setting) -> None:
        super().__init__(2, settings.target_class_ids, setting)
        self._threshold = settings.threshold

    def indices(self, prediction: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Zeros and ones."""
        return (prediction >= self._threshold).long(), target.long()
