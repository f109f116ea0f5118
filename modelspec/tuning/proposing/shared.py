"""Candidates for a study that several machines work on."""

from __future__ import annotations

import secrets
from functools import cached_property
from typing import TYPE_CHECKING

from modelspec.tuning.proposing.local import ASKED, LocalProposer
from modelspec.tuning.proposing.proposal import Proposal
from modelspec.tuning.proposing.rejections import Sieve
from modelspec.tuning.proposing.samplers import quiet, sampler
from modelspec.tuning.proposing.storage import VALUES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from optuna.samplers import BaseSampler

    from modelspec.tuning.proposing.proposal import Known
    from modelspec.tuning.proposing.storage import SharedStudy


class SharedProposer(LocalProposer):
    """Chooses candidates knowing the trials of all machines.

    Which ones these are hangs on when each machine is ready: such a study is not made again the
    same way.

    Args:
        shared: The study of all machines.
        settings: As of a `LocalProposer`.
    """

    def __init__(self, shared: SharedStudy, *settings: Any, **more: Any) -> None:
        super().__init__(*settings, **more)
        self._shared = shared

    @cached_property
    def _own_sampler(self) -> BaseSampler:
        return sampler(
            self._rule,
            secrets.randbits(32),
            rejected=0,
            population=self._population,
            pruned=self._pruned,
        )

    def propose(self, number: int, earlier: Sequence[Known]) -> Proposal:
        """Choose the candidate of a trial; one without a candidate or a reason is for later."""
        with quiet():
            self._shared.study.sampler = self._own_sampler
            sieve = Sieve(self._examine, earlier, self._shared.tried())
            for _ in range(ASKED):
                found = self._asked(sieve, earlier)
                if found is not None:
                    return found
            return self._any(number, sieve)

    def _asked(self, sieve: Sieve, earlier: Sequence[Known]) -> Proposal | None:
        """What the sampler says; None where it is to be asked again."""
        trial = self._shared.claim()
        if trial is None:
            return Proposal(candidate=None, rejected=sieve.rejected)
        taken_over = trial.user_attrs.get(VALUES)
        if taken_over is not None:
            self._coding.suggest(trial)  # they are fixed
            candidate = self._examine(taken_over)
            return Proposal(candidate=candidate, rejected=sieve.rejected, shared=trial.number)
        values = self._coding.suggest(trial)
        if not sieve.is_new(values) or not self._shared.is_first(trial, values):
            self._shared.give_back(trial)
            return None
        found = sieve.examine(values)
        if found is not None:
            self._view.accept(trial, found)
            return Proposal(candidate=found, rejected=sieve.rejected, shared=trial.number)
        worst = self._view.worst(earlier)
        self._view.reject(self._shared.study, trial, sieve.rejected[-1], worst)
        self._shared.add_slot()
        return None

    def _any(self, number: int, sieve: Sieve) -> Proposal:
        """A candidate that is drawn at random, of which the sampler learns nothing."""
        candidate, why = self._drawn(number, sieve)
        if candidate is None:
            return Proposal(candidate=None, rejected=sieve.rejected, why=why)
        trial = self._shared.claim()
        if trial is None:
            return Proposal(candidate=None, rejected=[])
        if not self._shared.is_first(trial, candidate.values):
            self._shared.give_back(trial)
            return Proposal(candidate=None, rejected=[])
        return Proposal(candidate=candidate, rejected=sieve.rejected, shared=trial.number)
