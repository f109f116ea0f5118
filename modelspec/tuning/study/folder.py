"""A study's directory: made, read back to go on, and held against what is to go on."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.diagnostics import Diagnostic, Span, SpecError
from modelspec.runner.run.atomic_write import write_file
from modelspec.runner.run.directory import (
    SOURCES,
    SPEC,
    create_filled,
    folders_named,
    near_folder,
    source_name,
)
from modelspec.tuning.proposing.proposal import Known
from modelspec.tuning.record import (
    STUDY,
    read_trial,
    trial_folders,
    write_study,
)
from modelspec.tuning.results.histories import read_history

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from modelspec.tuning.record import Study


def create_study(
    runs: Path, study: Study, rendered: str, sources: Mapping[str, str], now: datetime
) -> Path:
    """Make the directory of a study, whole or not at all; `latest` points to it.

    Args:
        runs: The folder of all runs.
        study: What it is.
        rendered: The resolved spec.
        sources: The text of each file that the spec was read from, by its path.
        now: What the directory is called after.
    """

    def fill(part: Path) -> None:
        write_study(part, study)
        (part / SPEC).write_text(rendered, encoding="utf-8")
        (part / SOURCES).mkdir()
        _write_sources(part / SOURCES, sources)

    return create_filled(runs, study.name, fill, now)


def rewrite_sources(folder: Path, sources: Mapping[str, str]) -> None:
    """Keep the files of the spec as they are now, where what is searched over has changed."""
    named: dict[str, str] = {}
    for path, text in sources.items():
        name = path.rpartition("/")[2]
        if name not in named:
            named[name] = text
    for name, text in named.items():
        kept = folder / SOURCES / name
        if not kept.is_file() or kept.read_text(encoding="utf-8") != text:
            write_file(kept, partial(Path.write_text, data=text, encoding="utf-8"))


def find_study(text: str, runs: Path) -> Path:
    """The study's directory that a command line names: by its path, or by its name in `runs`.

    Raises:
        SpecError: There is none (MS807).
    """
    for path in folders_named(text, runs):
        if (path / STUDY).is_file():
            return path
    message = f"there is no study `{text}`"
    if Path(text).exists():
        message = f"`{text}` is not the directory of a study: it has no `{STUDY}`"
    raise SpecError([Diagnostic("MS807", message, Span(text), near_folder(text, runs))])


def read_known(folder: Path, *, shared: bool = False) -> list[Known]:
    """The trials of a study that is gone on with, in the order of their numbers.

    Args:
        folder: Its directory.
        shared: Whether other machines may have others.

    Raises:
        SpecError: One is missing, or not what a study wrote (MS807).
    """
    found = []
    for number, path in enumerate(trial_folders(folder), 1):
        trial = read_trial(path)
        if not shared and (trial.number, path.name) != (number, f"{number:04d}"):
            message = f"trial {number} is missing, and later ones were chosen knowing it"
            help = "begin a new study without `--resume`"
            raise SpecError([Diagnostic("MS807", message, Span(str(path.parent)), help)])
        ended = trial.status != "running"
        found.append(Known(trial, read_history(path)[: trial.epochs] if ended else (), ended))
    return found


def _write_sources(folder: Path, sources: Mapping[str, str]) -> None:
    for path, text in sources.items():
        (folder / source_name(path, folder)).write_text(text, encoding="utf-8")
