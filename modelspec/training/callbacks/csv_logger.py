"""Write what every epoch measured into a CSV file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from modelspec.training.callback import Callback, Logs, Training

if TYPE_CHECKING:
    from pathlib import Path


class CSVLogger(Callback):
    """Writes one row an epoch into a file of the run directory.

    A run has one with these defaults also where its spec names none.
    """

    keras: ClassVar[str] = "csv_logger/"

    filename: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")] = "history.csv"
    """The file's name; it lies in the run directory."""
    separator: Annotated[str, Field(min_length=1, max_length=1)] = ","
    """What stands between two values."""

    def on_train_begin(self, run: Training) -> None:
        """Begin the file: after a resume, with exactly the epochs that the run has done."""
        if run.folder:
            path = run.folder / self.filename
            part = path.with_name(f".unfinished-{self.filename}")
            self._write(part, "w", run.history)
            part.replace(path)

    def on_epoch_end(self, run: Training, logs: Logs) -> None:
        """Add the epoch's row."""
        if run.folder:
            self._write(run.folder / self.filename, "a", run.history, len(run.history) - 1)

    def _write(self, path: Path, how: str, rows: list[dict[str, float]], start: int = 0) -> None:
        from csv import DictWriter

        with open(path, how, encoding="utf-8", newline="") as file:
            writer = DictWriter(file, list(rows[0]) if rows else [], delimiter=self.separator)
            if rows and start == 0:
                writer.writeheader()
            writer.writerows(rows[start:])
