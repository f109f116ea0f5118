"""The folds of a cross-validation: what came of each, and of all together.

`folds.json` lies in `runs/NAME/TIME/`, beside `fold-1/`, `fold-2/`, ..., each a run directory.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from math import sqrt
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from modelspec.diagnostics import Diagnostic, Span, SpecError
from modelspec.runner.run import atomic_write
from modelspec.runner.run.directory import FOLDS, read_json

if TYPE_CHECKING:
    from pathlib import Path

Status: TypeAlias = Literal["waiting", "unfinished", "failed", "done"]
VERSION = 1


@dataclass(slots=True)
class Fold:
    """One fold.

    Attributes:
        number: From 1.
        status: Whether it has been trained to its end.
        values: What its best weights measure, `val_mae` of the rows of its own, `test_mae` of the
            test rows; once it is done.
        rows: How many rows were measured, by `validation` and `test`.
        error: Why it failed.
    """

    number: int
    status: Status = "waiting"
    values: dict[str, float] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    error: str = ""

    @property
    def folder(self) -> str:
        """What its run directory is called."""
        return f"fold-{self.number}"


@dataclass(slots=True)
class CrossValidation:
    """All folds.

    Attributes:
        name: What the runs are called.
        spec: The path of the spec.
        overrides: What the command line changed in it, the fold left out.
        notes: What has to be said of the values: their units.
    """

    name: str
    spec: str
    folds: list[Fold]
    overrides: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def done(self) -> list[Fold]:
        """Those that are done."""
        return [fold for fold in self.folds if fold.status == "done"]

    def means(self) -> dict[str, float]:
        """The mean of each value over the folds that are done."""
        return {key: sum(values) / len(values) for key, values in self._values().items()}

    def deviations(self) -> dict[str, float]:
        """The standard deviation of each value, of a sample; of one fold alone there is none."""
        return {
            key: sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
            for (key, values), mean in zip(
                self._values().items(), self.means().values(), strict=True
            )
            if len(values) > 1
        }

    def as_data(self) -> dict[str, Any]:
        """The same as JSON data, with what follows from it."""
        folds = [{**asdict(fold), "folder": fold.folder} for fold in self.folds]
        return {
            "version": VERSION,
            "name": self.name,
            "spec": self.spec,
            "overrides": self.overrides,
            "notes": self.notes,
            "mean": self.means(),
            "std": self.deviations(),
            "folds": folds,
        }

    def _values(self) -> dict[str, list[float]]:
        keys = dict.fromkeys(key for fold in self.done for key in fold.values)
        return {key: [f.values[key] for f in self.done if key in f.values] for key in keys}


def write_folds(folder: Path, found: CrossValidation) -> None:
    """Replace `folds.json`."""
    text = json.dumps(found.as_data(), indent=2) + "\n"
    atomic_write.write_file(folder / FOLDS, lambda part: part.write_text(text, encoding="utf-8"))


def read_folds(folder: Path) -> CrossValidation:
    """What `folds.json` says.

    Raises:
        SpecError: It is missing, or not what a cross-validation wrote (MS807).
    """
    content = read_json(folder, FOLDS)
    try:
        folds = [
            Fold(
                int(each["number"]),
                each["status"],
                {str(key): float(value) for key, value in each["values"].items()},
                {str(key): int(value) for key, value in each["rows"].items()},
                str(each["error"]),
            )
            for each in content["folds"]
        ]
        if [each.number for each in folds] != list(range(1, len(folds) + 1)) or any(
            each.status not in get_args(Status) for each in folds
        ):
            raise ValueError("its folds are not those of a cross-validation")
        texts = ([str(each) for each in content[key]] for key in ("overrides", "notes"))
        return CrossValidation(str(content["name"]), str(content["spec"]), folds, *texts)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"it is not what a cross-validation wrote: {error}"
        raise SpecError([Diagnostic("MS807", message, Span(str(folder / FOLDS)))]) from error
