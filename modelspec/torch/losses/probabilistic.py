"""Twins of the losses of probabilities."""

import torch
from torch import Tensor
from torch.nn import functional

from modelspec.torch.losses.ctc import alignments
from modelspec.torch.losses.targets import rows_of
from modelspec.torch.losses.twin import EPSILON, Twin
from modelspec.training.losses.probabilistic import binary, generalized, one_hot, sparse

_NO_IGNORED_INDEX = -(2**62)
"""torch passes over a target of -100 without a word, unless it is told of another one."""


class BinaryCrossentropy(Twin):
    """`-(target log(p) + (1 - target) log(1 - p))`."""

    settings: binary.BinaryCrossentropy
    elementwise = True

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One an element."""
        return self._entropy(prediction, self._smoothed(target), "none")

    def mean(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Their mean."""
        return self._entropy(prediction, self._smoothed(target), "mean")

    def _smoothed(self, target: Tensor) -> Tensor:
        smoothing = self.settings.label_smoothing
        return target * (1 - smoothing) + 0.5 * smoothing if smoothing else target

    def _entropy(self, prediction: Tensor, target: Tensor, reduction: str) -> Tensor:
        if not self.from_logits:
            values = binary_entropy(prediction, target)
            return values.mean() if reduction == "mean" else values
        return functional.binary_cross_entropy_with_logits(prediction, target, reduction=reduction)


class BinaryFocalCrossentropy(BinaryCrossentropy):
    """Cross-entropy times a power of how far the probability is from the truth."""

    settings: binary.BinaryFocalCrossentropy

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One an element."""
        settings, target = self.settings, self._smoothed(target)
        found = self.probabilities(prediction)
        right = target * found + (1 - target) * (1 - found)
        values = (1 - right) ** settings.gamma * binary_entropy(found, target)
        if not settings.apply_class_balancing:
            return values
        return (target * settings.alpha + (1 - target) * (1 - settings.alpha)) * values

    def mean(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Their mean."""
        return self.values(prediction, target).mean()


class CategoricalCrossentropy(Twin):
    """`-sum(target log(p))` over the classes."""

    settings: one_hot.CategoricalCrossentropy

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One a row."""
        target = self._smoothed(prediction, target)
        return categorical(logarithms(self, prediction), target, "none")

    def mean(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Their mean."""
        target = self._smoothed(prediction, target)
        if self.from_logits and target.dtype == torch.int64:
            return indexed(self, prediction, target)
        return categorical(logarithms(self, prediction), target, "mean")

    def _smoothed(self, prediction: Tensor, target: Tensor) -> Tensor:
        smoothing = self.settings.label_smoothing
        if not smoothing:
            return target
        # Keras divides by the size of the last axis, also where the classes lie along another.
        moved = self.settings.axis not in (-1, prediction.ndim - 1)
        classes = prediction.shape[-2 if moved else -1]
        return rows_of(prediction, target) * (1 - smoothing) + smoothing / classes


class CategoricalFocalCrossentropy(CategoricalCrossentropy):
    """Cross-entropy times a power of what is missing to 1."""

    settings: one_hot.CategoricalFocalCrossentropy

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One a row."""
        rows = rows_of(prediction, self._smoothed(prediction, target))
        found = normal(self.probabilities(prediction))
        alpha = torch.as_tensor(self.settings.alpha, dtype=found.dtype, device=found.device)
        return -((1 - found) ** self.settings.gamma * alpha * rows * found.log()).sum(-1)

    def mean(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Their mean."""
        return self.values(prediction, target).mean()


class SparseCategoricalCrossentropy(Twin):
    """`-log(p)` of the class of an index."""

    settings: sparse.SparseCategoricalCrossentropy

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One a row; 0 for one that is ignored."""
        if self.settings.ignore_class is None:
            return categorical(logarithms(self, prediction), target, "none")
        real = target != self.settings.ignore_class
        prediction = torch.where(real.unsqueeze(-1), prediction, 0.0)
        values = categorical(logarithms(self, prediction), torch.where(real, target, 0), "none")
        return torch.where(real, values, 0.0)

    def mean(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Their mean, where none is ignored."""
        if self.from_logits:
            return indexed(self, prediction, target)
        return categorical(logarithms(self, prediction), target, "mean")

    def counted(self, values: Tensor, target: Tensor) -> Tensor | None:  # noqa: ARG002
        """Those that are not ignored."""
        ignored = self.settings.ignore_class
        return None if ignored is None else target != ignored


class CategoricalGeneralizedCrossEntropy(Twin):
    """`(1 - p^q) / q` of the probability of the class of an index."""

    settings: generalized.CategoricalGeneralizedCrossEntropy

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One a row."""
        found = self.probabilities(prediction).gather(-1, target.unsqueeze(-1)).squeeze(-1)
        return (1 - found**self.settings.q) / self.settings.q


class Poisson(Twin):
    """`prediction - target log(prediction)`."""

    elementwise = True

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One an element."""
        return prediction - target * (prediction + EPSILON).log()


class KLDivergence(Twin):
    """`sum(target log(target / prediction))` over the last axis."""

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One a row."""
        wanted, found = target.clamp(EPSILON, 1), prediction.clamp(EPSILON, 1)
        return (wanted * (wanted / found).log()).sum(-1)


class CTC(Twin):
    """Minus the logarithm of how probable all alignments of a sequence are together."""

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One a row."""
        return alignments(functional.log_softmax(prediction, -1), target)


def binary_entropy(prediction: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy of each probability by itself."""
    found = prediction.clamp(EPSILON, 1 - EPSILON)
    return -(target * found.log() + (1 - target) * (1 - found).log())


def normal(prediction: Tensor) -> Tensor:
    """Probabilities that sum to 1 and are neither 0 nor 1."""
    return (prediction / prediction.sum(-1, keepdim=True)).clamp(EPSILON, 1 - EPSILON)


def logarithms(twin: Twin, prediction: Tensor) -> Tensor:
    """The logarithms of the probabilities of classes."""
    if twin.from_logits:
        logarithms: Tensor = twin.functional.log_softmax(prediction, -1)
        return logarithms
    return normal(prediction).log()


def indexed(twin: Twin, logits: Tensor, target: Tensor) -> Tensor:
    """The mean cross-entropy of rows of logits with class indices."""
    value: Tensor = twin.functional.cross_entropy(
        logits.flatten(0, -2), target.flatten(), ignore_index=_NO_IGNORED_INDEX
    )
    return value


def categorical(logarithms: Tensor, target: Tensor, reduction: str) -> Tensor:
    """Cross-entropy of rows of log probabilities with rows, or with class indices."""
    if target.dtype != torch.int64:
        values = -(target * logarithms).sum(-1)
        return values.mean() if reduction == "mean" else values
    values = functional.nll_loss(
        logarithms.flatten(0, -2),
        target.flatten(),
        reduction=reduction,
        ignore_index=_NO_IGNORED_INDEX,
    )
    return values.view(target.shape) if reduction == "none" else values
