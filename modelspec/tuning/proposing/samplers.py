"""Optuna's samplers, each as we use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.tuning.quiet_optuna import quiet

if TYPE_CHECKING:
    from optuna.samplers import BaseSampler

    from modelspec.tuning.proposing.proposal import Rule

STARTUP = 10
"""So many trials are drawn at random before a sampler that learns begins to."""
KEEPS_STATE = ("nsga2", "cmaes")
"""Samplers that write beside a trial what they have to know of it again."""
SLOW = "gp"
"""The sampler that takes seconds a choice: it learns of what is rejected at the next one."""
MOST_POPULATION = 50


def population(trials: int) -> int:
    """How many trials a generation of `nsga2` has, where there are so many trials in all."""
    return max(4, min(MOST_POPULATION, trials // 5))


def sampler(rule: Rule, seed: int, *, rejected: int, population: int, pruned: bool) -> BaseSampler:
    """A sampler of Optuna's.

    Args:
        rule: Which.
        seed: What it draws from.
        rejected: How many candidates it is told of that were never started: they teach nothing
            about the objective, and do not count among the first ones that are random.
        population: How many trials a generation has.
        pruned: Whether trials may have been pruned.
    """
    from optuna import samplers

    startup = STARTUP + rejected
    with quiet():
        if rule == "tpe":
            return samplers.TPESampler(
                seed=seed, n_startup_trials=startup, multivariate=True, group=True
            )
        if rule == "nsga2":
            return samplers.NSGAIISampler(seed=seed, population_size=population)
        if rule == "cmaes":
            return samplers.CmaEsSampler(
                seed=seed, warn_independent_sampling=False, consider_pruned_trials=pruned
            )
        if rule == "gp":
            return samplers.GPSampler(
                seed=seed, n_startup_trials=startup, warn_independent_sampling=False
            )
        return samplers.RandomSampler(seed=seed)
