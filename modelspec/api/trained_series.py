"""What a spec comes to that was trained several times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelspec.runner.run.series import FILES

if TYPE_CHECKING:
    import signal
    from pathlib import Path

    from modelspec.runner.run.series import Series, SeriesRun


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedSeries:
    """What `train_folds` and `train_seeds` come to.

    Attributes:
        folder: The folder of all run directories.
        found: What came of each run, and of all.
        predictions: What each says of its validation rows; None where there is nothing that
            stands in a table.
        report: The path of `report.html`.
        interrupted: The signal that ended it, if one did.
        resume_command: The command line that goes on, where something is left to do.
    """

    folder: Path
    found: Series
    predictions: Path | None
    report: Path | None
    interrupted: signal.Signals | None
    resume_command: str | None

    @property
    def failed(self) -> list[SeriesRun]:
        """The runs that could not be trained to their end."""
        return [run for run in self.found.runs if run.status == "failed"]

    def lines(self) -> list[str]:
        """Where the results lie, one line each."""
        rows: list[tuple[str, object]] = [
            (f"{self.found.kind}s", self.folder),
            ("values", self.folder / FILES[self.found.kind]),
        ]
        for name, path in (("rows", self.predictions), ("report", self.report)):
            rows += [(name, path)] if path else []
        return [f"{name:<8} {value}" for name, value in rows]
