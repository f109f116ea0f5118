"""How decisions of yes or no turn out."""

import torch
from torch import Tensor

from modelspec.torch.losses.twin import EPSILON
from modelspec.torch.metrics.accumulator import Accumulator, Setting, by_row, divide, row_targets
from modelspec.torch.metrics.decisions import Counts, Decisions, evenly
from modelspec.training.metrics import classification as declared


class _AtThresholds(Decisions):
    def __init__(self, settings: declared._AtThresholds, setting: Setting) -> None:
        given = settings.thresholds
        top_k = getattr(settings, "top_k", None)
        default = [0.5] if top_k is None else [-1e10]
        thresholds = default if given is None else given if isinstance(given, list) else [given]
        class_id = getattr(settings, "class_id", None)
        super().__init__(thresholds, setting, top_k=top_k, class_id=class_id)

    def of(self, counts: Counts) -> Tensor:
        """What is measured, at each threshold."""
        raise NotImplementedError

    def value(self) -> Tensor:
        """The metric so far."""
        found = self.of(self.counts())
        return found[0] if len(found) == 1 else found


class Precision(_AtThresholds):
    """True positives among all positives."""

    def of(self, counts: Counts) -> Tensor:
        """At each threshold."""
        return precision(counts)


class Recall(_AtThresholds):
    """True positives among all that is true."""

    def of(self, counts: Counts) -> Tensor:
        """At each threshold."""
        return recall(counts)


class TruePositives(_AtThresholds):
    """Their number."""

    def of(self, counts: Counts) -> Tensor:
        """At each threshold."""
        return counts.true_positives


class TrueNegatives(_AtThresholds):
    """Their number."""

    def of(self, counts: Counts) -> Tensor:
        """At each threshold."""
        return counts.true_negatives


class FalsePositives(_AtThresholds):
    """Their number."""

    def of(self, counts: Counts) -> Tensor:
        """At each threshold."""
        return counts.false_positives


class FalseNegatives(_AtThresholds):
    """Their number."""

    def of(self, counts: Counts) -> Tensor:
        """At each threshold."""
        return counts.false_negatives


class _OnCurve(Decisions):
    def __init__(self, settings: declared._OnCurve, setting: Setting) -> None:
        count = settings.num_thresholds
        thresholds = [0.5] if count == 1 else evenly(count)
        super().__init__(thresholds, setting, class_id=settings.class_id)

    def best(self, wanted: Tensor, given: Tensor, bound: float) -> Tensor:
        """The best of what is wanted where what is given is large enough; 0 if nowhere."""
        return torch.where(given >= bound, wanted, 0.0).amax()


class PrecisionAtRecall(_OnCurve):
    """The best precision of enough recall."""

    def __init__(self, settings: declared.PrecisionAtRecall, setting: Setting) -> None:
        super().__init__(settings, setting)
        self._bound = settings.recall

    def value(self) -> Tensor:
        """The metric so far."""
        counts = self.counts()
        return self.best(precision(counts), recall(counts), self._bound)


class RecallAtPrecision(_OnCurve):
    """The best recall of enough precision."""

    def __init__(self, settings: declared.RecallAtPrecision, setting: Setting) -> None:
        super().__init__(settings, setting)
        self._bound = settings.precision

    def value(self) -> Tensor:
        """The metric so far."""
        counts = self.counts()
        return self.best(recall(counts), precision(counts), self._bound)


class SensitivityAtSpecificity(_OnCurve):
    """The best sensitivity (recall) of enough specificity."""

    def __init__(self, settings: declared.SensitivityAtSpecificity, setting: Setting) -> None:
        super().__init__(settings, setting)
        self._bound = settings.specificity

    def value(self) -> Tensor:
        """The metric so far."""
        counts = self.counts()
        return self.best(recall(counts), specificity(counts), self._bound)


class SpecificityAtSensitivity(_OnCurve):
    """The best specificity of enough sensitivity (recall)."""

    def __init__(self, settings: declared.SpecificityAtSensitivity, setting: Setting) -> None:
        super().__init__(settings, setting)
        self._bound = settings.sensitivity

    def value(self) -> Tensor:
        """The metric so far."""
        counts = self.counts()
        return self.best(specificity(counts), recall(counts), self._bound)


class AUC(Decisions):
    """The area under a curve through thresholds."""

    def __init__(self, settings: declared.AUC, setting: Setting) -> None:
        own = settings.thresholds
        thresholds = evenly(settings.num_thresholds) if own is None else [0.0, *sorted(own), 1.0]
        labels = (settings.num_labels or setting.width) if settings.multi_label else 1
        if labels is None:
            raise ValueError("`auc` of several labels needs the size of the output's last axis")
        weights = None if settings.multi_label else settings.label_weights
        super().__init__(thresholds, setting, within=True, labels=labels, label_weights=weights)
        self.settings = settings

    def update(self, prediction: Tensor, target: Tensor, weight: Tensor | None = None) -> None:
        """Take in a batch."""
        if self.settings.from_logits:
            prediction = prediction.sigmoid()
        super().update(prediction, target, weight)

    def value(self) -> Tensor:
        """The area so far."""
        settings, counts = self.settings, self.counts()
        curve = settings.curve.upper()
        if curve == "PR" and settings.summation_method == "interpolation":
            return self._averaged(_interpolated(counts))
        found = recall(counts)
        if curve == "ROC":
            x, y = 1 - specificity(counts, empty=1.0), found
        elif curve == "PR":
            x, y = found, precision(counts)
        else:
            x, y = _gains(counts)
        heights = _heights(y, settings.summation_method)
        return self._averaged(((x[:-1] - x[1:]) * heights).sum(0))

    def _averaged(self, areas: Tensor) -> Tensor:
        """One area of those of several labels."""
        weights = self.settings.label_weights
        if areas.ndim == 0:
            return areas
        if weights is None:
            return areas.mean()
        factors = torch.tensor(weights, dtype=areas.dtype, device=areas.device)
        return divide((areas * factors).sum(), factors.sum())


class FBetaScore(Accumulator):
    """`(1 + beta^2) precision recall / (beta^2 precision + recall)` of each class.

    `totals` are the sums, by class, of true positives, false positives and false negatives.
    """

    def __init__(self, settings: declared._FScore, setting: Setting) -> None:
        if setting.width is None:
            raise ValueError("an F-score needs the size of the output's last axis")
        super().__init__((3, setting.width), setting)
        self.settings = settings
        self._beta = float(getattr(settings, "beta", 1.0))

    def update(self, prediction: Tensor, target: Tensor, weight: Tensor | None = None) -> None:
        """Take in a batch."""
        truth = row_targets(prediction, target)
        found = self._found(prediction.detach()).to(truth.dtype)
        counts = torch.stack([found * truth, found * (1 - truth), (1 - found) * truth])
        if weight is not None:
            counts = counts * by_row(weight, truth.shape)
        width = self.totals.shape[1]
        self.totals += counts.reshape(3, -1, width).sum(1)

    def value(self) -> Tensor:
        """The metric so far."""
        average, square = self.settings.average, self._beta**2
        totals = self.totals.sum(1) if average == "micro" else self.totals
        hits, much, missed = totals
        right, complete = hits / (hits + much + EPSILON), hits / (hits + missed + EPSILON)
        scores: Tensor = right * complete / (square * right + complete + EPSILON) * (1 + square)
        if average == "weighted":
            often = hits + missed
            scores = (scores * often / (often.sum() + EPSILON)).sum()
        elif average is not None:
            scores = scores.mean()
        return scores[0] if scores.shape == (1,) else scores

    def _found(self, prediction: Tensor) -> Tensor:
        threshold = self.settings.threshold
        if threshold is not None:
            return prediction > threshold
        largest = prediction.amax(-1, keepdim=True)
        return (prediction >= largest) & (prediction.abs() > 1e-9)


class F1Score(FBetaScore):
    """The F-score in which both count alike."""


def precision(counts: Counts) -> Tensor:
    """True positives among all positives."""
    return divide(counts.true_positives, counts.true_positives + counts.false_positives)


def recall(counts: Counts) -> Tensor:
    """True positives among all that is true."""
    return divide(counts.true_positives, counts.true_positives + counts.false_negatives)


def specificity(counts: Counts, empty: float = 0.0) -> Tensor:
    """True negatives among all that is false; `empty` where nothing is."""
    whole = counts.true_negatives + counts.false_positives
    return torch.where(whole == 0, empty, divide(counts.true_negatives, whole))


def _heights(y: Tensor, method: str) -> Tensor:
    if method == "interpolation":
        return (y[:-1] + y[1:]) / 2
    return torch.minimum(y[:-1], y[1:]) if method == "minoring" else torch.maximum(y[:-1], y[1:])


def _gains(counts: Counts) -> tuple[Tensor, Tensor]:
    """The gains of recall and precision over always saying yes."""
    hits = counts.true_positives
    wrong = counts.true_negatives + counts.false_positives
    scale = divide(hits + counts.false_negatives, wrong)
    found = 1 - scale * divide(counts.false_negatives, hits)
    right = 1 - scale * divide(counts.false_positives, hits)
    none = hits == 0
    return torch.where(none, 0.0, found).clamp_min(0.0), torch.where(none, 1.0, right)


def _interpolated(counts: Counts) -> Tensor:
    """The area under precision and recall, with false positives interpolated between thresholds.

    Source: Davis and Goadrich, "The relationship between precision-recall and ROC curves", 2006.
    """
    hits, found = counts.true_positives, counts.true_positives + counts.false_positives
    rise = hits[:-1] - hits[1:]
    slope = divide(rise, (found[:-1] - found[1:]).clamp_min(0))
    intercept = hits[1:] - slope * found[1:]
    both = (found[:-1] > 0) & (found[1:] > 0)
    ratio = torch.where(both, divide(found[:-1], found[1:].clamp_min(0)), 1.0)
    whole = (hits[1:] + counts.false_negatives[1:]).clamp_min(0)
    return divide(slope * (rise + intercept * ratio.log()), whole).sum(0)
