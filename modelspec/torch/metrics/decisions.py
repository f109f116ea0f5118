"""Counting decisions of yes or no, at one threshold or at many."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from modelspec.torch.losses.twin import EPSILON
from modelspec.torch.metrics.accumulator import Accumulator, Setting, by_row, row_targets

_LEAST = -1e10
"""What Keras takes for the prediction of a class that is not among the largest."""


class Counts(NamedTuple):
    """How many values are decided how, at each threshold: `(thresholds,)` or `(.., labels)`."""

    true_positives: Tensor
    false_positives: Tensor
    true_negatives: Tensor
    false_negatives: Tensor


class Decisions(Accumulator):
    """Counts of what is true and false between thresholds.

    `totals` is a histogram `(2, thresholds + 1, labels)`: of those whose target is 0, then 1, by
    how many thresholds their prediction is above.

    Args:
        thresholds: In any order.
        within: Whether the first and the last stand for just below 0 and just above 1.
        labels: How many values of the last axis have histograms of their own.
    """

    def __init__(
        self,
        thresholds: Sequence[float],
        setting: Setting,
        *,
        within: bool = False,
        labels: int = 1,
        top_k: int | None = None,
        class_id: int | None = None,
        label_weights: Sequence[float] | None = None,
    ) -> None:
        super().__init__((2, len(thresholds) + 1, labels), setting)
        device, dtype = self.totals.device, self.totals.dtype
        self._even = is_even(thresholds)
        self._least = int(within)
        ends = [-EPSILON, *thresholds[1:-1], 1 + EPSILON] if within else list(thresholds)
        self._order = [sorted(ends).index(each) for each in ends]
        self._bounds = torch.tensor(sorted(ends), dtype=torch.float32, device=device)
        self._top_k = top_k
        self._class_id = class_id
        weights = None if label_weights is None else torch.tensor(label_weights, dtype=dtype)
        self._label_weights = None if weights is None else weights.to(device)
        self._one = torch.ones((), dtype=dtype, device=device)

    def update(self, prediction: Tensor, target: Tensor, weight: Tensor | None = None) -> None:
        """Take in a batch."""
        truth = row_targets(prediction, target).bool()
        prediction = self._largest(prediction.detach())
        if self._class_id is not None:
            truth, prediction = (x[..., self._class_id, None] for x in (truth, prediction))
        count, labels = self.totals.shape[1:]
        places = self._above(prediction).add_(truth, alpha=count)
        if labels > 1:
            places = places * labels + torch.arange(labels, device=places.device)
        each = self._one if weight is None else weight.to(self._one.dtype)
        each = each.expand(truth.shape) if weight is None else by_row(each, truth.shape)
        if self._label_weights is not None:
            each = each * self._label_weights
        self.totals.view(-1).index_add_(0, places.flatten(), each.flatten())

    def counts(self) -> Counts:
        """The counts at each threshold, in the order in which they were given."""
        above = self.totals.flip(1).cumsum(1).flip(1)
        whole = above[:, :1]
        above = above[:, 1:][:, self._order]
        found, below = above, whole - above
        counts = found[1], found[0], below[0], below[1]
        return Counts(*(x[:, 0] if x.shape[1] == 1 else x for x in counts))

    def _largest(self, prediction: Tensor) -> Tensor:
        if self._top_k is None:
            return prediction
        places = prediction.sort(dim=-1, descending=True, stable=True).indices[..., : self._top_k]
        largest = torch.zeros_like(prediction, dtype=torch.bool).scatter_(-1, places, True)
        return torch.where(largest, prediction, _LEAST)

    def _above(self, prediction: Tensor) -> Tensor:
        """How many thresholds each prediction is above, by Keras's arithmetic."""
        last = len(self._bounds)
        if last == 1:
            return (prediction > self._bounds[0]).long()
        if not self._even:
            return torch.bucketize(prediction.contiguous(), self._bounds)
        places = (prediction.clamp(0, 1) * (last - 1)).ceil().long()
        return places.clamp_(self._least, last)


def is_even(thresholds: Sequence[float]) -> bool:
    """Whether thresholds are spread evenly from 0 to 1."""
    steps = len(thresholds) - 1
    return steps > 1 and all(
        abs(each - index / steps) <= EPSILON + 1e-5 * index / steps
        for index, each in enumerate(thresholds)
    )


def evenly(count: int) -> list[float]:
    """So many thresholds from 0 to 1."""
    return [index / (count - 1) for index in range(count)]
