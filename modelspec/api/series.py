"""A spec trained several times: once for each fold, or with several seeds.

What `modelspec train --folds` and `--seeds` do.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.api.series_training import SeriesTraining
from modelspec.api.training import fold_overrides, print_to_stderr
from modelspec.runner.run import directory
from modelspec.runner.run.errors import SeriesError
from modelspec.runner.run.lock import locked
from modelspec.runner.run.series import Series, read_series

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelspec.api.trained_series import TrainedSeries
    from modelspec.api.training import ShowFindings
    from modelspec.diagnostics import Diagnostic
    from modelspec.diagnostics.sources import Sources
    from modelspec.runner.run.series import Kind


def train_folds(
    file: str, folds: int | None = None, *, resume: str | None = None, **settings: Any
) -> TrainedSeries:
    """Train a spec once for each fold of its rows, into run directories beside each other.

    A fold that fails, or cannot begin, leaves the others alone.

    Args:
        file: The YAML file.
        folds: How many; of a cross-validation that goes on, as many as it has.
        resume: The folder of a cross-validation to go on with, or its name for the latest.
        settings: Whatever else `prepare_training` takes; `say` and `show` are told once what
            holds for every fold.

    Raises:
        SeriesError: This cannot be trained in folds.
        SpecError: The spec or its data has errors for every fold; the folder to go on with does
            not exist, or is of another spec.
        DeviceError: There is no such device.
        SaveError: A run directory or a report cannot be written.
    """
    return train_series("fold", file, folds, resume=resume, **settings)


def train_seeds(
    file: str, seeds: int | None = None, *, resume: str | None = None, **settings: Any
) -> TrainedSeries:
    """Train a spec several times, with its own `train.seed` and those that follow it.

    All runs are trained, validated and tested on the same rows. One that fails leaves the others
    alone. Each is the run that `--set train.seed=N` trains.

    Args:
        file: The YAML file.
        seeds: How many runs; of a training that goes on, as many as it has.
        resume: The folder of such a training to go on with, or its name for the latest.
        settings: As of `train_folds`.

    Raises:
        SeriesError: This cannot be trained with several seeds.
        SpecError: As of `train_folds`.
        DeviceError: There is no such device.
        SaveError: A run directory or a report cannot be written.
    """
    return train_series("seed", file, seeds, resume=resume, **settings)


def train_series(
    kind: Kind | None,
    file: str,
    count: int | None = None,
    *,
    resume: str | None = None,
    runs_dir: str = "runs",
    name: str = "",
    fold: str = "",
    overrides: Sequence[str] = (),
    say: Callable[[str], object] = print_to_stderr,
    show: ShowFindings | None = None,
    **settings: Any,
) -> TrainedSeries:
    """Train a spec several times: `train_folds`, or `train_seeds`.

    Args:
        kind: What the runs differ in; None for what those of `resume` do.
        file: The YAML file.
        count: How many runs; None for as many as there are.
        resume: The folder to go on with, or its name for the latest.
        runs_dir: The folder of all runs.
        name: What the runs are called; by default, as the spec is.
        fold: `i/k`: every run validates on that fold; of seeds only.
        overrides: `path=value` texts, as of `--set`.
        say: Takes what is said apart from progress; standard error by default.
        show: Takes the findings, as of `prepare_training`.
        settings: Whatever else `prepare_training` takes.

    Raises:
        SeriesError: This cannot be trained as several runs.
        SpecError: As of `train_folds`.
        DeviceError: There is no such device.
        SaveError: A run directory or a report cannot be written.
    """
    runs = Path(runs_dir)
    folder = directory.find(resume, runs, series=True) if resume else None
    if folder is not None and directory.series_file(folder) is None:
        option = f"`--{kind}s`" if kind else "`--folds` or `--seeds`"
        raise SeriesError(f"`{folder}` is a run of its own; go on with it without {option}")
    known = read_series(folder) if folder else None
    kind = kind or (known.kind if known else "fold")
    _check(kind, file, fold)
    if known is not None and known.kind != kind:
        raise SeriesError(f"the runs of `{folder}` differ in their {known.kind}, not their {kind}")
    if known is not None and count not in (None, len(known.runs)):
        raise SeriesError(f"`{folder}` has {len(known.runs)} {kind}s, not {count}")
    if known is None and (count or 0) < 2:
        raise SeriesError(f"say how many {kind}s: at least 2")
    settings |= {
        "runs_dir": runs_dir,
        "name": name,
        "overrides": [*overrides, *(fold_overrides(fold) if fold else ())],
        "show": _EachOnce(show),
        "say": _once(say),
    }
    training = SeriesTraining(
        file, known or Series(kind, name, file, []), count or 0, folder, runs, settings
    )
    if folder is None:
        return training.train()
    with locked(folder):
        return training.train()


def _check(kind: Kind, file: str, fold: str) -> None:
    """Refuse what cannot be trained as several runs.

    Raises:
        SeriesError: It cannot.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        option = "--fold I/K" if kind == "fold" else "--set train.seed=N"
        raise SeriesError(
            f"the {kind}s are trained one after the other by one process; "
            f"under torchrun, train each by itself with `{option}`"
        )
    if file == "-":
        raise SeriesError(
            f"each {kind} reads the spec, and standard input is read once: name a file"
        )
    if fold and kind == "fold":
        raise SeriesError("`--fold I/K` trains one fold, and `--folds K` all of them")


def _once(say: Callable[[str], object]) -> Callable[[str], None]:
    """Says a line once, and not for each run anew."""
    said: set[str] = set()

    def say_once(text: str) -> None:
        if text not in said:
            said.add(text)
            say(text)

    return say_once


class _EachOnce:
    """Shows a finding once, and not for each run anew."""

    def __init__(self, show: ShowFindings | None) -> None:
        self._show = show
        self._seen: set[tuple[str, str]] = set()

    def __call__(self, findings: Sequence[Diagnostic], sources: Sources) -> None:
        new = [each for each in findings if (each.code, each.message) not in self._seen]
        self._seen.update((each.code, each.message) for each in new)
        if self._show:
            self._show(new, sources)
