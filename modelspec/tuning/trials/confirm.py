"""The best trials, trained again with other seeds before one is called the best."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.runner.run.directory import remove_states
from modelspec.tuning.jobs import EpochDone
from modelspec.tuning.record import (
    Confirmation,
    confirm_folder,
    confirm_folders,
    read_confirmation,
    write_confirmation,
)
from modelspec.tuning.results import standing
from modelspec.tuning.seeds import confirm_seed
from modelspec.tuning.trials.job_factory import confirm_number
from modelspec.tuning.trials.loop import POLL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from modelspec.language.tune import Confirm
    from modelspec.tuning.jobs import Event, JobDone
    from modelspec.tuning.objectives import Objectives
    from modelspec.tuning.record import Study, Trial
    from modelspec.tuning.trials.job_factory import Jobs
    from modelspec.tuning.trials.loop import Stop, Team
    from modelspec.tuning.trials.watcher import StudyWatcher


def chosen_trials(study: Study, trials: Sequence[Trial], top: int) -> list[Trial]:
    """The trials that are trained again, best first.

    Of several objectives: members of the front, spread along it, both ends with it.
    """
    if len(study.objective) == 1:
        return standing.ordered(study, trials)[:top]
    front = standing.front(study, trials)
    if len(front) <= top:
        return front
    if top == 1:
        return front[:1]
    return [front[round(place * (len(front) - 1) / (top - 1))] for place in range(top)]


class Confirming:
    """Trains the best trials again, side by side.

    Args:
        folder: The study's directory.
        study: What it is.
        objectives: What is to become best.
        trials: All trials, which have ended.
        jobs: Makes jobs of what is to be trained.
        team: Trains it.
        watch: Is told.
        stop: Says whether to interrupt.

    Attributes:
        interrupted: Whether it was.
    """

    def __init__(
        self,
        folder: Path,
        study: Study,
        objectives: Objectives,
        trials: Sequence[Trial],
        jobs: Jobs,
        team: Team,
        watch: StudyWatcher,
        stop: Stop,
    ) -> None:
        self._folder, self._study, self._objectives = folder, study, objectives
        self._trials = {trial.number: trial for trial in trials}
        self._jobs, self._team, self._watch, self._stop = jobs, team, watch, stop
        self.interrupted = False
        self._running: dict[int, Confirmation] = {}

    def run(self, confirm: Confirm) -> None:
        """Train what has not been trained yet.

        Args:
            confirm: How many trials, and how many times each.
        """
        left = self._left(confirm)
        while left or self._running:
            if self._stop() and not self.interrupted:
                self.interrupted = True
                self._team.interrupt()
            while left and self._team.free and not self.interrupted:
                self._start(left.pop(0))
            if self.interrupted and not self._running:
                return
            for event in self._team.events(POLL):
                self._handle(event)

    def _left(self, confirm: Confirm) -> list[Confirmation]:
        known = {}
        for path in confirm_folders(self._folder):
            found = read_confirmation(path)
            known[found.trial, found.repeat] = found
        wanted = self._wanted(confirm)
        wanted = [known.get((each.trial, each.repeat), each) for each in wanted]
        return [each for each in wanted if each.status == "running"]

    def _wanted(self, confirm: Confirm) -> list[Confirmation]:
        return [
            Confirmation(
                trial=trial.number,
                repeat=repeat,
                seed=confirm_seed(self._study.seed, trial.number, repeat),
            )
            for trial in chosen_trials(self._study, list(self._trials.values()), confirm.top)
            for repeat in range(1, confirm.seeds + 1)
        ]

    def _start(self, found: Confirmation) -> None:
        self._write(found)
        self._running[confirm_number(found)] = found
        self._team.start(self._jobs.confirmation(found, self._trials[found.trial]))

    def _handle(self, event: Event) -> None:
        if event.number not in self._running:
            return
        if isinstance(event, EpochDone):
            self._team.go_on(event.number, True)
        else:
            self._done(self._running.pop(event.number), event)

    def _done(self, found: Confirmation, event: JobDone) -> None:
        if event.status == "running":
            return
        outcome = self._objectives.outcome(event.history, self._trials[found.trial])
        found.status, found.why = event.status, event.why
        if event.status == "complete" and outcome.why:
            found.status, found.why = "failed", outcome.why
        if found.status == "complete":
            found.objectives = outcome.values
        self._write(found)
        remove_states(confirm_folder(self._folder, found.trial, found.repeat))
        self._watch.on_confirm(found)

    def _write(self, found: Confirmation) -> None:
        path = confirm_folder(self._folder, found.trial, found.repeat)
        path.mkdir(parents=True, exist_ok=True)
        write_confirmation(path, found)
