"""What a study leaves behind beside its runs: written at its end, and where it is interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Report
from modelspec.runner.run.atomic_write import write_file
from modelspec.source import parse
from modelspec.tuning.record import BEST
from modelspec.tuning.results.best_file import best_text
from modelspec.tuning.results.report import write_report
from modelspec.tuning.results.source import spec_text
from modelspec.tuning.results.study_results import read_results
from modelspec.tuning.results.table import write_table

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.tuning.record import Trial
    from modelspec.tuning.results.study_results import StudyResults


def leave(folder: Path) -> None:
    """Write the spec with the best values in place, the table and the page of a study.

    Raises:
        SpecError: A file of the study is damaged (MS807).
        OSError: There is no room.
    """
    results = read_results(folder)
    if results.best is not None:
        _write_best(results, results.best)
    write_table(results)
    write_report(results)


def _write_best(results: StudyResults, best: Trial) -> None:
    folder, study = results.folder, results.study
    document = parse(spec_text(folder, study), study.spec, Report())
    assert document is not None
    text = best_text(document, best.values, study.overrides, folder, study.include_dirs)
    write_file(folder / BEST, lambda part: part.write_text(text, encoding="utf-8"))
