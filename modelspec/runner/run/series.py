"""Runs of one spec that differ in their fold, or in their seed: what came of each and of all.

`folds.json` or `seeds.json` lies in `runs/NAME/TIME/`, beside `fold-1/`, `fold-2/`, ... or
`seed-0/`, `seed-1/`, ..., each a run directory.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from modelspec.diagnostics import Diagnostic, Span, SpecError
from modelspec.runner.run import atomic_write
from modelspec.runner.run.directory import FOLDS, SEEDS, read_json, series_file

if TYPE_CHECKING:
    from pathlib import Path

Kind: TypeAlias = Literal["fold", "seed"]
Status: TypeAlias = Literal["waiting", "unfinished", "failed", "done"]
FILES: dict[Kind, str] = {"fold": FOLDS, "seed": SEEDS}
VERSION = 1
_KEYS: dict[Kind, str] = {"fold": "number", "seed": "seed"}
"""What that which runs differ in is called in the file."""


@dataclass(slots=True)
class SeriesRun:
    """One run of a series.

    Attributes:
        kind: What it differs from the others in.
        key: The number of its fold, from 1; or its seed.
        status: Whether it has been trained to its end.
        values: What its best weights measure once it is done: `val_mae` of its validation rows,
            `test_mae` of the test rows.
        rows: How many rows were measured, by `validation` and `test`.
        error: Why it failed.
    """

    kind: Kind
    key: int
    status: Status = "waiting"
    values: dict[str, float] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    error: str = ""

    @property
    def folder(self) -> str:
        """What its run directory is called."""
        return f"{self.kind}-{self.key}"

    @property
    def label(self) -> str:
        """What it is called: `fold 1`."""
        return f"{self.kind} {self.key}"

    def as_data(self) -> dict[str, Any]:
        """The same as JSON data."""
        names = ("status", "values", "rows", "error", "folder")
        return {_KEYS[self.kind]: self.key} | {name: getattr(self, name) for name in names}


@dataclass(slots=True)
class Series:
    """All runs.

    Attributes:
        kind: What they differ in.
        name: What the runs are called.
        spec: The path of the spec.
        runs: In order.
        overrides: What the command line changed in it, apart from what the runs differ in.
        notes: What has to be said of the values: their units.
    """

    kind: Kind
    name: str
    spec: str
    runs: list[SeriesRun]
    overrides: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def done(self) -> list[SeriesRun]:
        """Those that are done."""
        return [run for run in self.runs if run.status == "done"]

    def means(self) -> dict[str, float]:
        """The mean of each value over the runs that are done."""
        return {key: sum(values) / len(values) for key, values in self._values().items()}

    def deviations(self) -> dict[str, float]:
        """The standard deviation of each value, of a sample; of one run alone there is none."""
        return {
            key: sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
            for (key, values), mean in zip(
                self._values().items(), self.means().values(), strict=True
            )
            if len(values) > 1
        }

    def as_data(self) -> dict[str, Any]:
        """The same as JSON data, with what follows from it."""
        return {
            "version": VERSION,
            "name": self.name,
            "spec": self.spec,
            "overrides": self.overrides,
            "notes": self.notes,
            "mean": self.means(),
            "std": self.deviations(),
            f"{self.kind}s": [run.as_data() for run in self.runs],
        }

    def _values(self) -> dict[str, list[float]]:
        keys = dict.fromkeys(key for run in self.done for key in run.values)
        return {key: [r.values[key] for r in self.done if key in r.values] for key in keys}


def write_series(folder: Path, found: Series) -> None:
    """Replace `folds.json` or `seeds.json`."""
    text = json.dumps(found.as_data(), indent=2) + "\n"
    path = folder / FILES[found.kind]
    atomic_write.write_file(path, lambda part: part.write_text(text, encoding="utf-8"))


def read_series(folder: Path) -> Series:
    """What `folds.json` or `seeds.json` says.

    Raises:
        SpecError: It is missing, or not what such a training wrote (MS807).
    """
    path = series_file(folder) or folder / FOLDS
    kind: Kind = "seed" if path.name == SEEDS else "fold"
    content = read_json(folder, path.name)
    try:
        runs = [
            SeriesRun(
                kind,
                int(each[_KEYS[kind]]),
                each["status"],
                {str(key): float(value) for key, value in each["values"].items()},
                {str(key): int(value) for key, value in each["rows"].items()},
                str(each["error"]),
            )
            for each in content[f"{kind}s"]
        ]
        keys = [each.key for each in runs]
        wanted = list(range(1, len(runs) + 1)) if kind == "fold" else sorted({*keys})
        if keys != wanted or any(each.status not in get_args(Status) for each in runs):
            raise ValueError(f"its {kind}s are not those of such a training")
        texts = ([str(each) for each in content[key]] for key in ("overrides", "notes"))
        return Series(kind, str(content["name"]), str(content["spec"]), runs, *texts)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"it is not what `train --{kind}s` wrote: {error}"
        raise SpecError([Diagnostic("MS807", message, Span(str(path)))]) from error
