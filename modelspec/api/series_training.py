"""The runs of a spec that is trained several times, one after the other."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from shlex import join
from typing import TYPE_CHECKING, Any

from modelspec import lint
from modelspec.api.trained_series import TrainedSeries
from modelspec.api.training import fold_overrides, prepare_training
from modelspec.diagnostics import Diagnostic, Report, Span, SpecError
from modelspec.runner.run import directory
from modelspec.runner.run.errors import SeriesError, TrainingError
from modelspec.runner.run.series import SeriesRun, write_series

if TYPE_CHECKING:
    import signal
    from collections.abc import Sequence
    from pathlib import Path

    from modelspec.api.training import TrainingJob
    from modelspec.language.model import Spec
    from modelspec.runner.inference.trained_model import TrainedModel
    from modelspec.runner.run.series import Kind, Series
    from modelspec.runner.setup.prepare import Prepared

_WEIGHTS = (directory.BEST, directory.LAST)
MOST_SEEDS = 2**32
MOST_FAILURES = 5
"""After so many runs in a row that could not begin, no other is tried."""
_DIFFER_IN: dict[Kind, str] = {"fold": "data.split.fold", "seed": "train.seed"}


class SeriesTraining:
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
