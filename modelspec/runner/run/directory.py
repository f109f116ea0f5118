"""Run directories: `runs/NAME/TIMESTAMP/`, with all that it takes to repeat, resume and use a run.

spec.yaml, source/      the resolved spec, and the files that it was read from
run.json                where it came from, its overrides, what its data was
preprocessing.json      how raw columns become what the model takes
environment.json        versions and machine
graph.svg               the diagram
report.html             all of it on one page, written when a training ends
history.csv             what every epoch measured
last.safetensors        the weights that the run came out with, or has now
best.safetensors        the weights that measured best
importance.json         what each column is worth, where it was asked
ensemble.json           of an ensemble: its members, and what each counts
checkpoints/            states to resume from
"""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Diagnostic, Span, SpecError, did_you_mean, near_path
from modelspec.runner.run import atomic_write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

SPEC, RECORD, ENVIRONMENT = "spec.yaml", "run.json", "environment.json"
PREPROCESSING, DIAGRAM, SOURCES = "preprocessing.json", "graph.svg", "source"
CHECKPOINTS, LAST, BEST = "checkpoints", "last", "best"
LATEST = "latest"
INITIAL = "initial"
"""What a run's record says of the weights that it began as."""
HISTORY = "history.csv"
STUDY = "study.json"
"""What the folder of a search holds, beside those of its trials."""
ENSEMBLE = "ensemble.json"
"""What a run directory holds that was not trained, but made of the runs that it names."""
FOLDS, SEEDS = "folds.json", "seeds.json"
"""What a folder holds of several runs of one spec, beside those runs: a cross-validation's, or
those that differ in their seed."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a run directory holds from the first on.

    Attributes:
        spec: The resolved spec, YAML.
        sources: The text of each file that the spec was read from, by its path.
        record: Where the run came from and what its data was, for `run.json`.
        diagram: The spec drawn, SVG; None for none.
    """

    spec: str
    sources: dict[str, str]
    record: dict[str, Any]
    environment: dict[str, Any]
    preprocessing: dict[str, Any]
    diagram: bytes | None = None


def weights_file(folder: Path, name: str) -> Path:
    """Where the weights of a name, `last` or `best`, lie in a run directory."""
    return folder / f"{name}.safetensors"


def create(runs: Path, name: str, contents: Contents, now: datetime) -> Path:
    """Make a run directory, whole or not at all, and let `latest` point to it."""
    return create_filled(runs, name, lambda part: fill(part, contents), now)


def create_at(path: Path, contents: Contents) -> Path:
    """Make a run directory of a given path, whole or not at all.

    Where the folder is there already, what it holds stays, and it is a run once it is whole.
    """
    if path.is_dir():
        shutil.rmtree(path / SOURCES, ignore_errors=True)  # it may have been begun before
        fill(path, contents)
        return path
    return create_filled_at(path, lambda part: fill(part, contents))


def create_filled_at(path: Path, fill: Callable[[Path], None]) -> Path:
    """Make a folder of a given path, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write.new_folder(path) as part:
        fill(part)
    return path


def remove_states(folder: Path) -> None:
    """Remove the states of a run that has ended: it keeps its weights, and cannot go on."""
    shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)


def create_filled(runs: Path, name: str, fill: Callable[[Path], None], now: datetime) -> Path:
    """Make a folder for a run, or for several, whole or not at all; `latest` points to it.

    Args:
        runs: The folder of all runs.
        name: What the run is called.
        fill: Puts into the folder what it holds from the first on.
        now: What the folder is called after.
    """
    parent = runs / folder_name(name)
    parent.mkdir(parents=True, exist_ok=True)
    for path in _names(parent, now.strftime("%Y-%m-%dT%H-%M-%S")):
        if path.exists():
            continue
        try:
            with atomic_write.new_folder(path) as part:
                fill(part)
        except FileExistsError:
            continue
        except OSError:  # a folder cannot be renamed onto one that another process has just made
            if not path.exists():
                raise
            continue
        _point_to(path)
        return path
    raise AssertionError("there is always one more name")


def folder_name(name: str) -> str:
    """A spec's name as that of a folder."""
    return re.sub(r"[^\w.-]+", "_", name).strip(".") or "run"


def _names(parent: Path, name: str) -> Iterator[Path]:
    """The paths that a run may take, in order: `name`, `name-2`, ..."""
    yield parent / name
    for number in count(2):
        yield parent / f"{name}-{number}"


def fill(folder: Path, contents: Contents) -> None:
    """Put into a new run directory what it holds from the first on."""
    (folder / SPEC).write_text(contents.spec, encoding="utf-8")
    for name, value in (
        (ENVIRONMENT, contents.environment),
        (PREPROCESSING, contents.preprocessing),
    ):
        (folder / name).write_text(_json_text(value), encoding="utf-8")
    if contents.diagram is not None:
        (folder / DIAGRAM).write_bytes(contents.diagram)
    sources = folder / SOURCES
    sources.mkdir()
    for path, text in contents.sources.items():
        (sources / source_name(path, sources)).write_text(text, encoding="utf-8")
    text = _json_text(contents.record)
    atomic_write.write_file(folder / RECORD, lambda part: part.write_text(text, encoding="utf-8"))


def _json_text(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2) + "\n"


def source_name(path: str, folder: Path) -> str:
    """A file name for a source: its own, or one with a number where two have the same."""
    stem, suffix = os.path.splitext(os.path.basename(path) or "stdin.yaml")
    number, name = 1, f"{stem}{suffix}"
    while (folder / name).exists():
        number += 1
        name = f"{stem}-{number}{suffix}"
    return name


def _point_to(folder: Path) -> None:
    """Let `latest` beside a run directory lead to it; a text file where there are no links."""

    def link(part: Path) -> None:
        try:
            part.symlink_to(folder.name, target_is_directory=True)
        except OSError:
            part.write_text(folder.name, encoding="utf-8")

    atomic_write.write_file(folder.parent / LATEST, link, durable=False, shared=True)


def series_file(folder: Path) -> Path | None:
    """`folds.json` or `seeds.json` of a folder that holds several runs of one spec."""
    return next((folder / name for name in (FOLDS, SEEDS) if (folder / name).is_file()), None)


def folders_named(text: str, runs: Path = Path("runs")) -> Iterator[Path]:
    """The folders that a command line may name, where `latest` leads to; one may not exist.

    Args:
        text: A folder, one that holds a `latest`, or a name in `runs`.
        runs: The folder that holds the runs of all names.
    """
    for path in (Path(text), runs / text):
        if path.name == LATEST and path.is_file():
            path = path.parent
        if (path / LATEST).is_file():
            path = path / (path / LATEST).read_text(encoding="utf-8").strip()
        elif (path / LATEST).is_dir():
            path = (path / LATEST).resolve()
        yield path


def find(
    text: str, runs: Path = Path("runs"), *, series: bool = False, study: bool = False
) -> Path:
    """The run directory that a command line names.

    Args:
        text: A run directory, a folder of runs (its latest is meant), or a name in `runs`.
        runs: The folder that holds the runs of all names.
        series: Whether a folder of several runs, by fold or by seed, will do as well.
        study: Whether the folder of a search's trials will.

    Raises:
        SpecError: There is none, or it is several.
    """
    for path in folders_named(text, runs):
        if (path / STUDY).is_file():
            if study:
                return path
            raise SpecError([_a_study(path)])
        several = series_file(path)
        if (path / RECORD).is_file() or (series and several):
            return path
        if several:
            raise SpecError([_several_runs(path, several.name)])
    raise SpecError([_no_run(text, runs)])


def _a_study(folder: Path) -> Diagnostic:
    message = "it is a study: its trials are runs, each in a directory of its own"
    help = f"name one of them, `{folder}/trials/0001`; `modelspec eval {folder}` says which is best"
    return Diagnostic("MS807", message, Span(str(folder)), help)


def _several_runs(folder: Path, file: str) -> Diagnostic:
    own = sorted(path.parent.name for path in folder.glob(f"*/{RECORD}"))
    message = f"it holds several runs, one for each {'fold' if file == FOLDS else 'seed'}"
    help = f"name one of them: `{folder / own[0]}`" if own else "none of them has begun yet"
    return Diagnostic("MS807", message, Span(str(folder)), help)


def _no_run(text: str, runs: Path) -> Diagnostic:
    here = Path(text)
    if here.exists():
        message = f"`{text}` is not a run directory: it has no `{RECORD}`"
    else:
        message = f"there is no run `{text}`"
        if (runs / text).is_dir():
            message += f": `{runs / text}` holds none that `{LATEST}` leads to"
    return Diagnostic("MS807", message, Span(text), near_folder(text, runs))


def near_folder(text: str, runs: Path) -> str:
    """A way out for who has named a run, or a study, that is not there."""
    names = sorted(path.name for path in runs.iterdir()) if runs.is_dir() else []
    near = did_you_mean(text, [name for name in names if name != text])
    if near is None and os.sep in text and not os.path.exists(text):
        near = near_path(text)
    if near:
        return f"did you mean `{near}`?"
    beside = None if runs.is_dir() else near_path(runs)
    if beside:
        return f"there is no folder `{runs}`; did you mean `--runs-dir {beside}`?"
    return "give `runs/NAME/TIMESTAMP`, or `runs/NAME` for the latest"


def add_to_record(folder: Path, key: str, value: Any) -> None:
    """Put one more entry into `run.json` of a run directory.

    Raises:
        SpecError: It is missing or unreadable.
        OSError: It cannot be written.
    """
    text = json.dumps(read_json(folder, RECORD) | {key: value}, indent=2) + "\n"
    atomic_write.write_file(folder / RECORD, lambda part: part.write_text(text, encoding="utf-8"))


def read_json(folder: Path, name: str) -> dict[str, Any]:
    """What one of the JSON files of a run directory holds.

    Raises:
        SpecError: It is missing or unreadable.
    """
    path = folder / name
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SpecError(
            [Diagnostic("MS807", f"cannot read it: {error}", Span(str(path)))]
        ) from error
    if not isinstance(content, dict):
        raise SpecError([Diagnostic("MS807", "it is not what a run wrote", Span(str(path)))])
    return content
