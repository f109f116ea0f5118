"""Fitted weights are those of the convex optimum, and never worse than the uniform mean."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, nnls

from modelspec.diagnostics.extras import MissingPackageError
from modelspec.ensembles.weighting.answers import Answers, Kind, target_shares
from modelspec.ensembles.weighting.fit import by_gradient, by_simplex, fit
from modelspec.ensembles.weighting.objectives import LogLoss, SquaredError, absolute_error
from tests.ensembles.weighting.drawn import drawn

OBJECTIVES = {"classes": LogLoss, "yes": LogLoss, "numbers": SquaredError}


def _mixture(answers: Answers) -> np.ndarray:
    """The weights of a mixture by expectation maximisation."""
    said, shares = answers.said, target_shares(answers)
    if answers.kind == "yes":
        said, shares = np.stack([said, 1 - said]), np.stack([shares, 1 - shares])
        said = np.moveaxis(said, 1, 0)
    said, shares = said.reshape(len(said), -1), shares.ravel()
    weights = np.full(len(said), 1 / len(said))
    for _ in range(20_000):
        parts = weights[:, None] * said / (weights @ said)
        weights, before = parts @ shares / shares.sum(), weights
        if np.abs(weights - before).max() < 1e-13:
            break
    return weights


def _least_squares(answers: Answers) -> np.ndarray:
    """Non-negative least squares with a heavy row for the sum."""
    rows = answers.said.reshape(answers.members, -1).T
    heavy = 1e5
    found, _ = nnls(np.vstack([rows, np.full(answers.members, heavy)]),
                    np.append(answers.truth.ravel(), heavy))  # fmt: skip
    return found / found.sum()


@pytest.mark.parametrize("members", [2, 5, 12])
@pytest.mark.parametrize("kind", ["classes", "yes", "numbers"])
def test_convex_losses_are_at_their_minimum(kind: Kind, members: int) -> None:
    answers = drawn(members, members, kind)
    objective = OBJECTIVES[kind](answers)
    found = fit(objective)
    known = _least_squares(answers) if kind == "numbers" else _mixture(answers)
    assert found.method == "SLSQP"
    assert found.weights == pytest.approx(known, abs=2e-4)
    assert objective.value(found.weights) <= objective.value(known) + 1e-9


@pytest.mark.parametrize("members", [2, 5, 10])
def test_the_simplex_comes_near_the_same(members: int) -> None:
    for kind in ("classes", "numbers"):
        objective = OBJECTIVES[kind](drawn(members, 1, kind))
        uniform = objective.value(np.full(members, 1 / members))
        known = objective.value(by_gradient(objective))
        assert objective.value(by_simplex(objective)) - known <= 0.02 * (uniform - known)


def test_other_losses_are_searched() -> None:
    answers = drawn(4, 0, "numbers", 60)
    objective = absolute_error(answers)
    found = fit(objective)
    assert found.method == "Nelder-Mead"
    rows = answers.said.reshape(4, -1).T
    size = len(rows)  # least absolute deviations as a linear program
    known = linprog(
        np.append(np.zeros(4), np.full(size, 1 / size)),
        A_ub=np.block([[rows, -np.eye(size)], [-rows, -np.eye(size)]]),
        b_ub=np.append(answers.truth.ravel(), -answers.truth.ravel()),
        A_eq=np.append(np.ones(4), np.zeros(size))[None],
        b_eq=[1],
    )
    assert objective.value(found.weights) == pytest.approx(known.fun, rel=5e-3)


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    members=st.integers(1, 12),
    kind=st.sampled_from(["classes", "yes", "numbers"]),
    flat=st.booleans(),
)
def test_it_is_a_mean_never_worse_than_the_uniform_one_or_the_best(
    seed: int, members: int, kind: Kind, flat: bool
) -> None:
    answers = drawn(members, seed, kind, 30)
    if flat:  # members that say the same, zeros and ones
        answers = replace(answers, said=np.round(answers.said[:1]).repeat(members, axis=0))
    objective = OBJECTIVES[kind](answers)
    weights = fit(objective).weights
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1)
    uniform = np.full(members, 1 / members)
    for other in (uniform, *np.eye(members)):
        assert objective.value(weights) <= objective.value(other) + 1e-12


@pytest.mark.parametrize("kind", ["classes", "yes", "numbers"])
def test_values_and_gradients_are_those_of_the_mean(kind: Kind) -> None:
    answers = replace(drawn(3, 5, kind), counts=np.random.default_rng(0).uniform(0, 2, 200))
    objective = OBJECTIVES[kind](answers)
    weights = np.array([0.5, 0.2, 0.3])
    mean, counts = answers.mean(weights), answers.counts
    truth = target_shares(answers) if kind != "numbers" else answers.truth
    if kind == "numbers":
        rows = ((mean - truth) ** 2).mean(axis=1)
    elif kind == "yes":
        rows = -(truth * np.log(mean) + (1 - truth) * np.log(1 - mean)).mean(axis=1)
    else:
        rows = -(truth * np.log(mean)).sum(axis=1)
    assert objective.value(weights) == pytest.approx(np.average(rows, weights=counts))
    for at, slope in enumerate(objective.gradient(weights)):
        step = np.eye(3)[at] * 1e-6
        off = objective.value(weights + step) - objective.value(weights - step)
        assert slope == pytest.approx(off / 2e-6, rel=1e-4)


def test_soft_truth_is_that_of_its_shares() -> None:
    answers = drawn(3, 2)
    soft = replace(answers, truth=target_shares(answers))
    weights = np.array([0.1, 0.1, 0.8])
    assert LogLoss(soft).value(weights) == pytest.approx(LogLoss(answers).value(weights))


def test_without_scipy_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(MissingPackageError) as error:
        fit(LogLoss(drawn(2, 0)))
    assert "modelspec[ensemble]" in error.value.help
