"""Candidates by one of Optuna's samplers, for a study that one process runs."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from modelspec.tuning.proposing.grid import ALL_TRIED
from modelspec.tuning.proposing.proposal import Proposal, known_at
from modelspec.tuning.proposing.rejections import Sieve, reasons
from modelspec.tuning.proposing.samplers import KEEPS_STATE, SLOW, sampler
from modelspec.tuning.quiet_optuna import quiet
from modelspec.tuning.seeds import choice_seed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from optuna import Study as OptunaStudy
    from optuna.samplers import BaseSampler
    from optuna.trial import Trial as OptunaTrial

    from modelspec.tuning.proposing.distributions import Coding
    from modelspec.tuning.proposing.proposal import Examine, Known, Rule
    from modelspec.tuning.proposing.view import Attributes, View
    from modelspec.tuning.space.axes import Values
    from modelspec.tuning.space.candidates import Candidate

ASKED = 50
"""How often a sampler is asked for one trial, before one is drawn at random."""
ASKED_SLOW = 5
DRAWN = 1000
"""How many candidates are then linted, before there is held to be nothing left."""
COUNTABLE = 100_000
"""Spaces of so many combinations are searched for those that are left."""


class LocalProposer:
    """Chooses candidates knowing earlier trials, and nothing else.

    Each choice is made by a study of Optuna's and a sampler of its own, which are built for it.

    Args:
        coding: The space.
        view: What a sampler sees of earlier trials.
        examine: Says what may be trained.
        rule: The sampler.
        seed: The study's.
        window: How many trials a new one does not wait for.
        population: How many trials a generation of `nsga2` has.
        pruned: Whether trials may have been pruned.
    """

    def __init__(
        self,
        coding: Coding,
        view: View,
        examine: Examine,
        *,
        rule: Rule,
        seed: int,
        window: int,
        population: int,
        pruned: bool,
    ) -> None:
        self._coding, self._view, self._examine = coding, view, examine
        self._rule, self._seed, self._window = rule, seed, window
        self._population, self._pruned = population, pruned
        self._memory: dict[Any, Attributes] = {}
        self._remembered = 0

    def propose(self, number: int, earlier: Sequence[Known]) -> Proposal:
        """Choose the candidate of a trial."""
        with quiet():
            self._recall(earlier)
            return self._propose(number, known_at(number, earlier, self._window))

    def _propose(self, number: int, earlier: Sequence[Known]) -> Proposal:
        sieve = Sieve(self._examine, earlier)
        study = self._study(number, earlier)
        worst = self._view.worst(earlier)
        for _ in range(ASKED if self._rule != SLOW else ASKED_SLOW):
            trial = study.ask()
            values = self._coding.suggest(trial)
            if not sieve.is_new(values):
                _forget(study, trial)
                continue
            candidate = sieve.examine(values)
            if candidate is not None:
                return Proposal(candidate=candidate, rejected=sieve.rejected)
            if self._rule == SLOW:
                _forget(study, trial)
            else:
                self._view.reject(study, trial, sieve.rejected[-1], worst)
        found, why = self._drawn(number, sieve)
        return Proposal(candidate=found, rejected=sieve.rejected, why=why)

    def _study(self, number: int, earlier: Sequence[Known]) -> OptunaStudy:
        return self._view.study(earlier, self._sampler(number, earlier), self._memory)

    def _sampler(self, number: int, earlier: Sequence[Known]) -> BaseSampler:
        return sampler(
            self._rule,
            choice_seed(self._seed, number),
            rejected=sum(len(known.trial.rejected) for known in earlier),
            population=self._population,
            pruned=self._pruned,
        )

    def _drawn(self, number: int, sieve: Sieve) -> tuple[Candidate | None, str]:
        """A candidate that is drawn at random, as the sampler finds none; else why there is none.

        Of a space that can be counted, evenly among those that are left.
        """
        for draws, values in enumerate(self._at_random(number, sieve), 1):
            candidate = sieve.examine(values)
            if candidate is not None:
                return candidate, ""
            if draws == DRAWN:
                break
        else:
            if self._is_countable:
                return None, ALL_TRIED
        tries = len(sieve.rejected)
        if not tries:
            return None, f"none of {DRAWN:,} candidates drawn is new"
        return None, f"none of {tries:,} candidates can be trained{reasons(sieve.rejected)}"

    @property
    def _is_countable(self) -> bool:
        count = self._coding.space.count
        return count is not None and count <= COUNTABLE

    def _at_random(self, number: int, sieve: Sieve) -> Iterator[Values]:
        """New candidates, drawn evenly."""
        seed = choice_seed(self._seed, number)
        if self._is_countable:
            left = [each for each in self._coding.space.combinations() if sieve.is_new(each)]
            Random(seed).shuffle(left)
            yield from left
            return
        import optuna

        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed))
        for _ in range(DRAWN):
            values = self._coding.suggest(study.ask())
            if sieve.is_new(values):
                yield values

    def _recall(self, earlier: Sequence[Known]) -> None:
        """Find out what the sampler has written beside earlier trials, by choosing them again.

        It is kept in memory only: what `cmaes` writes is no plain data.
        """
        if self._rule not in KEEPS_STATE:
            return
        from modelspec.tuning.proposing.replay import chosen_again

        for place in range(self._remembered, len(earlier)):
            number = earlier[place].trial.number
            before = known_at(number, earlier[:place], self._window)
            study, worst = self._study(number, before), self._view.worst(before)
            trial = earlier[place].trial
            self._memory |= chosen_again(trial, study, self._coding, self._view, worst)
        self._remembered = len(earlier)


def _forget(study: OptunaStudy, trial: OptunaTrial) -> None:
    """Let a sampler learn nothing of what it has proposed."""
    from optuna.trial import TrialState

    study.tell(trial, state=TrialState.FAIL)
