"""Weights are shown beside the uniform mean and each member, on rows that nothing was fitted on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error, mean_squared_error

from modelspec.ensembles.weighting.answers import Answers, Kind, Numbers
from modelspec.ensembles.weighting.choose import Asked, choose
from modelspec.ensembles.weighting.halves import halves
from modelspec.ensembles.weighting.objectives import LossOfMean, absolute_error
from modelspec.ensembles.weighting.result import How, Rows, Weighting
from modelspec.ensembles.weighting.temperature import fit_temperature
from tests.ensembles.weighting.drawn import drawn

ROWS = (Rows("validation", 150), Rows("test", 50))


def _asked(kind: Kind = "classes", seed: int = 0, members: int = 3) -> Asked:
    answers = drawn(members, seed, kind)
    names = [f"m{place}" for place in range(members)]
    fitted, measured = answers.take(np.arange(150)), answers.take(np.arange(150, 200))
    return Asked(names, fitted, measured, *ROWS)


def _line(found: Weighting, name: str) -> dict[str, float]:
    (line,) = (each for each in found.table if each.name == name)
    return line.values


@pytest.mark.parametrize("how", ["uniform", "fit", "greedy"])
def test_each_line_is_measured_on_the_other_rows(how: How) -> None:
    asked = _asked()
    found = choose(asked, how, calibrate=True)
    names = ["m0", "m1", "m2", "uniform", *([how] if how != "uniform" else []), "calibrated"]
    assert [each.name for each in found.table] == names
    assert asked.measured
    for each in found.table[:-1]:
        mean = asked.measured.mean(np.array(each.weights))
        known = {
            "log loss": log_loss(asked.measured.truth, mean, labels=[0, 1, 2]),
            "accuracy": accuracy_score(asked.measured.truth, mean.argmax(axis=1)),
        }
        assert each.values == pytest.approx(known)
    assert found.calibrated
    assert asked.fitted
    assert found.temperature == fit_temperature(asked.fitted, np.array(found.weights))
    logits = np.log(asked.measured.mean(np.array(found.weights))) / found.temperature
    soft = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert _line(found, "calibrated")["log loss"] == pytest.approx(
        log_loss(asked.measured.truth, soft, labels=[0, 1, 2])
    )
    assert (found.fitted, found.measured) == ROWS
    assert found.table[-2].weights == found.weights
    assert sum(found.calibrated.before.counts) == 50


def test_nothing_that_is_measured_on_changes_what_is_fitted() -> None:
    asked = _asked()
    other = replace(asked, measured=drawn(3, 99))
    assert choose(asked, "fit", calibrate=True).weights == choose(other, "fit").weights
    for how in ("fit", "greedy"):
        one, two = (choose(each, how, calibrate=True) for each in (asked, other))
        assert (one.weights, one.temperature) == (two.weights, two.temperature)


def test_numbers_are_measured_in_the_units_of_the_data() -> None:
    asked = replace(_asked("numbers"), scale=(10.0, 2.0))
    found = choose(asked, "fit")
    assert asked.measured
    truth, mean = (
        each * [10, 2]
        for each in (asked.measured.truth, asked.measured.mean(np.array(found.weights)))
    )
    assert _line(found, "fit") == pytest.approx(
        {
            "rmse": np.sqrt(mean_squared_error(truth, mean)),
            "mae": mean_absolute_error(truth, mean),
        }
    )
    assert (found.objective, found.method) == ("squared error", "SLSQP")


def test_another_objective_is_minimised_and_shown() -> None:
    found = choose(replace(_asked("numbers"), objective=absolute_error), "fit")
    assert (found.objective, found.method) == ("absolute error", "Nelder-Mead")
    assert "absolute error" in _line(found, "fit")


def test_yes_and_no_are_counted_label_by_label() -> None:
    asked = _asked("yes")
    assert asked.measured
    mean = asked.measured.mean(np.full(3, 1 / 3))
    right = float(((mean >= 0.5) == (asked.measured.truth >= 0.5)).mean())
    assert _line(choose(asked), "uniform")["accuracy"] == pytest.approx(right)


def test_without_rows_to_measure_on_there_are_weights_alone() -> None:
    asked = replace(_asked(), measured=None, measured_rows=None)
    found = choose(asked, "fit")
    assert len(found.weights) == 3
    assert all(each.values == {} for each in found.table)
    nothing = replace(asked, fitted=None, fitted_rows=None)
    assert choose(nothing).weights == pytest.approx((1 / 3,) * 3)


def test_what_could_not_be_done_is_said() -> None:
    truth = np.array([0, 1, 2] * 10)
    said = np.full((2, 30, 3), 0.1)
    said[:, np.arange(30), truth] = 0.8
    answers = Answers("classes", said, truth)
    found = choose(Asked(["a", "b"], answers, answers, *ROWS), "greedy", calibrate=True)
    assert found.calibrated is None
    assert any("nothing better than the uniform mean" in note for note in found.notes)
    assert any("right already" in note for note in found.notes)


@pytest.mark.parametrize("rows", [2, 7, 100])
def test_halves_are_even_within_each_class(rows: int) -> None:
    classes = np.random.default_rng(0).integers(0, 3, rows)
    first, second = halves(rows, 0, classes)
    assert sorted([*first, *second]) == list(range(rows))
    assert len(first) - len(second) in (0, 1)
    for each in range(3):
        counts = [int((classes[half] == each).sum()) for half in (first, second)]
        assert abs(counts[0] - counts[1]) <= 1
    assert rows < 10 or halves(rows, 1)[0].tolist() != halves(rows, 2)[0].tolist()


@pytest.mark.parametrize("how", ["fit", "greedy"])
def test_a_member_of_an_infinite_loss_gets_no_weight(how: How) -> None:
    """As of counts below 0, of which a mean has no logarithm."""

    def poisson(answers: Answers) -> LossOfMean:
        def loss(mean: Numbers) -> float:
            return float(np.inf if (mean <= 0).any() else (mean - np.log(mean)).mean())

        return LossOfMean("poisson", answers, loss)

    rows = np.full((20, 1), 2.0)
    said = np.stack([rows, rows * 0 - 1e9, rows * 1.5])
    answers = Answers("numbers", said, rows)
    found = choose(Asked(["a", "b", "c"], answers, answers, *ROWS, objective=poisson), how)
    assert found.weights[1] == 0
    assert np.isfinite(_line(found, how)["poisson"])


def test_a_temperature_at_the_end_of_what_is_tried_is_said() -> None:
    wrong = np.full((1, 40, 2), [[0.9, 0.1]])
    answers = Answers("classes", wrong, np.array([0, 1] * 20))
    found = choose(Asked(["a"], answers, answers, *ROWS), calibrate=True)
    assert found.notes == ("of the temperatures from 0.02 to 50 the last one is best",)
    assert not choose(_asked(), calibrate=True).notes
