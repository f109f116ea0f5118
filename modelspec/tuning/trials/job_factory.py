"""The trainings of a study, as its workers are asked for them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelspec.tuning.jobs import Job
from modelspec.tuning.record import confirm_folder, trial_folder
from modelspec.tuning.space.candidates import settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from modelspec.tuning.record import Confirmation, Study, Trial
    from modelspec.tuning.space.axes import Values

CONFIRM = 1_000_000
"""Numbers of jobs from here on are those of trials that are trained again."""
REPEATS = 1_000


class Jobs:
    """Makes the jobs of a study.

    Args:
        folder: The study's directory.
        study: What it is.
        monitor: The objective that says which weights of a run are its best.
        texts: What the spec and the files of its blocks hold, by their paths.
        data: Of each data file, its size and when it was changed.
    """

    def __init__(
        self,
        folder: Path,
        study: Study,
        monitor: str | None,
        texts: Mapping[str, str] | None = None,
        data: Mapping[str, list[int]] | None = None,
    ) -> None:
        self._folder, self._study, self._monitor = folder, study, monitor
        self._texts = {os.path.abspath(path): text for path, text in (texts or {}).items()}
        self._data = dict(data or {})

    def trial(self, trial: Trial) -> Job:
        """The training of a trial."""
        folder = trial_folder(self._folder, trial.number)
        return self._job(trial.number, folder, trial.values, trial.seed)

    def confirmation(self, found: Confirmation, trial: Trial) -> Job:
        """The training of a trial that is trained again."""
        folder = confirm_folder(self._folder, found.trial, found.repeat)
        return self._job(confirm_number(found), folder, trial.values, found.seed)

    def _job(self, number: int, folder: Path, values: Values, seed: int) -> Job:
        study = self._study
        return Job(
            number=number,
            folder=folder,
            file=study.spec,
            overrides=(*study.overrides, *settings(values), f"train.seed={seed}"),
            plugins=tuple(study.plugins),
            include_dirs=tuple(study.include_dirs),
            monitor=self._monitor,
            device=study.device,
            threads=study.threads,
            texts=self._texts,
            data=self._data,
        )


def confirm_number(found: Confirmation) -> int:
    """The number of the job of a trial that is trained again, which no trial has."""
    return CONFIRM + found.trial * REPEATS + found.repeat
