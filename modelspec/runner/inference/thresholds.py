"""The thresholds of outputs of yes or no: chosen for a score, or as they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from modelspec.data.features.binary import THRESHOLD
from modelspec.language.decision import LeastPrecision, LeastRecall

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from modelspec.data.table.table import Array
    from modelspec.language.decision import DecisionSection

    Numbers = NDArray[np.float64]


class Choice(NamedTuple):
    """A threshold.

    Attributes:
        threshold: A float32, from which on the answer is yes.
        score: What it was chosen for, at the threshold; None where there was nothing to choose.
    """

    threshold: float
    score: float | None


class _Cuts(NamedTuple):
    """How the rows are decided, threshold by threshold."""

    hits: Numbers
    false_alarms: Numbers
    positives: int
    negatives: int

    @property
    def recall(self) -> Numbers:
        return self.hits / self.positives

    @property
    def precision(self) -> Numbers:
        return self.hits / (self.hits + self.false_alarms)

    @property
    def f1(self) -> Numbers:
        return 2 * self.hits / (self.hits + self.false_alarms + self.positives)

    @property
    def balanced_accuracy(self) -> Numbers:
        return (self.recall + 1 - self.false_alarms / self.negatives) / 2

    @property
    def youden(self) -> Numbers:
        return self.recall - self.false_alarms / self.negatives


def best_threshold(values: Array, truth: Array, decision: DecisionSection) -> Choice:
    """The threshold of the best score; of several, the one nearest to 0.5.

    Thresholds lie half-way between two probabilities that follow each other, or below all.

    Args:
        values: The probability of yes, `[rows]`, float32; rows of NaN do not count.
        truth: Whether it is yes, `[rows]`.
        decision: Says what is best. Where no threshold is precise enough, the most precise is.
    """
    known = ~np.isnan(values)
    values, truth = values[known].astype(np.float32), truth[known].astype(bool)
    positives = int(truth.sum())
    if not 0 < positives < len(truth):
        return Choice(THRESHOLD, None)
    distinct, places = np.unique(values, return_inverse=True)
    hits, all_rows = (
        np.bincount(places, weights, len(distinct))[::-1].cumsum()[::-1]
        for weights in (truth.astype(np.float64), None)
    )
    cuts = _Cuts(hits, all_rows - hits, positives, len(truth) - positives)
    score, ranked = _ranked(cuts, decision)
    thresholds = _between(distinct)
    best = np.lexsort((np.abs(thresholds - THRESHOLD), *(-each for each in reversed(ranked))))[0]
    return Choice(float(thresholds[best]), float(score[best]))


def _ranked(cuts: _Cuts, decision: DecisionSection) -> tuple[Numbers, list[Numbers]]:
    """The score at each threshold, and by what they are ranked, the first thing first."""
    best = decision.best
    if isinstance(best, LeastPrecision):
        return cuts.recall, _with_at_least(best.precision, cuts.precision, cuts.recall)
    if isinstance(best, LeastRecall):
        return cuts.precision, _with_at_least(best.recall, cuts.recall, cuts.precision)
    scores: dict[str, Callable[[], Numbers]] = {
        "f1": lambda: cuts.f1,
        "balanced_accuracy": lambda: cuts.balanced_accuracy,
        "youden": lambda: cuts.youden,
    }
    score = scores[str(best)]()
    return score, [score]


def _with_at_least(least: float, given: Numbers, wanted: Numbers) -> list[Numbers]:
    enough = given >= least
    return [np.minimum(given, least), np.where(enough, wanted, 0.0), given]


def _between(distinct: Array) -> Array:
    """A float32 above each value's predecessor, and not above the value itself."""
    before = np.concatenate([np.zeros(1, np.float32), distinct[:-1]])
    middle = ((before.astype(np.float64) + distinct) / 2).astype(np.float32)
    return np.where(middle > before, middle, distinct)
