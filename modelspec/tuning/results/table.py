"""`trials.csv`: all trials of a study, one a row."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from modelspec.runner.run import atomic_write
from modelspec.tuning.record import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelspec.tuning.record import Trial
    from modelspec.tuning.results.study_results import StudyResults


def write_table(results: StudyResults) -> Path:
    """Write `trials.csv` into the directory of a study, whole or not at all; its path.

    A cell is empty where a trial has no such value: an objective that was not measured, a path
    that hangs on a choice that was not taken. Values that are no number and no text are JSON.

    Raises:
        OSError: It cannot be written.
    """
    path = results.folder / TABLE
    rows = list(_rows(results))

    def write(part: Path) -> None:
        with open(part, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, _head(results), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    atomic_write.write_file(path, write, durable=False)
    return path


def _head(results: StudyResults) -> list[str]:
    """The names of the columns, each once: `parameters` may be an objective."""
    paths = [each.path for each in results.columns]
    others = ["parameters", "flops", "epochs", "seconds", "seed", "why"]
    return list(dict.fromkeys(["number", "status", *results.study.objective, *paths, *others]))


def _rows(results: StudyResults) -> Iterator[dict[str, str]]:
    for trial in results.trials:
        yield {name: _text(value) for name, value in _cells(trial, results.study.objective)}


def _cells(trial: Trial, objectives: list[str]) -> Iterator[tuple[str, Any]]:
    yield from trial.values.items()
    for name in ("number", "status", "parameters", "epochs", "seconds", "seed", "why"):
        yield name, getattr(trial, name)
    if trial.flops is not None:
        yield "flops", trial.flops
    for name in objectives:
        if name in trial.objectives:
            yield name, trial.objectives[name]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
