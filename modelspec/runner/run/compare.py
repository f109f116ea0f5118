"""A summary of each run, and the differences of two."""

from __future__ import annotations

import csv
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Diagnostic, Report, Span, SpecError
from modelspec.runner.run.diff import NOTHING, differences
from modelspec.runner.run.directory import (
    ENSEMBLE,
    ENVIRONMENT,
    FOLDS,
    HISTORY,
    RECORD,
    SEEDS,
    SPEC,
    read_json,
    series_file,
)
from modelspec.runner.run.series import read_series
from modelspec.source import parse
from modelspec.training.callback import measured_keys
from modelspec.training.monitor import higher_is_better

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelspec.runner.run.series import Kind, Series

_NOT_DATA = ("name", "spec", "folder", "overrides", "initial")
"""What of a run's record says nothing of its data."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run.

    Attributes:
        name: The spec's name.
        folder: Its directory.
        epochs: How many epochs are done.
        wanted: How many are asked for; None where the spec cannot be read.
        best: The values of its best epoch, by the loss on the validation rows.
        best_epoch: Which one that is; 0 for none.
        folds: Of a cross-validation, how many folds are done; else 0. Its `epochs` are those of
            all folds, its `best` is the mean over them, of what their best weights measure.
        seeds: The same of a training with several seeds.
        std: Of several runs, the standard deviation of each value.
        trials: Of a study, how many trials have ended; else 0. Its `epochs` are those of all
            trials, its `best` is what the best came to.
        members: Of an ensemble, how many runs it is made of; else 0. Its `best` is what it
            measured when it was made.
    """

    name: str
    folder: str
    epochs: int
    wanted: int | None
    best: dict[str, float]
    best_epoch: int
    folds: int = 0
    seeds: int = 0
    std: dict[str, float] = field(default_factory=dict)
    trials: int = 0
    members: int = 0

    def as_data(self) -> dict[str, Any]:
        """The same as JSON data."""
        return asdict(self)


def runs_in(folder: Path, report: Report) -> list[RunSummary]:
    """The runs below a folder, `NAME/TIME`, in the order of names and times.

    Args:
        folder: The folder of all runs.
        report: Gets a finding for each damaged run, which is left out.
    """
    names = (RECORD, FOLDS, SEEDS)
    folders = sorted(path.parent for name in names for path in folder.glob(f"*/*/{name}"))
    summaries = []
    for path in folders:
        if path.is_symlink():
            continue
        try:
            summaries.append(summarize(path))
        except SpecError as error:
            report.extend(error.diagnostics)
    return summaries


def summarize(folder: Path) -> RunSummary:
    """One run, or several of one spec.

    Raises:
        SpecError: It is not whole (MS807).
    """
    if series_file(folder):
        return _summarize_series(folder)
    if (folder / ENSEMBLE).is_file():
        return _summarize_ensemble(folder)
    history = history_of(folder)
    best = best_row(history)
    spec = _spec(folder)
    wanted = spec.get("train", {}).get("epochs", 1) if spec else None
    values = {key: best[key] for key in measured_keys(best)} if best else {}
    name = str(read_json(folder, RECORD).get("name", folder.parent.name))
    return RunSummary(
        name, str(folder), len(history), wanted, values, int((best or {}).get("epoch", 0))
    )


def _summarize_ensemble(folder: Path) -> RunSummary:
    """Made of other runs, and measured where it was made."""
    content = read_json(folder, ENSEMBLE)
    try:
        values = {}
        for output, found in content["outputs"].items():
            rows, line = found["measured"], (found["table"] or [{"values": {}}])[-1]
            start = "test_" if rows and rows["part"] == "test" else "val_"
            start += f"{output}_" * (len(content["outputs"]) > 1)
            for key, value in line["values"].items():
                values[start + str(key).replace(" ", "_")] = float(value)
        members = len(content["members"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"it is not what an ensemble wrote: {error!r}"
        raise SpecError([Diagnostic("MS807", message, Span(str(folder / ENSEMBLE)))]) from error
    name = str(read_json(folder, RECORD).get("name", folder.parent.name))
    return RunSummary(name, str(folder), 0, None, values, 0, members=members)


def _summarize_series(folder: Path) -> RunSummary:
    found = read_series(folder)
    begun = _begun(folder, found)
    epochs = sum(len(history_of(run)) for run in begun)
    spec = _spec(begun[0]) if begun else None
    wanted = spec.get("train", {}).get("epochs", 1) * len(found.runs) if spec else None
    means, deviations = found.means(), found.deviations()
    done: dict[Kind, int] = {"fold": 0, "seed": 0, found.kind: len(found.done)}
    return RunSummary(
        found.name, str(folder), epochs, wanted, means, 0, done["fold"], done["seed"], deviations
    )


def _begun(folder: Path, found: Series) -> list[Path]:
    """The run directories of several that are there."""
    runs = [folder / run.folder for run in found.runs]
    return [run for run in runs if (run / RECORD).is_file()]


def _one_run(folder: Path) -> Path:
    """The run whose spec, data and environment stand for all; of several the first.

    Raises:
        SpecError: None of several has begun (MS807).
    """
    if not series_file(folder):
        return folder
    begun = _begun(folder, read_series(folder))
    if not begun:
        message = "none of its runs has begun yet"
        raise SpecError([Diagnostic("MS807", message, Span(str(folder)))])
    return begun[0]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two runs differ in.

    Attributes:
        runs: Both.
        spec: Each entry of the resolved spec that differs, with both values as text.
        data: Each part of the data's fingerprint that does.
        environment: Each library and part of the machine that does.
        results: Each value of their best epochs.
    """

    runs: tuple[RunSummary, RunSummary]
    spec: dict[str, tuple[str, str]]
    data: dict[str, tuple[str, str]]
    environment: dict[str, tuple[str, str]]
    results: dict[str, tuple[float | None, float | None]]


def compare(first: Path, second: Path) -> Comparison:
    """What two runs differ in.

    Raises:
        SpecError: One is not whole (MS807).
    """
    runs = (summarize(first), summarize(second))
    one, other = runs[0].best, runs[1].best
    first, second = _one_run(first), _one_run(second)
    data = [
        {key: value for key, value in read_json(path, RECORD).items() if key not in _NOT_DATA}
        for path in (first, second)
    ]
    train_state = [read_json(path, ENVIRONMENT) for path in (first, second)]
    for each in train_state:
        each.pop("command_line", None)
    return Comparison(
        runs,
        dict(_changes(_spec(first) or {}, _spec(second) or {})),
        dict(_changes(*data)),
        dict(_changes(*train_state)),
        {key: (one.get(key), other.get(key)) for key in dict.fromkeys((*one, *other))},
    )


def _changes(before: Any, after: Any) -> Iterator[tuple[str, tuple[str, str]]]:
    for path, old, new in differences(before, after):
        yield path, (_text(old), _text(new))


def _text(value: object) -> str:
    return "-" if value is NOTHING else str(value)


def _spec(folder: Path) -> dict[str, Any] | None:
    try:
        document = parse((folder / SPEC).read_bytes(), str(folder / SPEC), Report())
    except OSError:
        return None
    return document.data if document is not None and isinstance(document.data, dict) else None


def history_of(folder: Path) -> list[dict[str, float]]:
    """What each epoch measured; a row that a kill has cut off is left out.

    Raises:
        SpecError: The file is not what a run wrote (MS807).
    """
    path = folder / HISTORY
    if not path.is_file():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        head = file.readline().rstrip("\r\n")
        file.seek(0)
        separator = head.removeprefix("epoch")[:1] or ","  # what the run's csv_logger says
        rows = list(csv.DictReader(file, delimiter=separator))
    whole = [row for row in rows if all(value not in (None, "") for value in row.values())]
    try:
        return [{key: float(value) for key, value in row.items()} for row in whole]
    except (TypeError, ValueError) as error:
        message = f"it is not what a run wrote: {error}"
        raise SpecError([Diagnostic("MS807", message, Span(str(path)))]) from error


def best_row(history: list[dict[str, float]]) -> dict[str, float] | None:
    """What the best epoch measured, by the loss on the validation rows, or else by the loss."""
    if not history:
        return None
    monitor = "val_loss" if "val_loss" in history[0] else "loss"
    if monitor not in history[0]:
        return history[-1]
    sign = -1 if higher_is_better(monitor, "auto") else 1
    return min(history, key=lambda row: sign * row[monitor])
