"""A spec trained several times: once for each fold, or with several seeds.

What `modelspec train --folds` and `--seeds` do.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from shlex import join
from typing import TYPE_CHECKING, Any

from modelspec import lint
from modelspec.api.training import fold_overrides, prepare_training, print_to_stderr
from modelspec.diagnostics import Diagnostic, Report, Span, SpecError
from modelspec.runner.run import directory
from modelspec.runner.run.errors import SeriesError, TrainingError
from modelspec.runner.run.lock import locked
from modelspec.runner.run.series import FILES, Series, SeriesRun, read_series, write_series

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Sequence

    from modelspec.api.training import ShowFindings, TrainingJob
    from modelspec.diagnostics.sources import Sources
    from modelspec.language.model import Spec
    from modelspec.runner.inference.trained_model import TrainedModel
    from modelspec.runner.run.series import Kind
    from modelspec.runner.setup.prepare import Prepared

_WEIGHTS = (directory.BEST, directory.LAST)
MOST_SEEDS = 2**32
MOST_FAILURES = 5
"""After so many runs in a row that could not begin, no other is tried."""
_DIFFER_IN: dict[Kind, str] = {"fold": "data.split.fold", "seed": "train.seed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedSeries:
    """What `train_folds` and `train_seeds` come to.

    Attributes:
        folder: The folder of all run directories.
        found: What came of each run, and of all.
        predictions: What each says of its validation rows; None where there is nothing that
            stands in a table.
        report: The path of `report.html`.
        interrupted: The signal that ended it, if one did.
        resume_command: The command line that goes on, where something is left to do.
    """

    folder: Path
    found: Series
    predictions: Path | None
    report: Path | None
    interrupted: signal.Signals | None
    resume_command: str | None

    @property
    def failed(self) -> list[SeriesRun]:
        """The runs that could not be trained to their end."""
        return [run for run in self.found.runs if run.status == "failed"]

    def lines(self) -> list[str]:
        """Where the results lie, one line each."""
        rows: list[tuple[str, object]] = [
            (f"{self.found.kind}s", self.folder),
            ("values", self.folder / FILES[self.found.kind]),
        ]
        for name, path in (("rows", self.predictions), ("report", self.report)):
            rows += [(name, path)] if path else []
        return [f"{name:<8} {value}" for name, value in rows]


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
    training = _SeriesTraining(
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


class _SeriesTraining:
    """The training of several runs, under way."""

    def __init__(
        self,
        file: str,
        found: Series,
        count: int,
        folder: Path | None,
        runs: Path,
        settings: dict[str, Any],
    ) -> None:
        self.file, self.found, self.folder, self.runs = file, found, folder, runs
        self.count = len(found.runs) or count
        self.settings = settings
        self.interrupted: signal.Signals | None = None
        self.repeated: tuple[str, ...] = ()

    def train(self) -> TrainedSeries:
        """Train what is left to be trained."""
        spec = self._examine()
        self.found.runs = self.found.runs or self._planned(spec)
        self._take_up_lost()
        error: SpecError | None = None
        failures = 0
        for run in self.found.runs:
            if run.status == "done":
                continue
            try:
                job = self._prepared(run)
            except SpecError as found:
                if any(each.code == "MS807" for each in found.diagnostics):
                    raise
                error, failures = found, failures + 1
                self._failed(run, str(found.diagnostics[0].message))
                if failures == MOST_FAILURES:
                    break
                continue
            failures = 0
            if not self._trained(run, job):
                break
        if self.folder is None:
            assert error
            raise error
        return self._ended()

    def _examine(self) -> Spec:
        """The spec, after finding what is wrong with it, which is so for every run.

        Raises:
            SpecError: It has errors.
        """
        overrides = [*self.settings["overrides"]]
        if self.found.kind == "fold":
            overrides += fold_overrides(f"1/{self.count}")
        examined = lint.examine(
            self.file,
            overrides=overrides,
            plugins=self.settings.get("plugins", ()),
            include_dirs=self.settings.get("include_dirs", ()),
            training=True,
        )
        self.settings["show"](examined.report.errors, examined.sources())
        examined.report.raise_if_failed()
        assert examined.spec
        return examined.spec

    def _planned(self, spec: Spec) -> list[SeriesRun]:
        """The runs that are to be trained: folds from 1, or seeds from the spec's own.

        Raises:
            SeriesError: The last seed would be too large.
        """
        own = spec.train.seed if spec.train else 0
        first = 1 if self.found.kind == "fold" else own
        last = first + self.count - 1
        if last >= MOST_SEEDS:
            raise SeriesError(f"the last seed would be {last}, and one is below {MOST_SEEDS}")
        return [SeriesRun(self.found.kind, first + number) for number in range(self.count)]

    def _own_overrides(self, run: SeriesRun) -> list[str]:
        """What is another in each run, as of `--set`."""
        if run.kind == "fold":
            return fold_overrides(f"{run.key}/{self.count}")
        return [f"{_DIFFER_IN[run.kind]}={run.key}"]

    def _take_up_lost(self) -> None:
        """Begin again with what was done, where its run directory is no longer whole."""
        if self.folder is None:
            return
        for run in _lost(self.folder, self.found.done):
            self.settings["say"](f"{self.folder / run.folder} is not whole: it is done again")
            run.status = "unfinished"

    def _prepared(self, run: SeriesRun) -> TrainingJob:
        """The training of a run, which goes on where it has begun."""
        path = self.folder / run.folder if self.folder else None
        begun = path is not None and (path / directory.RECORD).is_file()
        if path is not None and not begun and path.is_dir() and any(path.iterdir()):
            message = f"it is not whole: `{directory.RECORD}` is missing"
            help = f"remove the folder, and the {run.kind} is trained anew"
            raise SpecError([Diagnostic("MS807", message, Span(str(path)), help)])
        own = self._own_overrides(run)
        settings = self.settings | {"overrides": [*self.settings["overrides"], *own]}
        resume = str(path) if begun else None
        job = prepare_training(self.file, resume=resume, **settings)
        if self.folder is None:
            self.folder = self._new_folder(job.prepared)
        else:
            self._check_same(job.prepared)
        self.repeated = tuple(_without(own, job.repeated))
        return replace(job, options=replace(job.options, folder=self.folder / run.folder))

    def _new_folder(self, prepared: Prepared) -> Path:
        self.found.name = self.settings["name"] or prepared.spec.name
        self.found.spec = os.path.abspath(self.file)
        self.found.overrides = [*self.settings["overrides"]]
        return directory.create_filled(
            self.runs, self.found.name, lambda part: write_series(part, self.found), datetime.now()
        )

    def _check_same(self, prepared: Prepared) -> None:
        """Refuse to add runs of another spec.

        Raises:
            SpecError: It is another one.
        """
        from modelspec.runner.setup.prepare import FREE, report_changes, spec_changes

        assert self.folder
        free = (*(each for each in FREE if each != "train.epochs"), _DIFFER_IN[self.found.kind])
        begun = [self.folder / run.folder for run in self.found.runs]
        for path in [each for each in begun if (each / directory.RECORD).is_file()][:1]:
            report = Report()
            changes = spec_changes(prepared, path, free, report)
            help = "begin a new one without `--resume`, or undo the change"
            report_changes(changes or [], path, help, report)
            report.raise_if_failed()

    def _trained(self, run: SeriesRun, job: TrainingJob) -> bool:
        """Train a run and measure it. False where it was interrupted."""
        assert self.folder
        if not job.options.quiet:
            self.settings["say"](self._announced(run))
        run.status, run.error = "unfinished", ""
        write_series(self.folder, self.found)
        try:
            trained = job.run()
        except TrainingError as error:
            self._failed(run, str(error))
            self.settings["say"](f"{run.label} failed: {error}")
            return True
        if trained.resume_command is not None:
            self.interrupted = trained.result.interrupted
            return False
        self._measure(run, job)
        return True

    def _announced(self, run: SeriesRun) -> str:
        """`fold 2 of 5`; `seed 7, 2 of 5`."""
        if run.kind == "fold":
            return f"{run.label} of {self.count}"
        return f"{run.label}, {self.found.runs.index(run) + 1} of {self.count}"

    def _measure(self, run: SeriesRun, job: TrainingJob) -> None:
        from modelspec.runner.inference.held_out import measure_held_out

        assert self.folder
        trained = _model(job.prepared, self.folder / run.folder)
        measured = measure_held_out(trained, job.prepared.splits, job.options.device)
        run.values, run.rows, run.status = measured.values, measured.rows, "done"
        several = len(job.prepared.graph.outputs) > 1
        self.found.notes = [
            f"{name}: {note}" if several else note for name, note in measured.notes.items()
        ]
        if not measured.values:
            self.found.notes = ["no row was held out: nothing is measured"]
        write_series(self.folder, self.found)

    def _failed(self, run: SeriesRun, error: str) -> None:
        run.status, run.error = "failed", error
        if self.folder is not None:
            write_series(self.folder, self.found)

    def _ended(self) -> TrainedSeries:
        from modelspec.runner.inference.held_out import join_predictions
        from modelspec.runner.reporting.series import report_series

        assert self.folder
        write_series(self.folder, self.found)
        runs = [(run.key, self.folder / run.folder) for run in self.found.done]
        predictions = join_predictions(self.folder, self.found.kind, runs) if runs else None
        left = len(self.found.done) < self.count
        words = ["modelspec", "train", self.file, "--resume", str(self.folder), *self.repeated]
        return TrainedSeries(
            folder=self.folder,
            found=self.found,
            predictions=predictions,
            report=report_series(self.folder, self.found) if runs else None,
            interrupted=self.interrupted,
            resume_command=join(words) if left else None,
        )


def _lost(folder: Path, done: Sequence[SeriesRun]) -> list[SeriesRun]:
    """The runs whose weights are gone, or what they say of their validation rows."""
    from modelspec.runner.inference.held_out import PART, read_predictions

    folders = {run.key: folder / run.folder for run in done}
    readable = {key: read_predictions(path) is not None for key, path in folders.items()}
    expected = any(readable.values())  # rows of very many columns are kept of no run
    found = []
    for run in done:
        path = folders[run.key]
        weights = any(directory.weights_file(path, each).is_file() for each in _WEIGHTS)
        said = readable[run.key] or not (expected or (path / PART).exists())
        if not (weights and said and (path / directory.RECORD).is_file()):
            found.append(run)
    return found


def _model(prepared: Prepared, folder: Path) -> TrainedModel:
    from modelspec.runner.inference.trained_model import (
        TrainedModel,
        run_preprocessing,
        run_weights,
    )
    from modelspec.runner.setup.prepare import base_folder

    return TrainedModel(
        prepared.spec,
        prepared.graph,
        run_preprocessing(folder),  # with the thresholds that were chosen
        run_weights(folder),
        base_folder(prepared.spec),
        folder,
    )


def _without(own: Sequence[str], words: Sequence[str]) -> list[str]:
    """The options that a resume repeats, but those that say which run it is."""
    found: list[str] = []
    for option, value in zip(words[::2], words[1::2], strict=True):
        if option != "--set" or value not in own:
            found += [option, value]
    return found
