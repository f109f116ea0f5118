"""Greedy selection with replacement: counts, ties, and the round that was best."""

from __future__ import annotations

import numpy as np
import pytest

from modelspec.ensembles.weighting.answers import Answers, Kind
from modelspec.ensembles.weighting.fit import fit
from modelspec.ensembles.weighting.greedy import greedy
from modelspec.ensembles.weighting.objectives import LogLoss, SquaredError
from tests.ensembles.weighting.drawn import drawn


def _numbers(*members: list[float]) -> SquaredError:
    said = np.array(members)[:, :, None]
    return SquaredError(Answers("numbers", said, np.zeros((said.shape[1], 1))))


def test_weights_are_counts() -> None:
    assert greedy(_numbers([1, 1], [-1, -1])).tolist() == [0.5, 0.5]
    assert greedy(_numbers([1, 1], [-2, -2])) == pytest.approx([2 / 3, 1 / 3])
    assert greedy(_numbers([3, 3], [1, 1])).tolist() == [0, 1]
    assert greedy(_numbers([1, 1], [-2, -2]), rounds=1).tolist() == [1, 0]


def test_of_members_that_say_the_same_the_one_taken_less_often_is_next() -> None:
    weights = greedy(_numbers([1, 1], [1, 1], [-2, -2]))
    assert weights == pytest.approx([1 / 3] * 3)


def test_of_equal_members_each_is_taken_as_often() -> None:
    """They err apart, so that the mean of all is best."""
    weights = greedy(_numbers(*(3 * np.eye(4)).tolist()), rounds=8)
    assert weights.tolist() == [0.25] * 4


@pytest.mark.parametrize("kind", ["classes", "numbers"])
@pytest.mark.parametrize("members", [2, 6, 12])
def test_it_comes_near_the_optimum(kind: Kind, members: int) -> None:
    objective = (SquaredError if kind == "numbers" else LogLoss)(drawn(members, 3, kind))
    known = objective.value(fit(objective).weights)
    uniform = objective.value(np.full(members, 1 / members))
    assert known <= objective.value(greedy(objective)) <= known + 0.05 * (uniform - known)


def test_each_round_takes_the_best() -> None:
    objective = LogLoss(drawn(5, 4))
    counts = np.zeros(5)
    least, best = np.inf, counts
    for taken in range(1, 13):
        values = [objective.value((counts + one) / taken) for one in np.eye(5)]
        counts[int(np.argmin(values))] += 1
        if min(values) < least:
            least, best = min(values), counts / taken
    assert greedy(objective, 12) == pytest.approx(best)
