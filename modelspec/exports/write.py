"""Exporting a model: written beside its place, tried, and only then put there."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.exports.check import check, worst
from modelspec.exports.description import description, is_description, text
from modelspec.exports.errors import ExportError
from modelspec.exports.formats import ExportOptions, format_of
from modelspec.runner.run.atomic_write import UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.exports.check import Trial
    from modelspec.exports.model import ExportModel

DESCRIPTION = ".json"


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export comes to.

    Attributes:
        file: The exported file.
        files: All files, the description last.
        trials: How far it is from the model at each of the sizes tried.
        notes: What there is to say of it.
    """

    file: Path
    files: tuple[Path, ...]
    trials: tuple[Trial, ...]
    notes: tuple[str, ...]

    @property
    def difference(self) -> float:
        """The worst of all: `|file - model| / max(1, |model|)`."""
        return worst(self.trials)


def check_target(path: Path, options: ExportOptions) -> None:
    """Find what is wrong with where an export is to go, before a model is loaded.

    Raises:
        ExportError: The ending is not known or does not go with the options, there is no such
            folder, or another file stands in the description's place.
    """
    format = format_of(path)
    if options.compile and format.ending != ".pt2":
        raise ExportError(f"only a `.pt2` file can be compiled, not `{path}`")
    if not path.parent.is_dir():
        raise ExportError(f"cannot write `{path}`: there is no folder `{path.parent}`")
    if path.is_dir():
        raise ExportError(f"cannot write `{path}`: it is a folder")
    beside = path.with_suffix(DESCRIPTION)
    if beside.exists() and not is_description(beside):
        raise ExportError(
            f"`{beside}`, where the description of the model goes, is another file",
            "name the exported file otherwise",
        )


def write(model: ExportModel, path: Path, options: ExportOptions | None = None) -> Exported:
    """Export a model into a file, with its description beside it.

    An earlier export of the same name is replaced, once the new one has been tried.

    Args:
        model: What is exported.
        path: Its ending says the format.
        options: What else is asked for.

    Raises:
        ExportError: The format cannot hold the model, or the file says something else.
        OSError: It cannot be written.
    """
    options = options or ExportOptions()
    check_target(path, options)
    format = format_of(path)
    with _draft(path.parent) as draft:
        file = draft / path.name
        notes = format.exporter.write(model, file, options)
        trials = check(model, format.exporter.reader(file, model), format.ending)
        names = [path.name, *sorted({each.name for each in draft.iterdir()} - {path.name})]
        about = draft / path.with_suffix(DESCRIPTION).name
        about.write_text(text(description(model, names, trials, notes)), encoding="utf-8")
        files = []
        for name in (*names, about.name):
            target = path.parent / name
            os.replace(draft / name, Path(os.path.realpath(target)))
            files.append(target)
    return Exported(path, tuple(files), trials, tuple(notes))


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """A folder for what is not whole yet, which is gone afterwards."""
    draft = Path(tempfile.mkdtemp(prefix=f"{UNFINISHED}export-", dir=folder))
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)
