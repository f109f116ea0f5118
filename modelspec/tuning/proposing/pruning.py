"""Ending hopeless trials early, by what was known when they were chosen.

Of one objective, by Optuna's pruners. Of several, Optuna has none: a trial is pruned when a known
one of no greater cost was better at the same epoch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from modelspec.tuning.quiet_optuna import quiet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from optuna.pruners import BasePruner

    from modelspec.tuning.objectives import History, Objectives
    from modelspec.tuning.proposing.proposal import Known
    from modelspec.tuning.record import Trial

Rule = Literal["hyperband", "median", "none"]
EPOCHS = "train.epochs"
FACTOR = 3
"""Hyperband keeps about one trial in so many each time, and then gives it so many times epochs."""
WARM_UP = 10
"""No trial is judged before this part of the epochs, one in so many."""
FIRST = 5
"""No trial is pruned that was chosen before so many others had come to their end."""
_RUNG = "completed_rung_"


class Verdict(NamedTuple):
    """Whether a trial goes on.

    Attributes:
        why: Why it does not.
    """

    go: bool
    why: str = ""


class Judge(Protocol):
    """Judges one trial, epoch after epoch."""

    def verdict(self, epoch: int, row: Mapping[str, float], /) -> Verdict:
        """Whether the trial goes on after an epoch; the same answer whenever it is asked again."""

    def memory(self) -> dict[str, Any]:
        """What has to be known of the trial to judge others."""


class Pruning:
    """Appoints a judge for each trial.

    Args:
        rule: The pruner of the spec.
        objectives: What is to become best.
        epochs: The most that a trial is trained.
    """

    def __init__(self, rule: Rule, objectives: Objectives, epochs: int) -> None:
        self._rule, self._objectives = rule, objectives
        self.epochs = epochs
        self.warm_up = max(1, round(epochs / WARM_UP))

    def judge(self, trial: Trial, known: Sequence[Known]) -> Judge:
        """The judge of a trial.

        Args:
            trial: The trial.
            known: All before it, as they were known when it was chosen.
        """
        epochs = trial.values.get(EPOCHS)
        return ToTheEnd(
            self._judge(trial, known), epochs if isinstance(epochs, int) else self.epochs
        )

    def _judge(self, trial: Trial, known: Sequence[Known]) -> Judge:
        if self._rule == "none" or self._objectives.first is None:
            return Lenient()
        if self._objectives.several:
            return CostJudge(trial, known, self._objectives, self.warm_up)
        with quiet():
            return OptunaJudge(trial, known, self._objectives, self._pruner(), self._rule)

    def _pruner(self) -> BasePruner:
        from optuna.pruners import HyperbandPruner, MedianPruner

        if self._rule == "median":
            return MedianPruner(n_startup_trials=FIRST, n_warmup_steps=self.warm_up)
        return HyperbandPruner(
            min_resource=self.warm_up, max_resource=self.epochs, reduction_factor=FACTOR
        )


class ToTheEnd:
    """Lets a trial be whose last epoch is done: nothing is saved any more, and it counts.

    Args:
        judge: Judges it before.
        epochs: How many it is trained.
    """

    def __init__(self, judge: Judge, epochs: int) -> None:
        self._judge, self._epochs = judge, epochs

    def verdict(self, epoch: int, row: Mapping[str, float]) -> Verdict:
        """Whether the trial goes on after an epoch."""
        verdict = self._judge.verdict(epoch, row)
        return verdict if epoch < self._epochs else Verdict(True)

    def memory(self) -> dict[str, Any]:
        """What has to be known of the trial to judge others."""
        return self._judge.memory()


class Lenient:
    """Prunes nothing."""

    def verdict(self, _epoch: int, _row: Mapping[str, float]) -> Verdict:
        """Goes on."""
        return Verdict(True)

    def memory(self) -> dict[str, Any]:
        """Nothing."""
        return {}


class OptunaJudge:
    """Judges by one objective, with a pruner of Optuna's on a study of what is known.

    The number of a trial in that study is its own, less one: Hyperband goes by it.
    """

    def __init__(
        self,
        trial: Trial,
        known: Sequence[Known],
        objectives: Objectives,
        pruner: BasePruner,
        rule: str,
    ) -> None:
        import optuna

        assert objectives.first
        self._name, self._rule, self._number = objectives.first, rule, trial.number
        self._objectives = objectives
        self._study = optuna.create_study(
            study_name="pruning",
            storage=optuna.storages.InMemoryStorage(),
            sampler=optuna.samplers.RandomSampler(seed=0),
            pruner=pruner,
            direction="maximize" if objectives.higher[0] else "minimize",
        )
        for each in known:
            self._study.add_trial(self._told(each))
        self._trial = self._study.ask()
        self._lenient = sum(each.ended for each in known) < FIRST
        self._verdicts: dict[int, Verdict] = {}

    def verdict(self, epoch: int, row: Mapping[str, float]) -> Verdict:
        """Whether the trial goes on after an epoch."""
        if epoch not in self._verdicts:
            with quiet():
                self._verdicts[epoch] = self._judge(epoch, row)
        return self._verdicts[epoch]

    def memory(self) -> dict[str, Any]:
        """What Hyperband has written beside the trial."""
        written = self._study.get_trials(deepcopy=False)[self._trial.number].system_attrs
        return {name: value for name, value in written.items() if name.startswith(_RUNG)}

    def _judge(self, epoch: int, row: Mapping[str, float]) -> Verdict:
        value = self._objectives.curve([row]).get(1)
        if value is None:
            return Verdict(True)
        self._trial.report(value, epoch)
        if not self._trial.should_prune() or self._lenient:
            return Verdict(True)
        return Verdict(False, f"{self._rule}: `{self._name}` was {value:.4g} after epoch {epoch}")

    def _told(self, known: Known) -> Any:
        from optuna.trial import TrialState, create_trial

        told: dict[str, Any] = {"state": TrialState.RUNNING}
        if known.ended:
            ends = {"complete": TrialState.COMPLETE, "pruned": TrialState.PRUNED}
            told = {
                "state": ends.get(known.trial.status, TrialState.FAIL),
                "value": known.trial.objectives.get(self._name),
                "intermediate_values": self._objectives.curve(known.history),
                "system_attrs": known.trial.memory,
            }
        return create_trial(**told)


class CostJudge:
    """Judges by several objectives, some of which are costs that are known beforehand.

    A trial is pruned when another one that costs no more was better by all that is measured, at
    the same epoch. Where no objective is a cost, none is pruned.
    """

    def __init__(
        self, trial: Trial, known: Sequence[Known], objectives: Objectives, warm_up: int
    ) -> None:
        self._objectives, self._warm_up = objectives, warm_up
        costs = objectives.costs(trial)
        self._cheaper = [
            (each.trial.number, each.history)
            for each in known
            if costs and each.ended and _costs_no_more(objectives.costs(each.trial), costs)
        ]

    def verdict(self, epoch: int, row: Mapping[str, float]) -> Verdict:
        """Whether the trial goes on after an epoch."""
        if epoch < self._warm_up or not all(name in row for name in self._objectives.measured):
            return Verdict(True)
        for number, history in self._cheaper:
            if self._is_better(history, epoch, row):
                return Verdict(False, f"trial {number}, no larger, was better at epoch {epoch}")
        return Verdict(True)

    def memory(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def _is_better(self, history: History, epoch: int, row: Mapping[str, float]) -> bool:
        return len(history) >= epoch and all(
            name in history[epoch - 1]
            and self._objectives.is_better(name, history[epoch - 1][name], row[name])
            for name in self._objectives.measured
        )


def _costs_no_more(costs: Mapping[str, float], than: Mapping[str, float]) -> bool:
    return costs.keys() == than.keys() and all(costs[name] <= than[name] for name in than)
