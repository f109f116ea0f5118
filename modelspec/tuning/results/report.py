"""`report.html` of a study, from its directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.language.tune import COSTS
from modelspec.language.yaml_writer import flow
from modelspec.report.study import (
    ConfirmedContents,
    Objective,
    StudyContents,
    TrialContents,
    study_page,
)
from modelspec.runner.run import atomic_write
from modelspec.tuning.record import BEST, REPORT, STUDY, TABLE, confirm_folder, trial_folder
from modelspec.tuning.results.importance import importance, importance_told
from modelspec.tuning.results.source import tune_text

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from modelspec.tuning.record import Trial
    from modelspec.tuning.results.standing import Confirmed
    from modelspec.tuning.results.study_results import StudyResults

_FILES = {"all trials as a table": TABLE, "the spec with the best values": BEST, "study": STUDY}


def write_report(results: StudyResults) -> Path:
    """Write the page of a study, whole or not at all; its path.

    Raises:
        SpecError: The history of a trial is not what a run wrote (MS807).
        OSError: It cannot be written.
    """
    path, text = results.folder / REPORT, study_page(_contents(results))
    atomic_write.write_file(
        path, lambda part: part.write_text(text, encoding="utf-8"), durable=False
    )
    return path


def _contents(results: StudyResults) -> StudyContents:
    study, folder = results.study, results.folder
    found = importance(results)
    files = {told: name for told, name in _FILES.items() if (folder / name).is_file()}
    return StudyContents(
        name=study.name,
        folder=f"{folder.parent.name}/{folder.name}",
        told=f"seed {study.seed}",
        objectives=[
            Objective(name, higher, name in COSTS)
            for name, higher in zip(study.objective, study.higher, strict=True)
        ],
        columns=results.columns,
        trials=[_trial(results, each) for each in results.trials],
        ordered=[each.number for each in results.ordered],
        front=[each.number for each in results.front],
        best=results.best.number if results.best else None,
        confirmed=[_confirmed(results, each) for each in results.confirmed],
        importance=found,
        importance_told="" if isinstance(found, str) else importance_told(results),
        rejected=results.rejections(),
        spec=tune_text(folder, study),
        overrides=study.overrides,
        files=files,
    )


def _trial(results: StudyResults, trial: Trial) -> TrialContents:
    choices = {each.path for each in results.columns if each.choices}
    values: dict[str, Any] = {
        path: flow(value) if path in choices else value for path, value in trial.values.items()
    }
    return TrialContents(
        number=trial.number,
        status=trial.status,
        why=trial.why,
        values=values,
        objectives=trial.objectives,
        parameters=trial.parameters,
        flops=trial.flops,
        epochs=trial.epochs,
        seconds=trial.seconds,
        history=results.history(trial.number),
        link=_link(results.folder, trial_folder(results.folder, trial.number)),
    )


def _confirmed(results: StudyResults, each: Confirmed) -> ConfirmedContents:
    runs = {
        f"{repeat}": confirm_folder(results.folder, each.trial, repeat) for repeat in each.repeats
    }
    return ConfirmedContents(
        trial=each.trial,
        means=each.means,
        deviations=each.deviations,
        repeats=len(each.repeats),
        test=each.test,
        links={text: _link(results.folder, run) for text, run in runs.items()},
    )


def _link(study: Path, run: Path) -> str:
    """The run's own page, or its directory; as it is written on a page of the study."""
    found = run / REPORT if (run / REPORT).is_file() else run
    return found.relative_to(study).as_posix()
