"""Write what every epoch measured into a CSV file."""

import re
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import AfterValidator, Field

from modelspec.training.callback import Callback, Logs, Training

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"


def _is_separator(written: str) -> str:
    if len(written) != 1 or written.isalnum() or written in "\r\n\"'.+-_":
        raise ValueError("a separator is one character that stands in no value: `,`, `;` or a tab")
    return written


def _is_file_name(written: str) -> str:
    if not re.fullmatch(FILE_NAME, written):
        raise ValueError("a file name here is letters, digits, `.`, `_` and `-`, and no folder")
    return written


class CSVLogger(Callback):
    """Writes one row an epoch into a file of the run directory.

    What `validate_every` measures within epochs goes into another, `validations-history.csv`.
    A run has one with these defaults also where its spec names none.
    """

    keras: ClassVar[str] = "csv_logger/"
    named_by: ClassVar[str] = "filename"

    filename: Annotated[
        str,
        Field(json_schema_extra={"pattern": f"^{FILE_NAME}$"}),
        AfterValidator(_is_file_name),
    ] = "history.csv"
    """The file's name; it lies in the run directory."""
    separator: Annotated[
        str,
        Field(json_schema_extra={"minLength": 1, "maxLength": 1}),
        AfterValidator(_is_separator),
    ] = ","
    """What stands between two values."""

    def files(self) -> tuple[str, ...]:
        """The two files."""
        return self.filename, self._validations

    def on_train_begin(self, run: Training) -> None:
        """Begin the files: after a resume, with exactly what the run has done."""
        if run.folder:
            self._begin(run.folder / self.filename, run.history)
            if run.validations:
                self._begin(run.folder / self._validations, run.validations)

    def on_epoch_end(self, run: Training, logs: Logs) -> None:
        """Add the epoch's row."""
        if run.folder:
            self._write(run.folder / self.filename, "a", run.history, len(run.history) - 1)

    def on_validation_end(self, run: Training, logs: Logs) -> None:
        """Add a row for a validation in the middle of an epoch."""
        rows = run.validations
        if run.folder and rows and rows[-1]["step"] == run.step:
            self._write(run.folder / self._validations, "a", rows, len(rows) - 1)

    @property
    def _validations(self) -> str:
        return f"validations-{self.filename}"

    def _begin(self, path: "Path", rows: list[dict[str, float]]) -> None:
        part = path.with_name(f".unfinished-{path.name}")
        self._write(part, "w", rows)
        part.replace(path)

    def _write(self, path: "Path", how: str, rows: list[dict[str, float]], start: int = 0) -> None:
        from csv import DictWriter

        with open(path, how, encoding="utf-8", newline="") as file:
            writer = DictWriter(file, list(rows[0]) if rows else [], delimiter=self.separator)
            if rows and start == 0:
                writer.writeheader()
            writer.writerows(rows[start:])
