"""What a study leaves behind beside its runs: written at its end, and where it is interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.tuning.report import write_report
from modelspec.tuning.results import read_results
from modelspec.tuning.table import write_table

if TYPE_CHECKING:
    from pathlib import Path


def leave(folder: Path) -> None:
    """Write the table and the page of a study.

    Raises:
        SpecError: A file of the study is damaged (MS807).
        OSError: There is no room.
    """
    results = read_results(folder)
    write_table(results)
    write_report(results)
