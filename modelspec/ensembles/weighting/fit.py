"""Weights that minimise the loss of the mean: none negative, and 1 in sum."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from modelspec.diagnostics.extras import require

if TYPE_CHECKING:
    from modelspec.ensembles.weighting.answers import Numbers
    from modelspec.ensembles.weighting.objectives import Objective

CONVEX, SIMPLEX = "SLSQP", "Nelder-Mead"
FEATURE = "fitting the weights of an ensemble"
MOST_RESTARTS = 20
_WORST = 1e300
"""What an infinite loss counts as, of which differences can be taken."""
_SHARE_OF_ONE = 0.9
"""What the best member has where the search starts at it: of 1, a simplex has no room to move."""


class Found(NamedTuple):
    """Weights, and by which method they were found."""

    weights: Numbers
    method: str


def fit(objective: Objective) -> Found:
    """The weights that minimise an objective, as far as one can tell.

    A convex objective (log loss, squared error) is minimised by SLSQP with its gradient. Any other
    is searched by the Nelder-Mead simplex as in Chollet's book, over the logarithms of the weights,
    from the uniform mean and from the best member, and again from what it found until that no
    longer helps. What comes out is never worse than the uniform mean, or than a single member.

    Raises:
        MissingPackageError: There is no SciPy.
    """
    require("scipy", FEATURE)
    found = [*starting_points(objective)]
    if objective.members > 1:
        method = CONVEX if objective.convex else SIMPLEX
        found.append(by_gradient(objective) if objective.convex else by_simplex(objective))
    else:
        method = ""
    return Found(min(found, key=objective.value), method)


def starting_points(objective: Objective) -> list[Numbers]:
    """The uniform mean, and the member that is best alone."""
    alone = np.eye(objective.members)
    best = min(alone, key=objective.value)
    return [np.full(objective.members, 1 / objective.members), best]


def by_gradient(objective: Objective) -> Numbers:
    """Sequential least squares programming (Kraft 1988) from the uniform mean."""
    from scipy.optimize import minimize

    scale = 1 / max(abs(objective.value(starting_points(objective)[0])), 1e-12)
    found = minimize(
        lambda weights: scale * objective.value(weights),
        starting_points(objective)[0],
        jac=lambda weights: scale * objective.gradient(weights),
        method="SLSQP",
        bounds=[(0, 1)] * objective.members,
        constraints={
            "type": "eq",
            "fun": lambda weights: weights.sum() - 1,
            "jac": np.ones_like,
        },
        options={"maxiter": 1000, "ftol": 1e-12},
    )
    return _on_simplex(found.x)


def by_simplex(objective: Objective) -> Numbers:
    """Nelder and Mead (1965), adaptive (Gao and Han 2012), started again until it ends the same."""
    from scipy.optimize import minimize

    def loss(logs: Numbers) -> float:
        return min(objective.value(_shares(logs)), _WORST)

    uniform, best = starting_points(objective)
    rest = (1 - _SHARE_OF_ONE) / max(objective.members - 1, 1)
    found = []
    for start in (uniform, np.where(best > 0, _SHARE_OF_ONE, rest)):
        logs = np.log(start)
        value = loss(logs)
        for _ in range(MOST_RESTARTS):
            options = {"adaptive": True, "xatol": 1e-4, "fatol": 1e-10, "maxfev": 10_000}
            ended = minimize(
                loss,
                logs,
                method="Nelder-Mead",
                options=options | {"initial_simplex": _simplex(logs)},
            )
            better = value - ended.fun
            logs, value = ended.x, min(ended.fun, value)
            if better <= 1e-7 * abs(value):
                break
        found.append(_shares(logs))
    return min(found, key=objective.value)


def _simplex(logs: Numbers) -> Numbers:
    """A point, and as many others around it, each with one member's weight grown or shrunk."""
    size = len(logs)
    steps = np.where(np.arange(size) % 2, -1.0, 1.0)
    return np.vstack([logs, logs + np.diag(steps)])


def _shares(logs: Numbers) -> Numbers:
    """The weights that logarithms stand for (softmax)."""
    grown = np.exp(logs - logs.max())
    return np.asarray(grown / grown.sum())


def _on_simplex(weights: Numbers) -> Numbers:
    """Without the rounding of a solver: none negative, and 1 in sum."""
    kept = np.where(weights > 1e-9, weights, 0.0)
    return np.asarray(kept / kept.sum())
