"""What is known at the choice of a trial, as a study of Optuna's in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.language.tune import COSTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from optuna import Study as OptunaStudy
    from optuna.samplers import BaseSampler
    from optuna.trial import FrozenTrial
    from optuna.trial import Trial as OptunaTrial

    from modelspec.language.tune import Limits
    from modelspec.tuning.objectives import Objectives
    from modelspec.tuning.proposing.distributions import Coding
    from modelspec.tuning.proposing.proposal import Known
    from modelspec.tuning.record import Rejected, Trial
    from modelspec.tuning.space.axes import Values

INVALID = 1.0
"""How far a candidate with errors is from being sound; no limit says more."""
Attributes = dict[str, Any]
_INVALID, _LIMITS = "invalid", "constraints"


class View:
    """Builds the study that a sampler sees.

    Args:
        coding: The space.
        objectives: What is to become best.
        limits: What no candidate may be over.
        sparing: Whether each constraint costs so much that one which nothing violates is left
            out.
    """

    def __init__(
        self, coding: Coding, objectives: Objectives, limits: Limits, *, sparing: bool = False
    ) -> None:
        self._sparing = sparing
        self._coding = coding
        self._objectives = objectives
        self._limits = {
            name: limit for name in COSTS if (limit := getattr(limits, name)) is not None
        }

    def holds(self, values: Values) -> bool:
        """Whether a candidate is one of the space, as it is now."""
        return self._coding.space.holds(values)

    def study(
        self, earlier: Sequence[Known], sampler: BaseSampler, memory: dict[Any, Attributes]
    ) -> OptunaStudy:
        """A study of all that was started and rejected, in order.

        Args:
            earlier: The trials.
            sampler: Of the study.
            memory: What the sampler has written beside each, by the number of the trial, and the
                place among those rejected for it.
        """
        import optuna

        up, down = optuna.study.StudyDirection.MAXIMIZE, optuna.study.StudyDirection.MINIMIZE
        directions = [up if higher else down for higher in self._objectives.higher]
        study = optuna.create_study(
            storage=optuna.storages.InMemoryStorage(), sampler=sampler, directions=directions
        )
        for told in self._told(earlier, memory):
            study.add_trial(told)
        return study

    def reject(
        self, study: OptunaStudy, trial: OptunaTrial, rejected: Rejected, worst: list[float]
    ) -> None:
        """Tell a study that what it has proposed may not be started."""
        for name, value in self._constraints_of_rejected(rejected).items():
            trial.set_constraint(name, value)
        study.tell(trial, worst)

    def worst(self, earlier: Sequence[Known]) -> list[float]:
        """The worst that any known trial has come to, which is what a rejected one is told as."""
        ended = [known.trial.objectives for known in earlier if known.ended]
        found = []
        for name, higher in zip(self._objectives.names, self._objectives.higher, strict=True):
            values = [values[name] for values in ended if name in values]
            found.append((min if higher else max)(values, default=0.0))
        return found

    def _told(
        self, earlier: Sequence[Known], memory: dict[Any, Attributes]
    ) -> Iterator[FrozenTrial]:
        from optuna.trial import create_trial

        worst, names = self.worst(earlier), self._limiting(earlier)
        for known in earlier:
            for place, rejected in enumerate(known.trial.rejected):
                if self.holds(rejected.values):
                    found = self._rejected(rejected, worst)
                    found["system_attrs"] = dict(memory.get((known.trial.number, place), {}))
                    yield create_trial(**_with_limits(found, names))
            if self.holds(known.trial.values):
                found = self._trial(known)
                found["system_attrs"] = dict(memory.get((known.trial.number, None), {}))
                yield create_trial(**_with_limits(found, names))

    def _limiting(self, earlier: Sequence[Known]) -> set[str]:
        """The constraints that a sampler is told: all, or only those that something violates."""
        if not self._sparing:
            return {_INVALID, *self._limits}
        rejected = [each for known in earlier for each in known.trial.rejected]
        return {name for each in rejected for name in (each.over or {_INVALID: 1})}

    def _trial(self, known: Known) -> dict[str, Any]:
        from optuna.trial import TrialState

        trial = known.trial
        params, distributions = self._coding.params(trial.values)
        curve = self._objectives.curve(known.history)
        told: dict[str, Any] = {"state": TrialState.RUNNING}
        values = [trial.objectives.get(name) for name in self._objectives.names]
        if known.ended and (trial.status == "failed" or None in values):
            told = {"state": TrialState.FAIL}
        elif known.ended and trial.status == "pruned" and not self._objectives.several:
            told = {"state": TrialState.PRUNED, "intermediate_values": curve}
        elif known.ended:
            told = {"state": TrialState.COMPLETE, "values": values}
        constraints = self._constraints(trial)
        return told | {"params": params, "distributions": distributions, _LIMITS: constraints}

    def _rejected(self, rejected: Rejected, worst: list[float]) -> dict[str, Any]:
        params, distributions = self._coding.params(rejected.values)
        return {
            "values": worst,
            "params": params,
            "distributions": distributions,
            _LIMITS: self._constraints_of_rejected(rejected),
        }

    def _constraints(self, trial: Trial) -> dict[str, float]:
        """How far a trial is from each limit, as a part of it: below zero, as it is under all."""
        costs = {"parameters": trial.parameters, "flops": trial.flops}
        found = {_INVALID: -INVALID}
        for name, limit in self._limits.items():
            cost = costs[name]
            found[name] = min(cost / limit - 1, 0.0) if cost is not None else 0.0
        return found

    def _constraints_of_rejected(self, rejected: Rejected) -> dict[str, float]:
        found = {_INVALID: -INVALID if rejected.over else INVALID}
        return found | {name: rejected.over.get(name, 0.0) for name in self._limits}


def _with_limits(told: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """What is told of a trial, with the constraints of some names only."""
    kept = {name: value for name, value in told[_LIMITS].items() if name in names}
    return told | {_LIMITS: kept}
