"""Watching a study: a table that moves on a terminal, a line a trial elsewhere."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from modelspec.cli.say import say
from modelspec.tuning.results.lines import confirmation_line, trial_line
from modelspec.tuning.results.progress import Progress

if TYPE_CHECKING:
    from modelspec.tuning.record import Confirmation, Study, Trial


class PlainLines:
    """A line for each trial when it ends. `quiet` says nothing but what has to be said."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.progress: Progress | None = None
        self.quiet = quiet

    def begin(
        self, study: "Study", known: Sequence["Trial"], total: int | None, epochs: int
    ) -> None:
        """A study begins, or goes on with the trials that there are."""
        trials = {each.number: each for each in known}
        self.progress = Progress(study, total, epochs, trials)

    def on_trial_start(self, trial: "Trial") -> None:
        """Note it."""
        assert self.progress
        self.progress.start(trial)

    def on_epoch(self, number: int, epoch: int, logs: Mapping[str, float]) -> None:
        """Note it."""
        assert self.progress
        self.progress.running[number] = (epoch, logs)

    def on_trial_end(self, trial: "Trial") -> None:
        """Say what it came to."""
        assert self.progress
        best = self.progress.end(trial)
        if not self.quiet:
            names = self.progress.study.objective
            self.say(trial_line(trial, self.progress.total, names, best=best))

    def on_confirm(self, confirmation: "Confirmation") -> None:
        """Say what it came to."""
        assert self.progress
        self.progress.confirmed += 1
        if not self.quiet:
            self.say(confirmation_line(confirmation, self.progress.study.objective))

    def on_message(self, text: str) -> None:
        """Say it."""
        self.say_aside(text)

    def say(self, line: str) -> None:
        """Print a line, at once."""
        say(line)
        import sys

        sys.stdout.flush()

    def say_aside(self, text: str) -> None:
        """Print a line that is no result."""
        say(text, error=True)

    def close(self) -> None:
        """Nothing is left to take away."""
