"""`report.html` of several runs of one spec, from their directories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.report.numbers import counted
from modelspec.report.series import SeriesContents, SeriesRunContents, series_page
from modelspec.runner.reporting.report import REPORT
from modelspec.runner.run import atomic_write
from modelspec.runner.run.compare import history_of
from modelspec.runner.run.directory import FOLDS, SEEDS

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.runner.run.series import Series, SeriesRun

_OTHER_FILES = {
    "predictions of the validation rows": (
        "predictions.csv",
        "predictions.parquet",
    ),
    "all values as JSON": (FOLDS, SEEDS),
}


def report_series(folder: Path, found: Series) -> Path:
    """Write the page of all runs; its path.

    Raises:
        SpecError: One of the run directories is not whole.
        OSError: It cannot be written.
    """
    files = {
        told: name
        for told, names in _OTHER_FILES.items()
        for name in names
        if (folder / name).is_file()
    }
    contents = SeriesContents(
        found.kind,
        found.name,
        f"{folder.parent.name}/{folder.name}",
        [_run(folder / run.folder, run) for run in found.runs],
        found.means(),
        found.deviations(),
        found.notes,
        files,
    )
    path, text = folder / REPORT, series_page(contents)
    atomic_write.write_file(
        path, lambda part: part.write_text(text, encoding="utf-8"), durable=False
    )
    return path


def _run(folder: Path, run: SeriesRun) -> SeriesRunContents:
    history = history_of(folder)
    epochs = counted(len(history), "epoch")
    told = {
        "done": epochs,
        "failed": f"failed: {run.error}",
        "unfinished": f"not at its end, after {epochs}",
        "waiting": "not begun",
    }[run.status]
    link = f"{run.folder}/{REPORT}" if (folder / REPORT).is_file() else ""
    return SeriesRunContents(run.folder, run.status == "done", told, run.values, history, link)
