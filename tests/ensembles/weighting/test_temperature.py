"""The temperature is scikit-learn's, and probabilities change as their logits do."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy.optimize import minimize

from modelspec.diagnostics.extras import MissingPackageError
from modelspec.ensembles.weighting.answers import Answers, Kind
from modelspec.ensembles.weighting.objectives import LogLoss
from modelspec.ensembles.weighting.temperature import (
    fit_temperature,
    reliability,
    tempered,
    why_none,
)
from tests.ensembles.weighting.drawn import drawn

ONE = np.ones(1)


def _sharp(seed: int, by: float, kind: Kind = "classes") -> Answers:
    answers = drawn(1, seed, kind, 600)
    return Answers(kind, tempered(answers.said[0], 1 / by, kind)[None], answers.truth)


@pytest.mark.parametrize("by", [0.4, 1.0, 3.0])
def test_it_is_that_of_scikit_learn(by: float) -> None:
    sklearn = pytest.importorskip("sklearn", minversion="1.8")
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.frozen import FrozenEstimator

    assert sklearn
    answers = _sharp(0, by)

    class Said(ClassifierMixin, BaseEstimator):
        classes_ = np.arange(3)

        def __sklearn_is_fitted__(self) -> bool:
            return True

        def fit(self, rows: object, truth: object) -> Said:
            return self

        def decision_function(self, rows: np.ndarray) -> np.ndarray:
            return np.log(answers.said[0][rows[:, 0].astype(int)])

        def predict(self, rows: np.ndarray) -> np.ndarray:
            return self.decision_function(rows).argmax(axis=1)

    rows = np.arange(600)[:, None]
    other = CalibratedClassifierCV(FrozenEstimator(Said()), method="temperature")
    known = other.fit(rows, answers.truth).calibrated_classifiers_[0].calibrators[0].beta_
    assert fit_temperature(answers, ONE) == pytest.approx(1 / known, rel=2e-3)


@pytest.mark.parametrize("kind", ["classes", "yes"])
def test_it_undoes_what_was_done(kind: Kind) -> None:
    """Probabilities made three times as sharp need three times the temperature."""
    plain = fit_temperature(_sharp(1, 1.0, kind), ONE)
    assert fit_temperature(_sharp(1, 3.0, kind), ONE) == pytest.approx(3 * plain, rel=1e-3)


def test_logits_are_divided() -> None:
    draw = np.random.default_rng(0)
    logits = draw.normal(size=(20, 4)) * 3
    grown = np.exp(logits)
    soft = np.exp(logits / 2)
    probabilities = grown / grown.sum(axis=1, keepdims=True)
    assert tempered(probabilities, 2, "classes") == pytest.approx(
        soft / soft.sum(axis=1, keepdims=True)
    )
    yes = 1 / (1 + np.exp(-logits))
    assert tempered(yes, 2, "yes") == pytest.approx(1 / (1 + np.exp(-logits / 2)))
    sure = np.array([[0.0, 1.0, 0.0]])
    assert tempered(sure, 5, "classes").tolist() == sure.tolist()
    assert tempered(sure, 5, "yes").tolist() == sure.tolist()


def test_of_a_mean_it_is_fitted_on_the_mean() -> None:
    answers = drawn(3, 8)
    weights = np.array([0.2, 0.5, 0.3])
    alone = Answers("classes", answers.mean(weights)[None], answers.truth)
    found = fit_temperature(answers, weights)
    assert found == pytest.approx(fit_temperature(alone, ONE))

    def loss(logs: np.ndarray) -> float:
        soft = tempered(alone.said[0], float(np.exp(logs[0])), "classes")
        return LogLoss(Answers("classes", soft[None], alone.truth)).value(ONE)

    assert found == pytest.approx(float(np.exp(minimize(loss, [0.0]).x[0])), rel=1e-3)


def test_rows_that_are_all_right_do_not_say_which_it_is() -> None:
    truth = np.array([0, 1, 2] * 20)
    said = np.full((1, 60, 3), 0.1)
    said[0, np.arange(60), truth] = 0.8
    assert "all 60 rows" in why_none(Answers("classes", said, truth), ONE)
    assert why_none(Answers("classes", said, np.roll(truth, 1)), ONE) == ""
    yes = np.eye(3)[truth]
    assert "right already" in why_none(Answers("yes", said, yes), ONE)
    assert why_none(Answers("yes", said, 1 - yes), ONE) == ""


def test_the_error_is_the_distance_in_each_bin() -> None:
    said = np.array([[0.95, 0.05]] * 10 + [[0.65, 0.35]] * 10)
    truth = np.array([0] * 9 + [1] + [0] * 4 + [1] * 6)
    found = reliability(Answers("classes", said[None], truth), said)
    assert found.error == pytest.approx((0.05 + 0.25) / 2)
    assert sum(found.counts) == 20
    assert found.observed[9] == pytest.approx(0.9)
    assert found.predicted[0] is None
    labels = np.array([[1.0], [0.0], [1.0], [1.0]])
    yes = reliability(Answers("yes", np.full((1, 4, 1), 0.7), labels), np.full((4, 1), 0.7))
    assert yes.error == pytest.approx(0.05)


def test_without_scipy_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(MissingPackageError):
        fit_temperature(drawn(1, 0), ONE)
