"""How far a study is, for whoever shows it."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelspec.tuning.results import standing
from modelspec.tuning.results.lines import short_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.tuning.record import Study, Trial


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

    study: Study
    total: int | None
    epochs: int
    trials: dict[int, Trial] = field(default_factory=dict)
    running: dict[int, tuple[int, Mapping[str, float]]] = field(default_factory=dict)
    ended: int = 0
    confirmed: int = 0
    began: float = field(default_factory=time.monotonic)

    def start(self, trial: Trial) -> None:
        """A trial has begun, or goes on."""
        self.trials[trial.number] = trial
        self.running[trial.number] = (0, {})

    def end(self, trial: Trial) -> str:
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
    def best(self) -> list[Trial]:
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
