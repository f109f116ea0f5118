"""Cross-validation: a spec trained once for each fold. What `modelspec train --folds` does."""

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
from modelspec.runner.run.errors import FoldsError, TrainingError
from modelspec.runner.run.folds import CrossValidation, Fold, read_folds, write_folds
from modelspec.runner.run.lock import locked

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Sequence

    from modelspec.api.training import ShowFindings, TrainingJob
    from modelspec.diagnostics.sources import Sources
    from modelspec.runner.inference.trained_model import TrainedModel
    from modelspec.runner.setup.prepare import Prepared

_WEIGHTS = (directory.BEST, directory.LAST)
MOST_FAILURES = 5
"""After so many folds in a row that could not begin, no other is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedFolds:
    """What `train_folds` comes to.

    Attributes:
        folder: The folder of all folds' run directories.
        found: What came of each fold, and of all.
        predictions: What each fold says of the rows that it did not see; None where there is
            nothing that stands in a table.
        report: The path of `report.html`.
        interrupted: The signal that ended it, if one did.
        resume_command: The command line that goes on, where something is left to do.
    """

    folder: Path
    found: CrossValidation
    predictions: Path | None
    report: Path | None
    interrupted: signal.Signals | None
    resume_command: str | None

    @property
    def failed(self) -> list[Fold]:
        """The folds that could not be trained to their end."""
        return [fold for fold in self.found.folds if fold.status == "failed"]

    def lines(self) -> list[str]:
        """Where the results lie, one line each."""
        rows: list[tuple[str, object]] = [
            ("folds", self.folder),
            ("values", self.folder / directory.FOLDS),
        ]
        for name, path in (("rows", self.predictions), ("report", self.report)):
            rows += [(name, path)] if path else []
        return [f"{name:<8} {value}" for name, value in rows]


def train_folds(
    file: str,
    folds: int | None = None,
    *,
    resume: str | None = None,
    runs_dir: str = "runs",
    name: str = "",
    say: Callable[[str], object] = print_to_stderr,
    show: ShowFindings | None = None,
    **settings: Any,
) -> TrainedFolds:
    """Train a spec once for each fold of its rows, into run directories beside each other.

    A fold that fails, or cannot begin, leaves the others alone.

    Args:
        file: The YAML file.
        folds: How many; of a cross-validation that goes on, as many as it has.
        resume: The folder of a cross-validation to go on with, or its name for the latest.
        runs_dir: The folder of all runs.
        name: What the runs are called; by default, as the spec is.
        say: Takes what is said apart from progress; standard error by default.
        show: Takes the findings, as of `prepare_training`.
        settings: Whatever else `prepare_training` takes.

    Raises:
        FoldsError: This cannot be trained in folds.
        SpecError: The spec or its data has errors for every fold; the folder to go on with does
            not exist, or is of another spec.
        DeviceError: There is no such device.
        SaveError: A run directory or a report cannot be written.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise FoldsError(
            "the folds are trained one after the other by one process; "
            "under torchrun, train each by itself with `--fold I/K`"
        )
    if file == "-":
        raise FoldsError("each fold reads the spec, and standard input is read once: name a file")
    runs = Path(runs_dir)
    folder = directory.find(resume, runs, folds=True) if resume else None
    if folder is not None and not (folder / directory.FOLDS).is_file():
        raise FoldsError(f"`{folder}` is a run of its own; go on with it without `--folds`")
    known = read_folds(folder) if folder else None
    if known is not None and folds not in (None, len(known.folds)):
        raise FoldsError(f"`{folder}` has {len(known.folds)} folds, not {folds}")
    assert known or folds
    shown = _EachOnce(show)
    settings |= {"runs_dir": runs_dir, "name": name, "show": shown, "say": _once(say)}
    training = _Folds(
        file,
        known or CrossValidation(name, file, [Fold(n + 1) for n in range(folds or 0)]),
        folder,
        runs,
        settings,
    )
    if folder is None:
        return training.train()
    with locked(folder):
        return training.train()


def _once(say: Callable[[str], object]) -> Callable[[str], None]:
    """Says a line once, and not for each fold anew."""
    said: set[str] = set()

    def say_once(text: str) -> None:
        if text not in said:
            said.add(text)
            say(text)

    return say_once


class _EachOnce:
    """Shows a finding once, and not for each fold anew."""

    def __init__(self, show: ShowFindings | None) -> None:
        self._show = show
        self._seen: set[tuple[str, str]] = set()

    def __call__(self, findings: Sequence[Diagnostic], sources: Sources) -> None:
        new = [each for each in findings if (each.code, each.message) not in self._seen]
        self._seen.update((each.code, each.message) for each in new)
        if self._show:
            self._show(new, sources)


class _Folds:
    """A cross-validation under way."""

    def __init__(
        self,
        file: str,
        found: CrossValidation,
        folder: Path | None,
        runs: Path,
        settings: dict[str, Any],
    ) -> None:
        self.file, self.found, self.folder, self.runs = file, found, folder, runs
        self.settings = settings
        self.interrupted: signal.Signals | None = None
        self.repeated: tuple[str, ...] = ()

    def train(self) -> TrainedFolds:
        """Train what is left to be trained."""
        self._examine()
        self._take_up_lost()
        error: SpecError | None = None
        failures = 0
        for fold in self.found.folds:
            if fold.status == "done":
                continue
            try:
                job = self._prepared(fold)
            except SpecError as found:
                if any(each.code == "MS807" for each in found.diagnostics):
                    raise
                error, failures = found, failures + 1
                self._failed(fold, str(found.diagnostics[0].message))
                if failures == MOST_FAILURES:
                    break
                continue
            failures = 0
            if not self._trained(fold, job):
                break
        if self.folder is None:
            assert error
            raise error
        return self._ended()

    def _examine(self) -> None:
        """Find what is wrong with the spec, which is so for every fold.

        Raises:
            SpecError: It has errors.
        """
        overrides = [*self.settings.get("overrides", ()), *fold_overrides(f"1/{self._count}")]
        examined = lint.examine(
            self.file,
            overrides=overrides,
            plugins=self.settings.get("plugins", ()),
            include_dirs=self.settings.get("include_dirs", ()),
            training=True,
        )
        self.settings["show"](examined.report.errors, examined.sources())
        examined.report.raise_if_failed()

    def _take_up_lost(self) -> None:
        """Begin again with what was done, where its run directory is no longer whole."""
        if self.folder is None:
            return
        for fold in _lost(self.folder, self.found.done):
            self.settings["say"](f"{self.folder / fold.folder} is not whole: it is done again")
            fold.status = "unfinished"

    @property
    def _count(self) -> int:
        return len(self.found.folds)

    def _prepared(self, fold: Fold) -> TrainingJob:
        """The training of a fold, which goes on where it has begun."""
        path = self.folder / fold.folder if self.folder else None
        begun = path is not None and (path / directory.RECORD).is_file()
        if path is not None and not begun and path.is_dir() and any(path.iterdir()):
            message = f"it is not whole: `{directory.RECORD}` is missing"
            help = "remove the folder, and the fold is trained anew"
            raise SpecError([Diagnostic("MS807", message, Span(str(path)), help)])
        number = f"{fold.number}/{self._count}"
        resume = str(path) if begun else None
        job = prepare_training(self.file, fold=number, resume=resume, **self.settings)
        if self.folder is None:
            self.folder = self._new_folder(job.prepared)
        else:
            self._check_same(job.prepared)
        self.repeated = tuple(_without_fold(job.repeated))
        return replace(job, options=replace(job.options, folder=self.folder / fold.folder))

    def _new_folder(self, prepared: Prepared) -> Path:
        self.found.name = self.settings["name"] or prepared.spec.name
        self.found.spec = os.path.abspath(self.file)
        self.found.overrides = list(self.settings.get("overrides", ()))
        return directory.create_filled(
            self.runs, self.found.name, lambda part: write_folds(part, self.found), datetime.now()
        )

    def _check_same(self, prepared: Prepared) -> None:
        """Refuse to add folds of another spec.

        Raises:
            SpecError: It is another one.
        """
        from modelspec.runner.setup.prepare import FREE, report_changes, spec_changes

        assert self.folder
        free = (*(each for each in FREE if each != "train.epochs"), "data.split.fold")
        begun = [self.folder / fold.folder for fold in self.found.folds]
        for run in [each for each in begun if (each / directory.RECORD).is_file()][:1]:
            report = Report()
            changes = spec_changes(prepared, run, free, report)
            help = "begin a new one without `--resume`, or undo the change"
            report_changes(changes or [], run, help, report)
            report.raise_if_failed()

    def _trained(self, fold: Fold, job: TrainingJob) -> bool:
        """Train a fold and measure it. False where it was interrupted."""
        assert self.folder
        if not job.options.quiet:
            self.settings["say"](f"fold {fold.number} of {self._count}")
        fold.status, fold.error = "unfinished", ""
        write_folds(self.folder, self.found)
        try:
            run = job.run()
        except TrainingError as error:
            self._failed(fold, str(error))
            self.settings["say"](f"fold {fold.number} failed: {error}")
            return True
        if run.resume_command is not None:
            self.interrupted = run.result.interrupted
            return False
        self._measure(fold, job)
        return True

    def _measure(self, fold: Fold, job: TrainingJob) -> None:
        from modelspec.runner.inference.held_out import measure_held_out

        assert self.folder
        trained = _model(job.prepared, self.folder / fold.folder)
        measured = measure_held_out(trained, job.prepared.splits, job.options.device)
        fold.values, fold.rows, fold.status = measured.values, measured.rows, "done"
        several = len(job.prepared.graph.outputs) > 1
        self.found.notes = [
            f"{name}: {note}" if several else note for name, note in measured.notes.items()
        ]
        write_folds(self.folder, self.found)

    def _failed(self, fold: Fold, error: str) -> None:
        fold.status, fold.error = "failed", error
        if self.folder is not None:
            write_folds(self.folder, self.found)

    def _ended(self) -> TrainedFolds:
        from modelspec.runner.inference.held_out import join_predictions
        from modelspec.runner.reporting.folds import report_folds

        assert self.folder
        write_folds(self.folder, self.found)
        runs = [(fold.number, self.folder / fold.folder) for fold in self.found.done]
        predictions = join_predictions(self.folder, runs) if runs else None
        left = len(self.found.done) < self._count
        words = ["modelspec", "train", self.file, "--resume", str(self.folder), *self.repeated]
        return TrainedFolds(
            folder=self.folder,
            found=self.found,
            predictions=predictions,
            report=report_folds(self.folder, self.found) if runs else None,
            interrupted=self.interrupted,
            resume_command=join(words) if left else None,
        )


def _lost(folder: Path, done: Sequence[Fold]) -> list[Fold]:
    """The folds whose weights are gone, or what they say of the rows that they have not seen."""
    from modelspec.runner.inference.held_out import PART, read_predictions

    runs = {fold.number: folder / fold.folder for fold in done}
    readable = {number: read_predictions(run) is not None for number, run in runs.items()}
    expected = any(readable.values())  # rows of very many columns are kept of no fold
    found = []
    for fold in done:
        run = runs[fold.number]
        weights = any(directory.weights_file(run, each).is_file() for each in _WEIGHTS)
        said = readable[fold.number] or not (expected or (run / PART).exists())
        if not (weights and said and (run / directory.RECORD).is_file()):
            found.append(fold)
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


def _without_fold(words: Sequence[str]) -> list[str]:
    """The options that a resume repeats, but those that say which fold it is."""
    found: list[str] = []
    for option, value in zip(words[::2], words[1::2], strict=True):
        if option != "--set" or value.partition("=")[0] not in (
            "data.split.fold",
            "data.split.validation",
        ):
            found += [option, value]
    return found
