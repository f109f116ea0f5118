"""`report.html` of a cross-validation, from the directories of its folds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.report.folds import FoldContents, FoldsContents, folds_page
from modelspec.report.numbers import counted
from modelspec.runner.reporting.report import REPORT
from modelspec.runner.run import atomic_write
from modelspec.runner.run.compare import history_of
from modelspec.runner.run.directory import FOLDS

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.runner.run.folds import CrossValidation, Fold

_OTHER_FILES = {
    "predictions of every row, by the fold that did not see it": (
        "predictions.csv",
        "predictions.parquet",
    ),
    "all values as JSON": (FOLDS,),
}


def report_folds(folder: Path, found: CrossValidation) -> Path:
    """Write the page of all folds; its path.

    Raises:
        SpecError: The run directory of a fold is not whole.
        OSError: It cannot be written.
    """
    files = {
        told: name
        for told, names in _OTHER_FILES.items()
        for name in names
        if (folder / name).is_file()
    }
    contents = FoldsContents(
        found.name,
        f"{folder.parent.name}/{folder.name}",
        [_fold(folder / fold.folder, fold) for fold in found.folds],
        found.means(),
        found.deviations(),
        found.notes,
        files,
    )
    path, text = folder / REPORT, folds_page(contents)
    atomic_write.write_file(
        path, lambda part: part.write_text(text, encoding="utf-8"), durable=False
    )
    return path


def _fold(run: Path, fold: Fold) -> FoldContents:
    history = history_of(run)
    epochs = counted(len(history), "epoch")
    told = {
        "done": epochs,
        "failed": f"failed: {fold.error}",
        "unfinished": f"not at its end, after {epochs}",
        "waiting": "not begun",
    }[fold.status]
    link = f"{fold.folder}/{REPORT}" if (run / REPORT).is_file() else ""
    return FoldContents(fold.folder, told, fold.values, history, link)
