"""A study in a notebook: a bar, the best trials so far, and what is under way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from modelspec.api.training import print_to_stderr
from modelspec.report.markup import element, together
from modelspec.runner.progress.notebook import NotebookOutput, bar
from modelspec.tuning.results.lines import confirmation_line
from modelspec.tuning.results.notebook import trials_table
from modelspec.tuning.results.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.tuning.record import Confirmation, Trial
    from modelspec.tuning.study.job import StudyJob

MOST_BEST = 5


class NotebookStudy:
    """Watches a study, and shows it under the cell."""

    def __init__(self) -> None:
        self._output = NotebookOutput()
        self._progress: Progress | None = None
        self._last = ""

    def begin(self, job: StudyJob) -> None:
        """A study begins, or goes on."""
        self._progress = Progress(job.study, job.study.trials, job.pruning.epochs)
        self._show()

    def on_trial_start(self, trial: Trial) -> None:
        """Add its row."""
        assert self._progress
        self._progress.start(trial)
        self._show()

    def on_epoch(self, number: int, epoch: int, logs: Mapping[str, float]) -> None:
        """Say what it has measured, five times a second at most."""
        assert self._progress
        self._progress.running[number] = (epoch, logs)
        if self._output.is_due():
            self._show()

    def on_trial_end(self, trial: Trial) -> None:
        """Move the bar."""
        assert self._progress
        self._progress.end(trial)
        self._show()

    def on_confirm(self, confirmation: Confirmation) -> None:
        """Say what it came to."""
        assert self._progress
        self._last = confirmation_line(confirmation, self._progress.study.objective)
        self._show()

    def on_message(self, text: str) -> None:
        """Print it."""
        print_to_stderr(text)

    def _show(self) -> None:
        progress = self._progress
        assert progress
        done = sum(each.status != "running" for each in progress.trials.values())
        told = f"{done} of {progress.total} trials" if progress.total else f"{done} trials"
        best = progress.best[:MOST_BEST]
        rows = [*best, *(self._running(number) for number in sorted(progress.running))]
        line = element("div", f"{told} ", bar(done, progress.total or done), f" {self._last}")
        shown = trials_table(progress.study, rows, best[0] if best else None) if rows else None
        self._output.show(together(line, shown), told)

    def _running(self, number: int) -> Trial:
        """A trial under way, as far as it is."""
        assert self._progress
        epoch, logs = self._progress.running[number]
        names = [name for name in self._progress.study.objective if name in logs]
        measured = {name: logs[name] for name in names}
        return replace(self._progress.trials[number], epochs=epoch, objectives=measured)
