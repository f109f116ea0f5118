"""Curves and areas, held against scikit-learn."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from modelspec.report.contents import Scores
from modelspec.report.ranking import calibration, corners, mean_roc, ranking, rankings

ROWS = st.lists(st.tuples(st.booleans(), st.integers(-9, 9)), min_size=2, max_size=60).filter(
    lambda rows: len({yes for yes, _ in rows}) == 2
)


@settings(max_examples=60)
@given(ROWS)
def test_curves_and_areas_are_those_of_scikit_learn(rows: list[tuple[bool, int]]) -> None:
    truth, scores = np.array([yes for yes, _ in rows]), np.array([s / 8 for _, s in rows])
    found = ranking(truth, scores)
    assert found.auc() == pytest.approx(roc_auc_score(truth, scores))
    assert found.average_precision() == pytest.approx(average_precision_score(truth, scores))
    x, y, _ = roc_curve(truth, scores, drop_intermediate=False)
    for mine, theirs in zip(found.roc(), (x, y), strict=True):
        np.testing.assert_allclose(mine, theirs)
    precision, recall, _ = precision_recall_curve(truth, scores)
    points = set(zip(recall.round(9).tolist(), precision.round(9).tolist(), strict=True))
    recall, precision = found.precision_recall()
    assert set(zip(recall.round(9).tolist(), precision.round(9).tolist(), strict=True)) <= points


@settings(max_examples=60)
@given(ROWS, st.integers(2, 12))
def test_a_thinned_curve_runs_through_its_own_corners(
    rows: list[tuple[bool, int]], most: int
) -> None:
    found = ranking(np.array([yes for yes, _ in rows]), np.array([s / 8 for _, s in rows]))
    x, y = np.append(0, found.alarms), np.append(0, found.found)
    kept = corners(x, y)
    for start, stop in pairwise(kept.tolist()):
        wide, high = x[stop] - x[start], y[stop] - y[start]
        for at in range(start, stop):
            assert (x[at] - x[start]) * high == (y[at] - y[start]) * wide
    area = np.sum(np.diff(x[kept]) * (y[kept][1:] + y[kept][:-1])) / 2
    assert area / (found.positives * found.negatives) == pytest.approx(found.auc())
    few = corners(x, y, most)
    assert set(few) <= set(kept)
    assert len(few) <= most
    assert {few[0], few[-1]} == {0, len(x) - 1}


def test_each_class_against_the_rest() -> None:
    generator = np.random.default_rng(0)
    truth, values = generator.integers(0, 4, 300), generator.dirichlet(np.ones(4), 300)
    found = rankings(Scores(truth, values, True, 300))
    mean = np.mean([each.auc() for each in found.values()])
    assert mean == pytest.approx(roc_auc_score(truth, values, multi_class="ovr"))
    precisions = np.mean([each.average_precision() for each in found.values()])
    assert precisions == pytest.approx(average_precision_score(np.eye(4)[truth], values))
    x, y = mean_roc(list(found.values()), 2001)
    assert np.sum(np.diff(x) * (y[1:] + y[:-1])) / 2 == pytest.approx(mean, abs=2e-3)


def test_labels_against_scikit_learn() -> None:
    generator = np.random.default_rng(1)
    truth, values = generator.random((80, 3)) < 0.4, generator.random((80, 3))
    found = rankings(Scores(truth, values, True, 80))
    areas = [each.auc() for each in found.values()]
    assert areas == pytest.approx(roc_auc_score(truth, values, average=None))


@pytest.mark.parametrize("truth", [np.zeros(3, int), np.ones(3, int), np.ones(1, int)])
def test_rows_of_one_class_have_no_curve(truth: np.ndarray) -> None:
    assert rankings(Scores(truth, np.full((len(truth), 1), 0.5), True, len(truth))) == {}


def test_a_class_without_rows_has_no_curve() -> None:
    values = np.random.default_rng(0).dirichlet(np.ones(3), 20)
    truth = np.arange(20) % 2
    assert set(rankings(Scores(truth, values, True, 20))) == {0, 1}


@settings(max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40)), min_size=1, max_size=80))
def test_calibration_is_that_of_scikit_learn(rows: list[tuple[bool, int]]) -> None:
    truth, said = np.array([int(yes) for yes, _ in rows]), np.array([p / 40 for _, p in rows])
    found = calibration(Scores(truth, said[:, None], True, len(rows)))
    observed, predicted = calibration_curve(truth, said, n_bins=10)
    some = found.counts > 0
    np.testing.assert_allclose(found.observed[some], observed)
    np.testing.assert_allclose(found.predicted[some], predicted)
    assert found.counts.sum() == len(rows)
    weights = found.counts[some] / len(rows)
    assert found.expected_error() == pytest.approx(np.sum(weights * np.abs(observed - predicted)))


def test_the_class_that_is_predicted_is_what_is_calibrated() -> None:
    values = np.array([[0.7, 0.2, 0.1], [0.25, 0.65, 0.1]])
    found = calibration(Scores(np.array([0, 0]), values, True, 2))
    assert found.counts.tolist() == [0, 0, 0, 0, 0, 0, 2, 0, 0, 0]
    assert found.predicted[6] == pytest.approx(0.675)
    assert found.expected_error() == pytest.approx(0.675 - 0.5)


def test_scores_that_are_infinite_are_ranked() -> None:
    scores = np.array([np.inf, np.inf, 0.0, -np.inf])
    assert ranking(np.array([True, True, False, False]), scores).auc() == 1.0
