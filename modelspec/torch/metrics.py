"""Metrics that accumulate on the device and are read once, with Keras's numbers.

Each keeps one vector of sums, `totals`: adding up those of several processes gives the
metric over all of them. Source: https://keras.io/api/metrics/.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

from modelspec.torch import elements
from modelspec.torch.losses import aligned, class_targets
from modelspec.training.metrics import Metric, accuracy_kind

THRESHOLDS = 200
"""Keras's number of thresholds along the curve of `auc`."""

TOP = 5
"""Keras's number of predictions that `top_k_categorical_accuracy` looks at."""


class Accumulator:
    """The base of all metrics: sums that `update` adds to and `value` reads.

    Attributes:
        totals: The sums, a vector on the device; float64 where the device has it.
    """

    def __init__(self, size: int, device: torch.device | str = "cpu") -> None:
        where = torch.device(device)
        dtype = torch.float32 if where.type == "mps" else torch.float64
        self.totals = torch.zeros(size, dtype=dtype, device=where)
        self.places = self.totals.unbind()

    def update(self, prediction: Tensor, target: Tensor, weight: Tensor | None = None) -> None:
        """Take in a batch. Never waits for the device.

        Args:
            prediction: The output, `(N, ...)`: probabilities, not logits.
            target: What it should be.
            weight: One factor a sample, `(N,)`.

        Raises:
            TargetError: The targets do not fit the output.
        """
        raise NotImplementedError

    def value(self) -> Tensor:
        """The metric so far, a scalar on the device; 0 before the first batch."""
        return divide(self.totals[0], self.totals[1])

    def result(self) -> float:
        """The metric so far. Waits for the device."""
        return self.value().item()

    def reset(self) -> None:
        """Forget everything."""
        self.totals.zero_()


class Mean(Accumulator):
    """The mean of numbers that come one a batch, as losses do."""

    def __init__(self, device: torch.device | str = "cpu") -> None:
        super().__init__(2, device)

    def add(self, value: Tensor, rows: int) -> None:
        """Take in the mean over `rows` samples."""
        self.places[0].add_(value.detach(), alpha=rows)
        self.places[1].add_(rows)


Elements = Callable[[Tensor, Tensor], Tensor]


class MeanOf(Accumulator):
    """The mean of something that each element of a batch has, weighted by samples."""

    def __init__(self, elements: Elements, device: torch.device | str = "cpu") -> None:
        super().__init__(2, device)
        self.elements = elements

    def update(self, prediction: Tensor, target: Tensor, weight: Tensor | None = None) -> None:
        """Take in a batch."""
        values = self.elements(prediction.detach(), target)
        if weight is None:
            self.places[0].add_(values.sum())
            self.places[1].add_(values.numel())
            return
        rows = values.flatten(1).sum(1) if values.ndim > 1 else values
        self.places[0].add_((rows * weight).sum())
        self.places[1].add_(weight.sum(), alpha=values.numel() // max(len(weight), 1))


class RootMeanOf(MeanOf):
    """The root of such a mean."""

    def value(self) -> Tensor:
        """The metric so far."""
        return super().value().sqrt()


class Count(Accumulator):
    """How many values are predicted so, and really are so."""

    def __init__(self, found: bool, truth: bool, device: torch.device | str = "cpu") -> None:
        super().__init__(1, device)
        self.found = found
        self.truth = truth

    def update(self, prediction: Tensor, target: Tensor, weight: Tensor | None = None) -> None:
        """Take in a batch."""
        truth = binary_targets(prediction, target)
        hits = ((prediction.detach() > 0.5) == self.found) & (truth == self.truth)
        rows = hits.flatten(1).sum(1)
        self.places[0].add_((rows if weight is None else rows * weight).sum())

    def value(self) -> Tensor:
        """The metric so far."""
        return self.totals[0].clone()


class Share(Accumulator):
    """Precision or recall: of the values that are predicted (or really are) true, the hits."""

    def __init__(self, of: str, device: torch.device | str = "cpu") -> None:
        super().__init__(2, device)
        self.of = of

    def update(self, prediction: Tensor, target: Tensor, weight: Tensor | None = None) -> None:
        """Take in a batch."""
        truth = binary_targets(prediction, target)
        found = prediction.detach() > 0.5
        whole = found if self.of == "predicted" else truth
        hits = found & truth
        if weight is None:
            self.places[0].add_(hits.sum())
            self.places[1].add_(whole.sum())
            return
        self.places[0].add_((hits.flatten(1).sum(1) * weight).sum())
        self.places[1].add_((whole.flatten(1).sum(1) * weight).sum())


class AreaUnderCurve(Accumulator):
    """The area under the ROC curve, interpolated between evenly spaced thresholds.

    `totals` are a histogram of the predictions: of those whose target is 0, then of 1.
    """

    def __init__(self, device: torch.device | str = "cpu") -> None:
        super().__init__(2 * THRESHOLDS, device)

    def update(self, prediction: Tensor, target: Tensor, weight: Tensor | None = None) -> None:
        """Take in a batch."""
        truth = binary_targets(prediction, target)
        buckets = (prediction.detach() * (THRESHOLDS - 1)).ceil().long() - 1
        buckets = buckets.clamp_(0, THRESHOLDS - 2).add_(truth, alpha=THRESHOLDS)
        ones = torch.ones((), dtype=self.totals.dtype, device=self.totals.device)
        each = ones if weight is None else weight.to(ones.dtype).view(-1, *[1] * (truth.ndim - 1))
        self.totals.index_add_(0, buckets.flatten(), each.expand(truth.shape).flatten())

    def value(self) -> Tensor:
        """The area so far, a scalar on the device."""
        above = self.totals.view(2, THRESHOLDS).flip(1).cumsum(1).flip(1)
        false_rate, true_rate = divide(above, above[:, :1])
        heights = (true_rate[:-1] + true_rate[1:]) / 2
        area: Tensor = ((false_rate[:-1] - false_rate[1:]) * heights).sum()
        return area


def divide(numerator: Tensor, denominator: Tensor) -> Tensor:
    """The quotient, 0 where the denominator is."""
    return torch.where(denominator == 0, 0.0, numerator / denominator)


def binary_targets(prediction: Tensor, target: Tensor) -> Tensor:
    """Targets as booleans in the prediction's shape; class indices become one-hot rows.

    Raises:
        TargetError: They do not fit the output.
    """
    classes = prediction.shape[-1]
    if classes > 1 and target.shape != prediction.shape and prediction.ndim > 1:
        indices = class_targets(prediction, target, one_hot=False)
        places = torch.arange(classes, device=indices.device)
        return indices.unsqueeze(-1) == places
    return aligned(prediction, target).bool()


def _binary_hits(prediction: Tensor, target: Tensor) -> Tensor:
    return (prediction > 0.5) == aligned(prediction, target)


def _class_hits(prediction: Tensor, target: Tensor, *, one_hot: bool) -> Tensor:
    classes = class_targets(prediction, target, one_hot=one_hot)
    if classes.ndim == prediction.ndim:
        classes = classes.argmax(-1)
    return prediction.argmax(-1) == classes


def _hits(prediction: Tensor, target: Tensor, *, loss: str | None) -> Tensor:
    kind = accuracy_kind(tuple(prediction.shape), tuple(target.shape), loss)
    if kind == "binary":
        return _binary_hits(prediction, target)
    return _class_hits(prediction, target, one_hot=kind == "classes")


def _absolute(prediction: Tensor, target: Tensor) -> Tensor:
    return functional.l1_loss(prediction, aligned(prediction, target), reduction="none")


def _squared(prediction: Tensor, target: Tensor) -> Tensor:
    return functional.mse_loss(prediction, aligned(prediction, target), reduction="none")


def _of_loss(name: str) -> Elements:
    """A loss's values, for a metric of the same name."""
    return lambda prediction, target: elements.LOSSES[name](prediction, aligned(prediction, target))


def _cosine(prediction: Tensor, target: Tensor) -> Tensor:
    return elements.cosine(prediction, aligned(prediction, target))


def _top_hits(prediction: Tensor, target: Tensor, *, one_hot: bool) -> Tensor:
    classes = class_targets(prediction, target, one_hot=one_hot)
    if classes.ndim == prediction.ndim:
        classes = classes.argmax(-1)
    right = prediction.gather(-1, classes.unsqueeze(-1))
    return (prediction > right).sum(-1) < TOP


_ELEMENTS: dict[str, Elements] = {
    "top_k_categorical_accuracy": partial(_top_hits, one_hot=True),
    "sparse_top_k_categorical_accuracy": partial(_top_hits, one_hot=False),
    "cosine_similarity": _cosine,
    **{
        name: _of_loss(name)
        for name in (
            "mape",
            "msle",
            "log_cosh",
            "poisson",
            "kl_divergence",
            "hinge",
            "squared_hinge",
        )
    },
    "binary_accuracy": _binary_hits,
    "categorical_accuracy": partial(_class_hits, one_hot=True),
    "sparse_categorical_accuracy": partial(_class_hits, one_hot=False),
    "mae": _absolute,
    "mse": _squared,
}


def accumulator(
    metric: Metric, device: torch.device | str = "cpu", *, loss: str | None = None
) -> Accumulator:
    """The accumulator of a metric, for an output trained with `loss`."""
    match metric.name:
        case "accuracy":
            return MeanOf(partial(_hits, loss=loss), device)
        case "rmse":
            return RootMeanOf(_squared, device)
        case "true_positives" | "true_negatives" | "false_positives" | "false_negatives":
            found = metric.name.endswith("positives")
            return Count(found, found == metric.name.startswith("true"), device)
        case "precision":
            return Share("predicted", device)
        case "recall":
            return Share("true", device)
        case "auc":
            return AreaUnderCurve(device)
    return MeanOf(_ELEMENTS[metric.name], device)
