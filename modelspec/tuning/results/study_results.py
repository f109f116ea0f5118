"""What came of a study, read from its directory: what the table, the page and the command show."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_args

from modelspec.runner.run.compare import history_of
from modelspec.tuning import record
from modelspec.tuning.results import standing
from modelspec.tuning.results.columns import columns_of
from modelspec.tuning.results.source import search_of

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.report.study import Column
    from modelspec.tuning.record import Confirmation, Rejected, Study, Trial
    from modelspec.tuning.results.standing import Confirmed
    from modelspec.tuning.space.axes import SearchSpace

_CALLED = {"flops": "FLOPs"}


@dataclass(frozen=True)
class StudyResults:
    """A study and all that came of it.

    Attributes:
        folder: Its directory.
        study: What it is.
        space: What is searched over; None where the spec that it kept cannot say it.
        trials: In the order of their numbers.
        confirmations: The times that one of the best was trained again.
    """

    folder: Path
    study: Study
    space: SearchSpace | None
    trials: list[Trial]
    confirmations: list[Confirmation]

    @cached_property
    def columns(self) -> list[Column]:
        """The paths that are searched over, in the order of the spec."""
        return columns_of(self.space, [each.values for each in self.trials])

    @cached_property
    def ordered(self) -> list[Trial]:
        """The trials that came to their end, best first (see `standing.ordered`)."""
        return standing.ordered(self.study, self.trials)

    @cached_property
    def front(self) -> list[Trial]:
        """The trials that no other one is better than in all objectives."""
        return standing.front(self.study, self.trials)

    @cached_property
    def confirmed(self) -> list[Confirmed]:
        """The trials that were trained again, best first by the means of their repeats."""
        return standing.confirmed(self.study, self.trials, self.confirmations)

    @property
    def best(self) -> Trial | None:
        """The best trial: by the repeats where there are any, else by itself; None for none."""
        if self.confirmed:
            return self.trial(self.confirmed[0].trial)
        return self.ordered[0] if self.ordered else None

    @property
    def best_repeat(self) -> Confirmation | None:
        """Of the repeats of the confirmed best, the best; None where nothing was confirmed."""
        if not self.confirmed:
            return None
        best, study = self.confirmed[0].trial, self.study
        repeats = [
            each
            for each in self.confirmations
            if (each.trial, each.status) == (best, "complete")
            and standing.is_measured(study, each.objectives)
        ]
        return min(repeats, key=lambda each: (standing.losses(study, each.objectives), each.repeat))

    @property
    def best_run(self) -> Path | None:
        """The run that stands for all: the repeat with test rows, else the best trial's."""
        found = next((each for each in self.confirmed if each.chosen is not None), None)
        if found is not None and found.chosen is not None:
            return record.confirm_folder(self.folder, found.trial, found.chosen)
        return None if self.best is None else record.trial_folder(self.folder, self.best.number)

    @property
    def test(self) -> dict[str, float]:
        """What the test rows say of the best; empty where they were not touched."""
        found = next((each.test for each in self.confirmed if each.test), None)
        return found or next((each.test for each in self.trials if each.test), {})

    @property
    def seconds(self) -> float:
        """How long the trials took, all together."""
        return sum(each.seconds for each in self.trials)

    def trial(self, number: int) -> Trial:
        """The trial of a number.

        Raises:
            KeyError: There is none.
        """
        return next(each for each in self.trials if each.number == number)

    def history(self, number: int) -> list[dict[str, float]]:
        """What each epoch of a trial measured.

        Raises:
            SpecError: It is not what a run wrote (MS807).
        """
        return history_of(record.trial_folder(self.folder, number))

    def counts(self) -> dict[str, int]:
        """How many trials there are of each status, those that there are none of left out."""
        counted = Counter(each.status for each in self.trials)
        return {status: counted[status] for status in get_args(record.Status) if counted[status]}

    def rejections(self) -> dict[str, int]:
        """How many proposals were not started, by the reason; the most frequent first."""
        found = Counter(_reason(each) for trial in self.trials for each in trial.rejected)
        return dict(found.most_common())

    def as_data(self) -> dict[str, Any]:
        """The same as JSON data, with what follows from it."""
        return {
            "folder": str(self.folder),
            "study": asdict(self.study),
            "counts": self.counts(),
            "seconds": self.seconds,
            "best": self.best.number if self.best else None,
            "best_run": str(self.best_run) if self.best_run else None,
            "front": [each.number for each in self.front],
            "ordered": [each.number for each in self.ordered],
            "confirmed": [asdict(each) for each in self.confirmed],
            "test": self.test,
            "rejected": self.rejections(),
            "trials": [asdict(each) for each in self.trials],
        }


def _reason(rejected: Rejected) -> str:
    """Why a proposal was not started, in words that such ones have in common."""
    if rejected.over:
        names = " and ".join(_CALLED.get(name, name) for name in rejected.over)
        return f"over the limit of {names}"
    return rejected.why


def read_results(folder: Path) -> StudyResults:
    """What came of a study.

    Args:
        folder: Its directory.

    Raises:
        SpecError: A file of it is not what a study wrote (MS807).
    """
    study = record.read_study(folder)
    return StudyResults(
        folder,
        study,
        search_of(folder, study),
        [record.read_trial(each) for each in record.trial_folders(folder)],
        [record.read_confirmation(each) for each in record.confirm_folders(folder)],
    )
