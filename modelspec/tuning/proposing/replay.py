"""Samplers that keep state beside trials: their state of trials that were chosen before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optuna import Study as OptunaStudy
    from optuna.trial import Trial as OptunaTrial

    from modelspec.tuning.proposing.distributions import Coding
    from modelspec.tuning.proposing.view import Attributes, View
    from modelspec.tuning.record import Trial
    from modelspec.tuning.space.axes import Values

_OURS = ("fixed_params", "constraints")


def chosen_again(
    trial: Trial, study: OptunaStudy, coding: Coding, view: View, worst: list[float]
) -> dict[Any, Attributes]:
    """What a sampler writes beside a trial, and beside what was rejected for it.

    Args:
        trial: Its values stand, whatever the sampler would choose.
        study: What was known when it was chosen.
        coding: The space.
        view: Tells the study what was rejected.
        worst: What that is told as.
    """
    found: dict[Any, Attributes] = {}
    for place, rejected in enumerate(trial.rejected):
        if view.holds(rejected.values):
            asked = _ask_for(rejected.values, study, coding)
            found[trial.number, place] = _written(study, asked)
            view.reject(study, asked, rejected, worst)
    if view.holds(trial.values):
        asked = _ask_for(trial.values, study, coding)
        found[trial.number, None] = _written(study, asked)
    return found


def _ask_for(values: Values, study: OptunaStudy, coding: Coding) -> OptunaTrial:
    study.enqueue_trial(coding.params(values)[0])
    trial = study.ask()
    _ = trial.relative_params  # a sampler is asked, and writes, only where a value is wanted of it
    coding.suggest(trial)
    return trial


def _written(study: OptunaStudy, trial: OptunaTrial) -> Attributes:
    attributes = study.get_trials(deepcopy=False)[trial.number].system_attrs
    return {name: value for name, value in attributes.items() if not name.startswith(_OURS)}
