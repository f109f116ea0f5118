"""Watching a study: a table that moves on a terminal, a line a trial elsewhere."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelspec.cli.say import say
from modelspec.cli.study_lines import confirmation_line, short_names, trial_line
from modelspec.tuning.results import standing

if TYPE_CHECKING:
    from modelspec.tuning.record import Confirmation, Study, Trial


@dataclass(slots=True)
class Progress:
    """How far a study is.

    Attributes:
        total: How many trials there are to be; None where that is open.
        epochs: How many epochs a trial is trained at most.
        trials: All that have begun, by their numbers.
        running: What each that is under way has measured last: the epoch, 0 before the first,
            and its values.
        ended: How many have ended since this process began.
        began: When this process began, in seconds.
        confirmed: How many repeats have ended.
    """

    study: "Study"
    total: int | None
    epochs: int
    trials: dict[int, "Trial"] = field(default_factory=dict)
    running: dict[int, tuple[int, Mapping[str, float]]] = field(default_factory=dict)
    ended: int = 0
    confirmed: int = 0
    began: float = field(default_factory=time.monotonic)

    def start(self, trial: "Trial") -> None:
        """A trial has begun, or goes on."""
        self.trials[trial.number] = trial
        self.running[trial.number] = (0, {})

    def end(self, trial: "Trial") -> str:
        """A trial has ended; what it is among those so far: `new best`, or nothing."""
        self.running.pop(trial.number, None)
        self.trials[trial.number] = trial
        if trial.status == "running":
            return ""
        self.ended += 1
        front = standing.front(self.study, self.trials.values())
        if trial.number not in {each.number for each in front}:
            return ""
        if len(self.study.objective) > 1:
            return "on the front"
        return "new best" if front[0].number == trial.number else ""

    @property
    def called(self) -> dict[str, str]:
        """The paths of all trials in short."""
        return short_names(dict.fromkeys(path for e in self.trials.values() for path in e.values))

    @property
    def best(self) -> list["Trial"]:
        """The trials that came to their end, best first."""
        return standing.ordered(self.study, self.trials.values())

    @property
    def counts(self) -> Counter[str]:
        """How many trials there are of each status."""
        return Counter(each.status for each in self.trials.values())

    @property
    def left(self) -> int:
        """How many trials have not ended yet; 0 where that is open."""
        done = sum(each.status != "running" for each in self.trials.values())
        return max(0, (self.total or 0) - done)


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
