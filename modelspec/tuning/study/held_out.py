"""The test rows, which are measured once: by the best weights of the confirmed best."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Report
from modelspec.tuning.record import (
    confirm_folder,
    trial_folder,
    write_confirmation,
    write_trial,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from modelspec.tuning.results.study_results import StudyResults


def measure_best(results: StudyResults, device: str, plugins: Sequence[str]) -> None:
    """Measure the test rows by the best, and note it; nothing where they have been measured.

    Imports torch.

    Raises:
        SpecError: A file of the run is damaged.
        OSError: There is no room for the record.
    """
    if results.best is None or results.test:
        return
    repeat = results.best_repeat
    if repeat is not None:
        path = confirm_folder(results.folder, repeat.trial, repeat.repeat)
        repeat.test = measured(path, device, plugins)
        if repeat.test:
            write_confirmation(path, repeat)
        return
    path = trial_folder(results.folder, results.best.number)
    results.best.test = measured(path, device, plugins)
    if results.best.test:
        write_trial(path, results.best)


def measured(run: Path, device: str, plugins: Sequence[str]) -> dict[str, float]:
    """What the best weights of a run say of the test rows; empty where there are none."""
    from modelspec.runner.inference.trained_model import TrainedModel, load_splits

    trained = TrainedModel.from_run(run, plugins=plugins)
    report = Report()
    splits = load_splits(trained, report)
    report.raise_if_failed()
    if splits is None or splits.test is None:
        return {}
    from modelspec.runner.inference.evaluate import evaluate  # torch: only where it has to be

    return evaluate(trained, splits.test, device).logs("test_")
