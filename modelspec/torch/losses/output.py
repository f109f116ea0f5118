"""The loss of one output.

Each loss works on elements first, `(N, ...)`, and is summed over the batch and divided by their
number: not by the sum of their weights, unless its `reduction` asks for that.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from modelspec.torch.find_twin import find_twin
from modelspec.torch.losses.targets import fitted
from modelspec.torch.losses.twin import Twin
from modelspec.training.losses import Loss
from modelspec.training.losses.probabilistic.one_hot import CategoricalCrossentropy


class OutputLoss:
    """The loss of one output.

    Args:
        loss: Its declaration.
        from_logits: Whether the predictions are logits, though the declaration does not say so.
        class_weight: One factor a class, `(C,)`; of a binary loss those of 0 and 1. None for 1.
        over_all: Puts the sum over all processes that share a batch in the place of a tensor.
    """

    def __init__(
        self,
        loss: Loss,
        from_logits: bool = False,
        class_weight: Tensor | None = None,
        over_all: Callable[[Sequence[Tensor]], None] | None = None,
    ) -> None:
        self.loss = loss
        self.class_weight = class_weight
        self._over_all = over_all
        twin = find_twin(type(loss), __package__, Twin, required=("values",))
        self.twin = twin(loss, from_logits=from_logits or loss.of_logits)
        self._plain = loss.reduction != "sum" and type(self.twin).counted is Twin.counted

    def __call__(
        self,
        prediction: Tensor,
        target: Tensor,
        weight: Tensor | None = None,
        mask: Tensor | None = None,
        fraction: float = 1.0,
    ) -> Tensor:
        """The loss of a batch, a scalar.

        Args:
            prediction: The output, `(N, ...)`, or its logits.
            target: What it should be, shaped as `targets.fitted` says.
            weight: One factor a sample, `(N,)`.
            mask: The samples that count, `(N,)`: 0 for one that is left out.
            fraction: Which part of the batch these samples are: the losses of all parts add up to
                that of the batch. 0 for samples that do not count.

        Raises:
            TargetError: The targets do not fit the output.
        """
        if prediction.dtype in (torch.float16, torch.bfloat16):
            prediction = prediction.float()
        prediction, target = fitted(self.loss, prediction, target)
        if weight is None and mask is None and self.class_weight is None and self._plain:
            mean = self.twin.mean(prediction, target)
            return mean if fraction == 1.0 else mean * fraction
        values = self.twin.values(prediction, target)
        if values.ndim == 0:
            if weight is None and mask is None and self.class_weight is None:
                return values * fraction  # one number for the whole batch: its sum is itself
            values = values.expand(len(prediction))
        counted = self.twin.counted(values, target)
        factors = self._factors(values, target, weight)
        if mask is not None:
            real = _by_row(mask.bool(), values)
            counted = real if counted is None else counted & real
        return self._reduced(values, factors, counted, fraction)

    @property
    def takes_indices(self) -> bool:
        """Whether class indices give the same loss as the one-hot rows that they stand for."""
        loss = self.loss
        return (
            type(loss) is CategoricalCrossentropy and not loss.label_smoothing and loss.axis == -1
        )

    def factors(self, prediction: Tensor, target: Tensor, weight: Tensor | None) -> Tensor | None:
        """How much each sample counts, `(N,)`, by its weight and that of its class.

        Where there are classes to weigh, a sample has one.
        """
        if self.class_weight is None:
            return weight
        prediction, target = fitted(self.loss, prediction, target)
        return self._factors(self.twin.values(prediction, target), target, weight)

    def _factors(self, values: Tensor, target: Tensor, weight: Tensor | None) -> Tensor | None:
        factors = None if weight is None else _by_row(weight, values)
        if self.class_weight is None:
            return factors
        of_class = _class_factors(self.class_weight, target, values)
        return of_class if factors is None else factors * of_class

    def _reduced(
        self, values: Tensor, factors: Tensor | None, counted: Tensor | None, fraction: float
    ) -> Tensor:
        if not fraction:
            values = values * 0.0
            factors = None if factors is None else factors * 0.0
            counted = None if counted is None else torch.zeros_like(counted)
        if counted is not None:
            values = torch.where(counted, values, 0.0)
        if factors is not None:
            values = values * factors
        total = values.sum()
        if self.loss.reduction == "sum":
            return total / self.twin.averaged(values)
        if self.loss.reduction == "mean_with_sample_weight" and factors is not None:
            weights = factors.expand_as(values)
            weights = weights if counted is None else torch.where(counted, weights, 0.0)
            sums = self._summed(weights)
            return torch.where(sums == 0, 0.0, total / torch.where(sums == 0, 1.0, sums))
        if counted is None:
            return total * (fraction / max(values.numel(), 1))
        return total / self._summed(counted.expand_as(values)).clamp(min=1)

    def _summed(self, values: Tensor) -> Tensor:
        """The sum, over all parts of the batch."""
        total = values.sum().detach()
        if self._over_all is not None:
            self._over_all([total])
        return total


def _by_row(each: Tensor, values: Tensor) -> Tensor:
    return each.view(-1, *[1] * (values.ndim - 1))


def _class_factors(factors: Tensor, target: Tensor, values: Tensor) -> Tensor:
    if target.dtype != torch.int64:
        classes = target.argmax(-1) if target.ndim > values.ndim else target.round().long()
        return factors[classes]
    return factors[target.clamp(0, len(factors) - 1)]
