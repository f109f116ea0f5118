"""The weights of an output's members, and what they are worth on rows that nobody has seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from modelspec.ensembles.weighting.answers import target_shares
from modelspec.ensembles.weighting.fit import Found, fit, starting_points
from modelspec.ensembles.weighting.greedy import METHOD, greedy
from modelspec.ensembles.weighting.objectives import LogLoss, SquaredError
from modelspec.ensembles.weighting.result import Calibrated, Compared, Weighting
from modelspec.ensembles.weighting.temperature import (
    YES,
    fit_temperature,
    reliability,
    tempered,
    why_none,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelspec.ensembles.weighting.answers import Answers, Numbers
    from modelspec.ensembles.weighting.objectives import Objective
    from modelspec.ensembles.weighting.result import How, Rows

CALIBRATED = "calibrated"
_ONE = np.ones(1)
_ROUNDING = 1e-9
"""By which share of itself a loss may differ from another that is the same."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the members say, where weights are fitted and where they are measured.

    Attributes:
        names: What the members are called.
        fitted: On the rows to fit on; None for none.
        measured: On the rows to measure on, others than those; None for none.
        fitted_rows, measured_rows: How these are told.
        objective: What is minimised, of answers; None for what their kind is usually measured by.
        scale: What a number of each column is in the data's own units.
    """

    names: Sequence[str]
    fitted: Answers | None
    measured: Answers | None
    fitted_rows: Rows | None = None
    measured_rows: Rows | None = None
    objective: Callable[[Answers], Objective] | None = None
    scale: tuple[float, ...] = (1.0,)


def choose(asked: Asked, how: How = "uniform", *, calibrate: bool = False) -> Weighting:
    """Choose the weights of an output's members, and measure what they are worth.

    Args:
        asked: What the members say. Without rows to fit on, `how` is `uniform` and nothing is
            calibrated.
        how: How the weights are chosen.
        calibrate: Whether a temperature is fitted to the weighted mean; of probabilities only.

    Raises:
        MissingPackageError: There is no SciPy, and it is needed.
    """
    make = asked.objective or usual_objective
    objective = None
    weights = np.full(len(asked.names), 1 / len(asked.names))
    method, notes = "", []
    if how != "uniform":
        assert asked.fitted
        objective = make(asked.fitted)
        weights, method = _chosen(objective, how)
        if method and np.allclose(weights, 1 / len(weights)):
            notes.append(f"`{how}` found nothing better than the uniform mean")
        if len(weights) > 1 and weights.max() == 1.0:
            only = asked.names[int(weights.argmax())]
            notes.append(f"all the weight is that of `{only}`: the others count nothing")
    temperature, why = _temperature(asked.fitted, weights) if calibrate else (None, "")
    if why:
        notes.append(f"no temperature was fitted: {why}")
    calibrated = None
    if temperature is not None and asked.measured is not None:
        mean = asked.measured.mean(weights)
        soft = tempered(mean, temperature, asked.measured.kind)
        calibrated = Calibrated(
            temperature, reliability(asked.measured, mean), reliability(asked.measured, soft)
        )
    fitted = how != "uniform" or calibrate
    return Weighting(
        weights=tuple(weights.tolist()),
        how=how,
        method=method,
        objective=objective.name if objective else "",
        fitted=asked.fitted_rows if fitted else None,
        measured=asked.measured_rows,
        table=tuple(_table(asked, weights, how, temperature)),
        calibrated=calibrated,
        notes=tuple(notes),
    )


def usual_objective(answers: Answers) -> Objective:
    """The log loss of probabilities, the squared error of numbers."""
    return SquaredError(answers) if answers.kind == "numbers" else LogLoss(answers)


def _chosen(objective: Objective, how: How) -> Found:
    found = fit(objective) if how == "fit" else Found(greedy(objective), METHOD)
    uniform = starting_points(objective)[0]
    least = objective.value(uniform)
    better = least - objective.value(found.weights) > _ROUNDING * abs(least)
    return found if better else Found(uniform, found.method)


def _temperature(answers: Answers | None, weights: Numbers) -> tuple[float | None, str]:
    """The temperature, or why there is none."""
    assert answers
    why = why_none(answers, weights)
    return (None, why) if why else (fit_temperature(answers, weights), "")


def _table(asked: Asked, weights: Numbers, how: How, temperature: float | None) -> list[Compared]:
    """Each member alone, the uniform mean, what was chosen, and the same calibrated."""
    alone = np.eye(len(asked.names))
    lines = [*zip(asked.names, alone, strict=True)]
    lines.append(("uniform", np.full(len(alone), 1 / len(alone))))
    if how != "uniform":
        lines.append((how, weights))
    answers = asked.measured
    found = [
        Compared(
            name,
            tuple(each.tolist()),
            measured(asked, answers.mean(each)) if answers else {},
        )
        for name, each in lines
    ]
    if temperature is not None and answers is not None:
        soft = tempered(answers.mean(weights), temperature, answers.kind)
        found.append(Compared(CALIBRATED, tuple(weights.tolist()), measured(asked, soft)))
    return found


def measured(asked: Asked, mean: Numbers) -> dict[str, float]:
    """What a mean measures on the rows that nothing was fitted on.

    Args:
        asked: Has their truth.
        mean: `[rows, columns]`.
    """
    answers = asked.measured
    assert answers
    one = type(answers)(answers.kind, mean[None], answers.truth, answers.counts)
    objective = (asked.objective or usual_objective)(one)
    if answers.kind == "numbers":
        off = (mean - answers.truth.reshape(mean.shape)) * np.asarray(asked.scale)
        found = {
            "rmse": float(np.sqrt(answers.shares @ (off**2).mean(axis=1))),
            "mae": float(answers.shares @ np.abs(off).mean(axis=1)),
        }
        own = {objective.name: objective.value(_ONE)} if asked.objective else {}
        return own | found
    shares = target_shares(answers)
    if answers.kind == "yes":
        right = ((mean >= YES) == (shares >= YES)).mean(axis=1)
    else:
        right = mean.argmax(axis=1) == shares.argmax(axis=1)
    return {objective.name: objective.value(_ONE), "accuracy": float(answers.shares @ right)}
