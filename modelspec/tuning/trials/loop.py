"""The trials of a study: chosen in the order of their numbers, trained side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from modelspec.runner.run.directory import remove_states
from modelspec.tuning.jobs import EpochDone
from modelspec.tuning.proposing.proposal import Known, known_at
from modelspec.tuning.record import Trial, trial_folder, write_trial
from modelspec.tuning.results.histories import read_history
from modelspec.tuning.seeds import trial_seed
from modelspec.tuning.trials.failures import hopeless

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from modelspec.tuning.jobs import Event, Job, JobDone
    from modelspec.tuning.objectives import History, Objectives
    from modelspec.tuning.proposing.proposal import Proposer
    from modelspec.tuning.proposing.pruning import Judge, Pruning
    from modelspec.tuning.record import Rejected, Study
    from modelspec.tuning.space.candidates import Candidate
    from modelspec.tuning.trials.job_factory import Jobs
    from modelspec.tuning.trials.watcher import StudyWatcher

POLL = 0.5
"""Seconds after which a wait for workers looks whether it is to end."""


class Team(Protocol):
    """The workers of a study (see `modelspec.tuning.workers`)."""

    @property
    def free(self) -> int:
        """How many have nothing to do."""

    def start(self, job: Job) -> None:
        """Give a free one a job."""

    def events(self, timeout: float | None = None) -> Sequence[Event]:
        """What they report next."""

    def go_on(self, number: int, go: bool, why: str = "") -> None:
        """Answer that an epoch is done."""

    def interrupt(self) -> None:
        """Let all save, and end."""

    def close(self) -> None:
        """Let go of all."""


class Stop(Protocol):
    """Says whether the study is to be interrupted."""

    def __call__(self) -> bool:
        """Whether it is."""


@dataclass(slots=True)
class _Running:
    trial: Trial
    judge: Judge


class TrialLoop:
    """Runs the trials of a study until there are enough.

    Args:
        folder: The study's directory.
        study: What it is.
        objectives: What is to become best.
        known: The trials that there are, in the order of their numbers.
        proposer: Chooses the others.
        pruning: Judges them.
        jobs: Makes jobs of them.
        team: Trains them.
        watch: Is told.
        stop: Says whether to interrupt.

    Attributes:
        known: The trials, as far as they are known.
        why: Why there are fewer than there were to be, else empty.
        hopeless: Whether that is because they failed.
        interrupted: Whether it was interrupted.
    """

    def __init__(
        self,
        folder: Path,
        study: Study,
        objectives: Objectives,
        known: Sequence[Known],
        proposer: Proposer,
        pruning: Pruning,
        jobs: Jobs,
        team: Team,
        watch: StudyWatcher,
        stop: Stop,
    ) -> None:
        self._folder, self._study, self._objectives = folder, study, objectives
        self._proposer, self._pruning = proposer, pruning
        self._jobs, self._team, self._watch, self._stop = jobs, team, watch, stop
        self.known = list(known)
        self.why = ""
        self.hopeless = self.interrupted = False
        self._running: dict[int, _Running] = {}
        self._lost = [each.trial for each in known if not each.ended]

    def run(self, total: int | None) -> None:
        """Run trials.

        Args:
            total: Until there are so many; None for as many as can be chosen.
        """
        while True:
            while self._may_start() and (trial := self._next(total)) is not None:
                self._start(trial)
            if not self._running:
                return
            for event in self._team.events(POLL):
                self._handle(event)
            if self._stop() and not self.interrupted:
                self.interrupted = True
                self._team.interrupt()

    def _may_start(self) -> bool:
        if self._stop():
            self.interrupted = self.interrupted or not self._running
            return False
        return not self.interrupted and self._team.free > 0

    def _next(self, total: int | None) -> Trial | None:
        """The trial to start next: one that was lost with its process, or a new one."""
        if self._lost:
            return self._lost.pop(0)
        number = len(self.known) + 1
        before = self.known[: max(0, number - self._study.window)]
        if self.why or (total is not None and number > total):
            return None
        if not all(each.ended for each in before):
            return None
        self.why = hopeless(before, self._study.stopped_after)
        self.hopeless = bool(self.why)
        return None if self.why else self._chosen(number)

    def _chosen(self, number: int) -> Trial | None:
        """A new trial, of which there is a record before it begins."""
        proposal = self._proposer.propose(number, self.known)
        if proposal.candidate is None:
            self.why = proposal.why
            return None
        trial = new_trial(number, proposal.candidate, proposal.rejected, self._study.seed)
        self._write(trial)
        self.known.append(Known(trial))
        return trial

    def _start(self, trial: Trial) -> None:
        """Begin a trial, or go on with it.

        What it had measured before a kill is judged first: the answer may not have come to it.
        """
        judge = self._pruning.judge(trial, self._known_to(trial))
        history = read_history(trial_folder(self._folder, trial.number))
        self._watch.on_trial_start(trial)
        for epoch, row in enumerate(history, 1):
            verdict = judge.verdict(epoch, row)
            if not verdict.go:
                self._end(trial, judge, history[:epoch], "pruned", verdict.why)
                return
        self._running[trial.number] = _Running(trial, judge)
        self._team.start(self._jobs.trial(trial))

    def _known_to(self, trial: Trial) -> list[Known]:
        """The trials before another, as they were known when it was chosen."""
        return known_at(trial.number, self.known[: trial.number - 1], self._study.window)

    def _handle(self, event: Event) -> None:
        running = self._running.get(event.number)
        if running is None:
            return
        if isinstance(event, EpochDone):
            self._watch.on_epoch(event.number, event.epoch, event.logs)
            verdict = running.judge.verdict(event.epoch, event.logs)
            self._team.go_on(event.number, verdict.go, verdict.why)
        else:
            self._done(running, event)

    def _done(self, running: _Running, event: JobDone) -> None:
        del self._running[event.number]
        running.trial.seconds += event.seconds
        running.trial.cpu += event.cpu
        if event.status == "running":
            running.trial.epochs = max(running.trial.epochs, len(event.history))
            self._write(running.trial)
            self._watch.on_trial_end(running.trial)
        else:
            self._end(running.trial, running.judge, event.history, event.status, event.why)

    def _end(self, trial: Trial, judge: Judge, history: History, status: str, why: str) -> None:
        """Note what a trial came to."""
        outcome = self._objectives.outcome(history, trial)
        if status == "complete" and outcome.why:
            status, why = "failed", outcome.why
        trial.status, trial.why = status, why  # type: ignore[assignment]
        trial.epochs, trial.memory = len(history), judge.memory()
        if status != "failed":
            trial.objectives, trial.epoch = outcome.values, outcome.epoch
        self._write(trial)
        remove_states(trial_folder(self._folder, trial.number))
        self._note(trial, history)
        self._watch.on_trial_end(trial)

    def _note(self, trial: Trial, history: History) -> None:
        """Let later trials be chosen knowing this one."""
        self.known[trial.number - 1] = Known(trial, history, ended=True)

    def _write(self, trial: Trial) -> None:
        path = trial_folder(self._folder, trial.number)
        path.mkdir(parents=True, exist_ok=True)
        write_trial(path, trial)


def new_trial(number: int, candidate: Candidate, rejected: list[Rejected], seed: int) -> Trial:
    """A trial that has been chosen.

    Args:
        number: Its number.
        candidate: What is tried.
        rejected: What was proposed before it.
        seed: The study's.
    """
    return Trial(
        number=number,
        values=candidate.values,
        seed=trial_seed(seed, number),
        parameters=candidate.parameters,
        flops=candidate.flops,
        rejected=rejected,
    )
