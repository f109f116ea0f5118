"""One temperature for probabilities (Guo et al. 2017), and what they are worth with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec.diagnostics.extras import require
from modelspec.ensembles.weighting.answers import Answers, Numbers, target_shares
from modelspec.ensembles.weighting.objectives import LogLoss
from modelspec.ensembles.weighting.result import Reliability
from modelspec.report.contents import Scores
from modelspec.report.ranking import calibration

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from modelspec.ensembles.weighting.answers import Kind

RANGE = (0.02, 50.0)
"""Between these the temperature is searched."""
YES = 0.5
FEATURE = "calibrating an ensemble"


def tempered(probabilities: Numbers, temperature: float, kind: Kind) -> Numbers:
    """Probabilities whose logits are divided by a temperature.

    Args:
        probabilities: `[rows, columns]`.
        temperature: 1 changes nothing, more brings them nearer to each other.
        kind: `classes`, whose probabilities sum to 1, or `yes`, of which each is for itself.

    Returns:
        `softmax(log(p) / T)`, or `sigmoid(logit(p) / T)`, of the same shape.
    """
    if kind == "yes":
        both = np.stack([probabilities, 1 - probabilities], axis=-1)
        return np.asarray(_softened(both, temperature)[..., 0])
    return _softened(probabilities, temperature)


def _softened(probabilities: Numbers, temperature: float) -> Numbers:
    with np.errstate(divide="ignore"):
        logs = np.log(probabilities) / temperature
    grown = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=-1, keepdims=True))


def fit_temperature(answers: Answers, weights: Numbers) -> float:
    """The temperature that minimises the log loss of the weighted mean.

    Where all rows are right it has no minimum: ask `why_none` before.

    Raises:
        MissingPackageError: There is no SciPy.
    """
    require("scipy", FEATURE)
    from scipy.optimize import minimize_scalar

    mean = answers.mean(weights)

    def loss(log: float) -> float:
        soft = tempered(mean, float(np.exp(log)), answers.kind)
        return LogLoss(Answers(answers.kind, soft[None], answers.truth, answers.counts)).value(_ONE)

    found = minimize_scalar(
        loss, bounds=np.log(RANGE).tolist(), method="bounded", options={"xatol": 1e-6}
    )
    return float(np.exp(found.x)) if found.fun < loss(0.0) else 1.0


_ONE = np.ones(1)


def why_none(answers: Answers, weights: Numbers) -> str:
    """Why the rows have no temperature that is best; empty where they have one."""
    mean = answers.mean(weights)
    shares = target_shares(answers)
    if answers.kind == "yes":
        right = ((mean > YES) == (shares > YES)).all()
    else:
        right = (mean.argmax(axis=1) == shares.argmax(axis=1)).all()
    return f"all {answers.rows} rows that it would be fitted on are right already" if right else ""


def reliability(answers: Answers, probabilities: Numbers) -> Reliability:
    """How far probabilities can be taken at their word: the bins of the reliability diagram.

    Args:
        answers: The truth.
        probabilities: `[rows, columns]`.
    """
    truth: NDArray[Any] = answers.truth
    if answers.kind == "classes" and truth.ndim == 2:
        truth = truth.argmax(axis=1)
    if answers.kind == "yes":
        truth = truth.reshape(probabilities.shape) > YES
    found = calibration(Scores(truth, probabilities, True, len(truth)))
    predicted, observed = (
        tuple(None if np.isnan(each) else float(each) for each in values)
        for values in (found.predicted, found.observed)
    )
    edges, counts = tuple(found.edges.tolist()), tuple(found.counts.tolist())
    return Reliability(edges, counts, predicted, observed, found.expected_error())
