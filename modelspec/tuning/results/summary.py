"""Studies and their trials as rows of a list of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Report, SpecError
from modelspec.language.tune import COSTS
from modelspec.runner.run.compare import RunSummary, summarize
from modelspec.runner.run.directory import RECORD
from modelspec.tuning.record import STUDY, confirm_folders, trial_folders
from modelspec.tuning.results.study_results import StudyResults, read_results

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def studies_in(runs: Path, report: Report, *, trials: bool = False) -> list[RunSummary]:
    """The studies below a folder, `NAME/TIME`, in the order of names and times.

    Args:
        runs: The folder of all runs.
        report: Gets a finding for each damaged study or trial, which is left out.
        trials: Whether the trials of each follow it, and those that were trained again.
    """
    found: list[RunSummary] = []
    for folder in sorted(path.parent for path in runs.glob(f"*/*/{STUDY}")):
        if folder.is_symlink():
            continue
        try:
            found.append(summarize_study(read_results(folder)))
        except SpecError as error:
            report.extend(error.diagnostics)
        if trials:
            found += _trials(folder, report)
    return found


def summarize_study(results: StudyResults) -> RunSummary:
    """A study in one row: what its best came to, by the repeats where there are any."""
    best, confirmed = results.best, results.confirmed
    values = best.objectives if best else {}
    deviations: dict[str, float] = {}
    if confirmed:
        values, deviations = confirmed[0].means, confirmed[0].deviations
    return RunSummary(
        name=results.study.name,
        folder=str(results.folder),
        epochs=sum(each.epochs for each in results.trials),
        wanted=None,
        best={**values, **results.test},
        best_epoch=0,
        std={name: each for name, each in deviations.items() if name not in COSTS},
        trials=sum(each.status != "running" for each in results.trials),
    )


def _trials(study: Path, report: Report) -> Iterator[RunSummary]:
    for folder in [*trial_folders(study), *confirm_folders(study)]:
        if (folder / RECORD).is_file():
            try:
                yield summarize(folder)
            except SpecError as error:
                report.extend(error.diagnostics)
