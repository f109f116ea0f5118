"""Losses with Keras's numbers. No value is broadcast unasked: shapes that differ are an error.

Each loss works on elements first, `(N, ...)`, is averaged over all axes but the batch's to
`(N,)`, and is summed over the batch and divided by its size: by the number of rows, not by
the sum of their weights. Source: https://keras.io/api/losses/.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from modelspec.torch import elements
from modelspec.torch.elements import EPSILON
from modelspec.training.losses import Loss

_NO_IGNORED_INDEX = -(2**62)
"""torch passes over a target of -100 without a word, unless it is told of another one."""


class TargetError(ValueError):
    """Targets that do not fit the output: says both shapes."""


class OutputLoss(NamedTuple):
    """The loss of one output.

    Attributes:
        loss: Its declaration.
        from_logits: Whether the predictions are logits, not yet probabilities.
        class_weight: One factor a class, `(C,)`; of a binary loss those of 0 and 1. None for 1.
    """

    loss: Loss
    from_logits: bool = False
    class_weight: Tensor | None = None

    def __call__(self, prediction: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
        """The loss of a batch, a scalar.

        Args:
            prediction: The output, `(N, ...)`, or its logits.
            target: What it should be, shaped as `aligned` or `class_targets` say.
            weight: One factor a sample, `(N,)`.

        Raises:
            TargetError: The targets do not fit the output.
        """
        if weight is None and self.class_weight is None:
            return self._compute(*self._operands(prediction, target), "mean")
        values = self.per_sample(prediction, target)
        return values.mean() if weight is None else (values * weight).mean()

    def per_sample(self, prediction: Tensor, target: Tensor) -> Tensor:
        """The loss of each sample, `(N,)`.

        Raises:
            TargetError: The targets do not fit the output.
        """
        prediction, target = self._operands(prediction, target)
        values = self._compute(prediction, target, "none")
        if self.class_weight is not None:
            values = values * _class_factors(self.class_weight, target, values)
        return values.flatten(1).mean(1) if values.ndim > 1 else values

    def _operands(self, prediction: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        if prediction.dtype in (torch.float16, torch.bfloat16):
            prediction = prediction.float()
        return prediction, fitted(self.loss, prediction, target)

    def _compute(self, prediction: Tensor, target: Tensor, reduction: str) -> Tensor:
        match self.loss.name:
            case "mse":
                return functional.mse_loss(prediction, target, reduction=reduction)
            case "mae":
                return functional.l1_loss(prediction, target, reduction=reduction)
            case "binary_crossentropy":
                return _binary(prediction, target, self.from_logits, reduction)
        if self.loss.name in elements.LOSSES:
            if self.from_logits:
                softmax = self.loss.activation == "softmax"
                prediction = prediction.softmax(-1) if softmax else prediction.sigmoid()
            return _reduced(elements.LOSSES[self.loss.name](prediction, target), reduction)
        return _categorical(prediction, target, self.from_logits, reduction)


def fitted(loss: Loss, prediction: Tensor, target: Tensor) -> Tensor:
    """The targets in the form that a loss computes with.

    Raises:
        TargetError: They do not fit the output.
    """
    if loss.targets in ("classes", "indices"):
        return class_targets(prediction, target, one_hot=loss.targets == "classes")
    return aligned(prediction, target)


def aligned(prediction: Tensor, target: Tensor) -> Tensor:
    """Targets in the prediction's shape and dtype; `(N,)` and `(N, 1)` stand for each other.

    Raises:
        TargetError: The shapes differ by more than a last axis of 1.
    """
    if target.dtype != prediction.dtype:
        target = target.to(prediction.dtype)
    if target.shape == prediction.shape:
        return target
    if _without_last_one(target) == _without_last_one(prediction):
        return target.reshape(prediction.shape)
    raise _misfit(prediction, target, [list(prediction.shape)])


def class_targets(prediction: Tensor, target: Tensor, *, one_hot: bool) -> Tensor:
    """Class indices `(N, ...)` as int64, or rows of probabilities `(N, ..., C)`.

    Args:
        prediction: `(N, ..., C)`.
        target: `(N, ...)` or `(N, ..., 1)`, or where `one_hot` allows it `(N, ..., C)`.
        one_hot: Whether rows are taken too.

    Raises:
        TargetError: They are of another shape.
    """
    if one_hot and target.shape == prediction.shape:
        return target.to(prediction.dtype)
    indices = prediction.shape[:-1]
    if target.shape == indices:
        return target.long()
    if target.shape == (*indices, 1):
        return target.squeeze(-1).long()
    wanted = [list(indices), list(prediction.shape)]
    raise _misfit(prediction, target, wanted if one_hot else wanted[:1])


def _without_last_one(tensor: Tensor) -> torch.Size:
    shape = tensor.shape
    return shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape


def _misfit(prediction: Tensor, target: Tensor, wanted: list[list[int]]) -> TargetError:
    return TargetError(
        f"targets are `{list(target.shape)}` and the output is `{list(prediction.shape)}` "
        f"(batch axis first): expected targets of `{'` or `'.join(map(str, wanted))}`"
    )


def _class_factors(factors: Tensor, target: Tensor, values: Tensor) -> Tensor:
    if target.dtype != torch.int64:
        classes = target.argmax(-1) if target.ndim > values.ndim else target.round().long()
        return factors[classes]
    return factors[target]


def _categorical(prediction: Tensor, target: Tensor, from_logits: bool, reduction: str) -> Tensor:
    if from_logits:
        logarithms = functional.log_softmax(prediction, -1)
    else:
        sums = prediction.sum(-1, keepdim=True)
        logarithms = (prediction / sums).clamp(EPSILON, 1 - EPSILON).log()
    if target.dtype != torch.int64:
        return _reduced(-(target * logarithms).sum(-1), reduction)
    values = functional.nll_loss(
        logarithms.flatten(0, -2),
        target.flatten(),
        reduction=reduction,
        ignore_index=_NO_IGNORED_INDEX,
    )
    return values.view(target.shape) if reduction == "none" else values


def _binary(prediction: Tensor, target: Tensor, from_logits: bool, reduction: str) -> Tensor:
    if from_logits:
        return functional.binary_cross_entropy_with_logits(prediction, target, reduction=reduction)
    probabilities = prediction.clamp(EPSILON, 1 - EPSILON)
    values = target * probabilities.log() + (1 - target) * (1 - probabilities).log()
    return _reduced(-values, reduction)


def _reduced(values: Tensor, reduction: str) -> Tensor:
    return values.mean() if reduction == "mean" else values
