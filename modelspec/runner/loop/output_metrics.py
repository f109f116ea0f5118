"""The loss and the metrics of one output, summed on the device."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from modelspec.torch.losses import OutputLoss, TargetError

if TYPE_CHECKING:
    from modelspec.runner.loop.units import DataUnits
    from modelspec.torch.metrics import Accumulator, Mean

LOW = (torch.float16, torch.bfloat16)


@dataclass(slots=True)
class OutputMetrics:
    """The loss and the metrics of one output.

    Attributes:
        activation: What makes probabilities of logits, for the metrics; None where the output
            has its activation already.
        loss: None for an output that is only measured.
        mean: The loss over the samples so far.
        weighted: The metrics that samples count in by their weights.
        units: What brings normalised numbers into the data's units; None for those that are.
        in_units: The metrics that are given numbers in these units.
        factors: What the value of a metric is multiplied by to be in these units.
        threshold: From which probability on it says yes, of each label or of all; None for 0.5.
        decided: The metrics that count yes and no from there on.
    """

    name: str
    weight: float
    activation: str | None
    loss: OutputLoss | None
    mean: Mean
    metrics: dict[str, Accumulator] = field(default_factory=dict)
    weighted: frozenset[str] = frozenset()
    units: DataUnits | None = None
    in_units: frozenset[str] = frozenset()
    factors: dict[str, float] = field(default_factory=dict)
    threshold: Tensor | None = None
    decided: frozenset[str] = frozenset()

    def add(
        self,
        prediction: Tensor,
        target: Tensor,
        rows: int,
        mask: Tensor | None = None,
        weight: Tensor | None = None,
        whole: int | None = None,
    ) -> Tensor | None:
        """Take in a batch; its loss times the output's weight, if it is trained.

        Args:
            prediction: The output, or its logits.
            target: What it should be.
            rows: How many samples there are; 0 for one that does not count.
            mask: The output's, `[batch, steps]`: the other steps are left out.
            weight: How much each sample counts, `[batch]`.
            whole: How many the batch has that they are a part of. The loss is then the part
                that they add to the batch's.
        """
        if prediction.dtype in LOW:
            prediction = prediction.float()
        counts = None
        if mask is None and prediction.ndim > 2 and self._weighs_classes():
            mask = prediction.new_ones(prediction.shape[:-1])
        if mask is not None:
            prediction, target, counts = by_step(prediction, target, mask)
            if weight is not None:
                weight = weight.repeat_interleave(mask[0].numel())
        value = None
        if self.loss is not None:
            fraction = 1.0 if whole is None else rows / whole
            value = self.loss(prediction, target, weight, counts, fraction)
            self.mean.add(value, rows, whole)
            if self.weight != 1.0:
                value = value * self.weight
        if self.metrics and rows:
            self._measure(prediction.detach(), target, counts, weight)
        return value

    def _weighs_classes(self) -> bool:
        """Whether metrics need the class of every step."""
        return bool(self.weighted) and self.loss is not None and self.loss.class_weight is not None

    @torch.no_grad()
    def _measure(
        self, prediction: Tensor, target: Tensor, counts: Tensor | None, weight: Tensor | None
    ) -> None:
        factors = counts
        if self.weighted:
            factors = weight if self.loss is None else self.loss.factors(prediction, target, weight)
            if counts is not None:
                factors = counts if factors is None else factors * counts
        if self.activation is not None and self.loss is not None:
            prediction = self.loss.twin.probabilities(prediction)
        plain = measured = (prediction, target)
        if self.units is not None and self.in_units:
            measured = (self.units(prediction), self.units(target))
        answers = plain
        if self.threshold is not None and self.decided:
            answers = (self._answers(prediction, self.threshold), target)
        for name, metric in self.metrics.items():
            compared = measured if name in self.in_units else plain
            compared = answers if name in self.decided else compared
            metric.update(*compared, factors if name in self.weighted else counts)

    def _answers(self, prediction: Tensor, threshold: Tensor) -> Tensor:
        """1 for a yes and 0 for a no."""
        of_logits = self.loss is not None and self.loss.loss.of_logits
        probabilities = prediction.sigmoid() if of_logits else prediction
        return (probabilities >= threshold).to(prediction.dtype)

    @property
    def takes_indices(self) -> bool:
        """Whether all that is computed is the same of one-hot rows and of class indices."""
        of_loss = self.loss is not None and self.loss.takes_indices
        return of_loss and all(each.takes_indices for each in self.metrics.values())

    @property
    def accumulators(self) -> dict[str, Accumulator]:
        """All running sums, by name."""
        return {"loss": self.mean, **self.metrics} if self.loss else dict(self.metrics)


def by_step(prediction: Tensor, target: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Every step as a sample of its own, and its weight: 1 where it counts, else 0.

    Raises:
        TargetError: The targets have other steps.
    """
    if target.shape[: mask.ndim] != mask.shape:
        raise TargetError(
            f"targets are `{list(target.shape)}` and the output is `{list(prediction.shape)}` "
            f"(batch axis first): expected targets of `{[*mask.shape, '...']}`"
        )
    last = mask.ndim - 1
    steps = (prediction.flatten(0, last), target.flatten(0, last))
    return *steps, mask.flatten().to(steps[0].dtype)
