"""A study: all that can be wrong with it found first, then its trials, then the best confirmed."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from shlex import join
from typing import TYPE_CHECKING, Any

from modelspec.runner.process.signals import StopSignals
from modelspec.runner.run.errors import SaveError
from modelspec.runner.run.lock import locked
from modelspec.tuning.data_state import changed_files
from modelspec.tuning.proposing.distributions import Coding
from modelspec.tuning.record import write_study
from modelspec.tuning.results.study_results import StudyResults, read_results
from modelspec.tuning.study.folder import create_study, read_known, rewrite_sources
from modelspec.tuning.study.leave import leave
from modelspec.tuning.trials.confirm import Confirming
from modelspec.tuning.trials.job_factory import Jobs
from modelspec.tuning.trials.loop import TrialLoop

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from modelspec.tuning.objectives import Objectives
    from modelspec.tuning.proof.dry_run import DryRun
    from modelspec.tuning.proposing.proposal import Proposer
    from modelspec.tuning.proposing.pruning import Pruning
    from modelspec.tuning.record import Confirmation, Study, Trial
    from modelspec.tuning.storage.shared_study import Shared
    from modelspec.tuning.trials.loop import Team
    from modelspec.tuning.trials.watcher import StudyWatcher


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StudyResult:
    """What a study has come to.

    Attributes:
        folder: Its directory.
        results: All that came of it.
        best: The best trial; None where none came to its end.
        why: Why it has fewer trials than it was to have, else empty.
        interrupted: The signal that ended it, if one did.
        resume_command: The command line that goes on, where it was interrupted.
    """

    folder: Path
    results: StudyResults
    why: str
    interrupted: signal.Signals | None
    resume_command: str | None

    def __repr__(self) -> str:
        return f"<StudyResult {str(self.folder)!r}: {len(self.trials)} trials>"

    def _repr_html_(self) -> str:
        from modelspec.report.markup import element, together
        from modelspec.tuning.results.notebook import trials_table

        results = self.results
        ended = {trial.number for trial in results.ordered}
        others = (trial for trial in results.trials if trial.number not in ended)
        said = element("p", element("b", self.study.name), f" in {self.folder}")
        why = element("p", self.why) if self.why else None
        rows = [*results.ordered, *others]
        return str(together(said, why, trials_table(self.study, rows, results.best)))

    @property
    def study(self) -> Study:
        """What it is."""
        return self.results.study

    @property
    def trials(self) -> list[Trial]:
        """In the order of their numbers."""
        return self.results.trials

    @property
    def confirmations(self) -> list[Confirmation]:
        """The times that one of the best was trained again."""
        return self.results.confirmations

    @property
    def best(self) -> Trial | None:
        """The best trial; None where none came to its end."""
        return self.results.best


@dataclass(slots=True, kw_only=True)
class StudyJob:
    """A study that has been checked and can begin. torch is not imported yet.

    Attributes:
        dry_run: What the search comes to.
        study: What it is.
        folder: Its directory; None of a new one.
        rendered: The resolved spec.
        sources: The text of each file that the spec was read from, by its path.
        data_files: Of each data file, its size and when it was changed.
        team: Starts the workers.
        resume_words: The command line that goes on, up to the folder.
        repeated: The options that it has to repeat.
        shared: The study as other machines see it; None where no other is at it.
    """

    dry_run: DryRun
    study: Study
    folder: Path | None
    runs: Path
    rendered: str
    sources: dict[str, str]
    objectives: Objectives
    proposer: Proposer
    pruning: Pruning
    team: Callable[[], Team]
    watch: StudyWatcher
    resume_words: tuple[str, ...]
    repeated: tuple[str, ...]
    notes: list[str] = field(default_factory=list)
    data_files: dict[str, list[int]] = field(default_factory=dict)
    shared: Shared | None = None

    def run(self) -> StudyResult:
        """Run the trials, confirm the best, and write what is left.

        Raises:
            StorageError: The storage cannot be reached any more.
            SpecError: Another process works on the study; a file of it is damaged (MS807).
            SaveError: Its directory cannot be written.
        """
        try:
            return self._run_in(self._begun())
        except OSError as error:
            again = f"; make room, and go on with: {self.resume_command}" if self.folder else ""
            message = f"the study cannot be saved: {error.strerror or error}{again}"
            raise SaveError(message) from error

    def _run_in(self, folder: Path) -> StudyResult:
        with locked(folder), StopSignals() as signals, self._reached():
            write_study(folder, self.study)
            rewrite_sources(folder, self.sources)
            for note in self.notes:
                self.watch.on_message(note)
            team = self.team()
            try:
                interrupted, why = self._run(folder, team, lambda: signals.received is not None)
            finally:
                team.close()
            if not interrupted:
                self._measure(folder)
            leave(folder)
        return StudyResult(
            folder=folder,
            results=read_results(folder),
            why=why,
            interrupted=signals.received,
            resume_command=self.resume_command if interrupted else None,
        )

    @property
    def resume_command(self) -> str:
        """The command line that goes on."""
        return join([*self.resume_words, str(self.folder), *self.repeated])

    def _begun(self) -> Path:
        """The study's directory."""
        if self.folder is None:
            now = datetime.now()
            self.folder = create_study(self.runs, self.study, self.rendered, self.sources, now)
        return self.folder

    def _run(self, folder: Path, team: Team, stop: Callable[[], bool]) -> tuple[bool, str]:
        """Run trials and repeats. Whether it was interrupted, and why there are fewer trials."""
        jobs = Jobs(folder, self.study, self.objectives.first, self.sources, self.data_files)
        loop = self._trials(folder, jobs, team, stop)
        loop.run(self.study.trials)
        trials = [each.trial for each in loop.known]
        if loop.interrupted:
            return True, loop.why
        if loop.why:
            count = "1 trial" if len(trials) == 1 else f"{len(trials)} trials"
            self.watch.on_message(f"the study ends after {count}: {loop.why}")
        if loop.hopeless:
            self.study.stopped_after = max(trial.number for trial in trials)
            write_study(folder, self.study)
        confirm = self.dry_run.settings.section.confirm
        if confirm == "none":
            return False, loop.why
        confirming = self._confirming(folder, trials, jobs, team, stop)
        confirming.run(confirm)
        return confirming.interrupted, loop.why

    def _reached(self) -> AbstractContextManager[None]:
        """Errors of a storage in one line, where there is one."""
        if self.shared is None:
            return nullcontext()
        from modelspec.tuning.storage.connect import reached

        return reached()

    def _trials(self, folder: Path, jobs: Jobs, team: Team, stop: Callable[[], bool]) -> TrialLoop:
        rest = (folder, self.study, self.objectives)
        rules: tuple[Any, ...] = (self.proposer, self.pruning, jobs, team, self.watch, stop)
        if self.shared is None:
            return TrialLoop(*rest, read_known(folder), *rules)
        from modelspec.tuning.storage.shared_trials import SharedTrials

        board, coding = self.shared.board(self.study.shared), Coding(self.dry_run.space)
        return SharedTrials(board, coding, *rest, read_known(folder, shared=True), *rules)

    def _confirming(
        self,
        folder: Path,
        trials: list[Trial],
        jobs: Jobs,
        team: Team,
        stop: Callable[[], bool],
    ) -> Confirming:
        rest = (folder, self.study, self.objectives, trials, jobs, team, self.watch, stop)
        if self.shared is None:
            return Confirming(*rest)
        from modelspec.tuning.storage.shared_confirming import SharedConfirming

        return SharedConfirming(self.shared.confirm_board(self.study.shared), *rest)

    def _measure(self, folder: Path) -> None:
        """Measure the test rows, once; the first that torch is needed for in this process."""
        from modelspec.tuning.study.held_out import measure_best

        changed = changed_files(self.data_files)
        if changed:
            self.watch.on_message(f"the test rows are not asked: `{changed[0]}` was changed")
            return

        def measure() -> None:
            measure_best(read_results(folder), self.study.device, self.study.plugins)

        if self.shared is None:
            measure()
            return
        from modelspec.tuning.storage.shared_study import measure_shared

        measure_shared(self.shared, self.study, folder, self.watch, measure)
