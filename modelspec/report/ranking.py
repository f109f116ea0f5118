"""How well scores tell those that are of a class from those that are not: curves and their areas.

The definitions are scikit-learn's: `roc_curve`, `roc_auc_score`, `average_precision_score`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec.report.contents import Calibration

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from modelspec.report.contents import Numbers, Scores

MOST_POINTS = 200
"""A curve is drawn through at most so many of its corners."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """One class against all others, from the highest score down.

    Attributes:
        found: How many that are of the class have a score of at least each threshold.
        alarms: How many that are not have.
        thresholds: The scores that occur, falling.
    """

    found: NDArray[np.int64]
    alarms: NDArray[np.int64]
    thresholds: Numbers

    @property
    def positives(self) -> int:
        """How many are of the class."""
        return int(self.found[-1]) if len(self.found) else 0

    @property
    def negatives(self) -> int:
        """How many are not."""
        return int(self.alarms[-1]) if len(self.alarms) else 0

    @property
    def defined(self) -> bool:
        """Whether there are some of both."""
        return bool(self.positives and self.negatives)

    def roc(self) -> tuple[Numbers, Numbers]:
        """False and true positive rates, from (0, 0) to (1, 1)."""
        return (
            np.concatenate([[0.0], self.alarms / self.negatives]),
            np.concatenate([[0.0], self.found / self.positives]),
        )

    def auc(self) -> float:
        """The area under the ROC curve: how often one of the class is before one that is not."""
        x, y = self.roc()
        return float(np.sum(np.diff(x) * (y[1:] + y[:-1])) / 2)

    def precision_recall(self) -> tuple[Numbers, Numbers]:
        """Recall and precision at each threshold that finds some more."""
        more = np.flatnonzero(np.diff(self.found, prepend=0))
        found = self.found[more]
        return found / self.positives, found / (found + self.alarms[more])

    def average_precision(self) -> float:
        """The precisions, each weighed by what recall gains at its threshold."""
        recall, precision = self.precision_recall()
        return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def ranking(truth: NDArray[np.bool_], scores: NDArray[Any]) -> Ranking:
    """Rank rows by their scores; those of one score are taken together.

    Args:
        truth: `[rows]`, which are of the class.
        scores: `[rows]`, none NaN.
    """
    order = np.argsort(-scores, kind="stable")
    scores, truth = scores[order], truth[order]
    last = np.append(scores[1:] != scores[:-1], True)[: len(scores)]
    found = np.cumsum(truth, dtype=np.int64)
    ends = np.flatnonzero(last)
    return Ranking(found[ends], ends + 1 - found[ends], scores[ends].astype(np.float64))


def rankings(scores: Scores) -> dict[int, Ranking]:
    """Each class against all others, by its index; of two classes, the second one.

    Left out are classes that no row is of, or every row.
    """
    if scores.one_of_several and scores.values.shape[1] == 1:
        found = {1: ranking(scores.truth == 1, scores.values[:, 0])}
    else:
        found = {
            number: ranking(_is_of(scores, number), scores.values[:, number])
            for number in range(scores.values.shape[1])
        }
    return {number: each for number, each in found.items() if each.defined}


def _is_of(scores: Scores, number: int) -> NDArray[np.bool_]:
    found = scores.truth == number if scores.one_of_several else scores.truth[:, number]
    return np.asarray(found, bool)


def corners(across: NDArray[Any], up: NDArray[Any], most: int = MOST_POINTS) -> NDArray[np.int64]:
    """Which points of a curve are drawn: its corners, of many those that lie evenly along it.

    Args:
        across: Rising. Of counts, which are exact, no point between two corners is taken for one.
        up: As many.
        most: So many at most; the first and the last point are always among them.
    """
    step_x, step_y = np.diff(across), np.diff(up)
    turns = step_x[1:] * step_y[:-1] != step_x[:-1] * step_y[1:]
    kept = np.flatnonzero(np.concatenate([[True], turns, [True]])[: len(across)])
    if len(kept) <= most:
        return kept
    way = np.zeros(len(kept))
    for values in (across[kept], up[kept]):
        way[1:] += np.cumsum(np.abs(np.diff(values))) / (np.ptp(values) or 1.0)
    wanted = np.searchsorted(way, np.linspace(0, way[-1], most))
    return kept[np.unique(np.clip(wanted, 0, len(kept) - 1))]


def mean_roc(found: list[Ranking], points: int = 101) -> tuple[Numbers, Numbers]:
    """The macro average: of all classes, the mean true positive rate at each false one."""
    grid = np.linspace(0, 1, points)
    mean = np.mean([np.interp(grid, *each.roc()) for each in found], axis=0)
    return np.concatenate([[0.0], grid]), np.concatenate([[0.0], mean])


def calibration(scores: Scores, intervals: int = 10) -> Calibration:
    """How far probabilities can be taken at their word.

    Of two classes, it is the probability of the second one; of several, that of the class that
    is predicted; of labels, those of all.
    """
    probabilities, truth = confidences(scores)
    edges = np.linspace(0, 1, intervals + 1)
    places = np.searchsorted(edges[1:-1], probabilities)
    counts = np.bincount(places, minlength=intervals)
    sums = [np.bincount(places, each, intervals) for each in (probabilities, truth)]
    with np.errstate(invalid="ignore"):
        predicted, observed = (each / counts for each in sums)
    return Calibration(edges, counts, predicted, observed)


def confidences(scores: Scores) -> tuple[Numbers, NDArray[np.bool_]]:
    """The probabilities that calibration looks at, and whether each came true."""
    values = scores.values.astype(np.float64)
    if not scores.one_of_several:
        return values.ravel(), scores.truth.ravel().astype(bool)
    if values.shape[1] == 1:
        return values[:, 0], scores.truth == 1
    said = values.argmax(axis=1)
    return values[np.arange(len(values)), said], said == scores.truth
