"""How much each path mattered for being among the best, by PED-ANOVA.

Watanabe, Bansal, Hutter: "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in
Arbitrary Subspaces", IJCAI 2023; of paths that are not searched over in every trial, as Optuna
extends it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.diagnostics.extras import is_missing, missing
from modelspec.language.yaml_writer import flow
from modelspec.tuning.quiet_optuna import quiet
from modelspec.tuning.results.standing import is_measured, losses

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

    from modelspec.report.study import Column
    from modelspec.tuning.record import Trial
    from modelspec.tuning.results.study_results import StudyResults

LEAST_TRIALS = 10
LEAST_BEST = 5
"""How many of the best are told from all, at least; else it is noise."""
QUANTILE = 0.1
MOST_QUANTILE = 0.999


def importance(results: StudyResults) -> dict[str, float] | str:
    """How much each path mattered, sums to 1; or why that cannot be said.

    Pruned trials count as worse than those that came to their end.
    """
    ended, known = len(results.ordered), len(_known(results))
    if is_missing("optuna"):
        return missing("optuna", "importance")
    if known < LEAST_TRIALS or ended < LEAST_BEST:
        return (
            f"it takes {LEAST_TRIALS} measured trials, {LEAST_BEST} of which came to their end; "
            f"there are {known}, of which {ended} did"
        )
    points = {losses(results.study, each.objectives) for each in results.ordered}
    if len(points) == 1 and ended == known:
        return "all trials came to the same"
    found = _evaluated(results)
    total = sum(found.values())
    if not total > 0:
        return "the best trials are spread over each path as all others are"
    return {each.path: found.get(each.path, 0.0) / total for each in results.columns}


def importance_told(results: StudyResults) -> str:
    """What the importance is computed from, in a sentence."""
    known = len(_known(results))
    best = _best_count(results)
    pruned = known - len(results.ordered)
    worse = f" ({pruned:,} pruned ones count as worse than the others)" if pruned else ""
    several = len(results.study.objective) > 1
    what = f"{best} trials nearest to the front" if several else f"{best} best trials"
    return (
        f"PED-ANOVA: how differently the {what} are spread over the values of each "
        f"path than all {known:,}{worse}. It says what told good from bad within what was tried."
    )


def _known(results: StudyResults) -> list[Trial]:
    return [*results.ordered, *_pruned(results)]


def _pruned(results: StudyResults) -> list[Trial]:
    return [
        e
        for e in results.trials
        if e.status == "pruned" and is_measured(results.study, e.objectives)
    ]


def _best_count(results: StudyResults) -> int:
    """How many trials are told from all; of one objective, all that share the last place too."""
    wanted = max(LEAST_BEST, round(QUANTILE * len(_known(results))))
    best = results.ordered[:wanted]
    if len(results.study.objective) > 1:
        return len(best)
    last = losses(results.study, best[-1].objectives)
    return sum(losses(results.study, each.objectives) <= last for each in results.ordered)


def _evaluated(results: StudyResults) -> dict[str, float]:
    import optuna
    from optuna.importance import PedAnovaImportanceEvaluator

    frozen = _frozen(results)
    quantile = min(_best_count(results) / len(frozen), MOST_QUANTILE)
    with quiet():  # also of paths with few trials, which the page says
        study = optuna.create_study(directions=["minimize"] * len(results.study.objective))
        study.add_trials(frozen)
        evaluator = PedAnovaImportanceEvaluator(target_quantile=quantile)
        return evaluator.evaluate(study)


def _frozen(results: StudyResults) -> list[FrozenTrial]:
    """The trials for Optuna, all objectives turned so that less is better."""
    from optuna.trial import create_trial

    distributions = {each.path: _distribution(each) for each in results.columns}
    points = [losses(results.study, each.objectives) for each in results.ordered]
    worst = [max(column) + 1 + abs(max(column)) for column in zip(*points, strict=True)]
    columns = {each.path: each for each in results.columns}
    return [
        create_trial(
            values=list(values),
            params={path: _value(columns[path], value) for path, value in trial.values.items()},
            distributions={path: distributions[path] for path in trial.values},
        )
        for trial, values in zip(
            _known(results), [*points, *(worst for _ in _pruned(results))], strict=True
        )
    ]


def _distribution(column: Column) -> BaseDistribution:
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    if column.choices:
        return CategoricalDistribution(column.choices)
    if column.whole:
        return IntDistribution(int(column.low), int(column.high), log=column.log)
    return FloatDistribution(column.low, column.high, log=column.log)


def _value(column: Column, value: Any) -> Any:
    return flow(value) if column.choices else value
