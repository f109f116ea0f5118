"""Training a job into its run directory, so that it says what a training by itself would."""

from __future__ import annotations

import gc
import io
import time
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

import torch

from modelspec import lint
from modelspec.diagnostics import Report, SpecError
from modelspec.language.library import BlockFiles
from modelspec.runner import train as runner
from modelspec.runner.inference.choose_thresholds import keep_best_thresholds
from modelspec.runner.input.cell_lines import cell_lines
from modelspec.runner.process.cpu_threads import threads_for
from modelspec.runner.run.directory import RECORD
from modelspec.runner.run.lock import locked
from modelspec.runner.run.options import TrainOptions
from modelspec.runner.run.value_notes import value_notes
from modelspec.runner.setup.prepare import prepare
from modelspec.source import load, parse
from modelspec.training.callbacks.checkpoint import Checkpoint
from modelspec.tuning.data_state import check_unchanged
from modelspec.tuning.jobs import JobDone
from modelspec.tuning.workers.data_cache import DataCache
from modelspec.tuning.workers.endings import reason, write_log, write_output
from modelspec.tuning.workers.prune import Prune

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.lint import Examined
    from modelspec.runner.run.result import RunResult
    from modelspec.runner.setup.prepare import Prepared
    from modelspec.training.callback import Callback
    from modelspec.tuning.jobs import Job
    from modelspec.tuning.record import Status
    from modelspec.tuning.workers.launch import Place
    from modelspec.tuning.workers.parent import Parent

OUTPUT = "output.log"
"""In a run directory: what the training has printed, if it has."""


PATIENCE = 20.0
"""Seconds for which a run directory may still be held by a worker whose parent was killed."""


class JobTrainer:
    """Trains one job after the other, none of which leaves anything behind for the next.

    Args:
        place: Where it computes.
        parent: Is asked and told.
    """

    def __init__(self, place: Place, parent: Parent) -> None:
        self._place = place
        self._parent = parent
        self._cache = DataCache()

    def train(self, job: Job) -> JobDone:
        """Train a job to an end: to its own, or one that its answer to a wish says."""
        started, cpu = time.monotonic(), time.process_time()
        prune = Prune(lambda row: self._parent.ask(job.number, row))
        printed = io.StringIO()
        status: Status
        try:
            job.folder.mkdir(parents=True, exist_ok=True)
            _wait_for(job.folder)
            with redirect_stdout(printed), redirect_stderr(printed):
                status, why = self._train(job, prune)
        except Exception as error:
            status, why = "failed", reason(error)
            write_log(job, error)
        write_output(job.folder, OUTPUT, printed.getvalue())
        gc.collect()
        return JobDone(
            job.number,
            status,
            why,
            prune.history,
            time.monotonic() - started,
            time.process_time() - cpu,
        )

    def _train(self, job: Job, prune: Prune) -> tuple[Status, str]:
        prepared = self._prepared(job)
        if self._parent.received is not None:
            return "running", ""
        options = TrainOptions(
            folder=job.folder,
            device=self._device(job),
            threads=self._threads(job, prepared),
            quiet=True,
            callbacks=(prune, *_checkpoint(job, prepared)),
            interruption=self._parent,
            final_state=False,
            say=self._parent.say,
        )
        try:
            result = runner.train(prepared, options)
        finally:
            if prepared.settings.compile is True:
                torch._dynamo.reset()  # its limit of compiled variants is one for all modules
        if result.interrupted is None:
            keep_best_thresholds(prepared, result, options.device)
        return _ending(result, prune, prepared)

    def _prepared(self, job: Job) -> Prepared:
        """All that a training needs.

        Raises:
            SpecError: The spec or its data has errors.
        """
        examined = _examined(job)
        examined.report.raise_if_failed()
        assert examined.spec
        assert examined.graph
        resume = job.folder if (job.folder / RECORD).is_file() else None
        report = Report()
        prepared = prepare(
            examined.spec, examined.graph, report, resume=resume, load=self._cache.load
        )
        report.raise_if_failed()
        assert prepared
        check_unchanged(job.data)
        for finding in report:
            self._parent.say(f"{finding.code}: {finding.message}")
        for line in cell_lines(prepared.splits):
            self._parent.say(line)
        preprocessing = prepared.splits.preprocessing
        for name, note in value_notes(prepared.graph, preprocessing, as_begun=False).items():
            self._parent.say(f"`{name}`: {note}" if len(prepared.graph.outputs) > 1 else note)
        return prepared

    def _device(self, job: Job) -> str:
        """Where to compute: of several GPUs, each worker has its own."""
        device = self._place.device if job.device == "auto" else job.device
        if device != "auto" or not torch.cuda.is_available():
            return device
        count = torch.cuda.device_count()
        return f"cuda:{self._place.index % count}" if count > 1 else "cuda"

    def _threads(self, job: Job, prepared: Prepared) -> int:
        if job.threads is not None:
            return job.threads
        most = self._place.threads
        return min(threads_for(prepared.graph, prepared.settings.batch_size) or most, most)


def _examined(job: Job) -> Examined:
    """The spec as it was when the study began, linted with the values of a job.

    Raises:
        OSError: A file of it cannot be read.
    """
    files = BlockFiles()
    for path, text in job.texts.items():
        found = Report()
        files[path] = parse(text, path, found), found
    found = Report()
    if job.file in files:
        document, found = files.pop(job.file)
    else:
        document = load(job.file, found)
    found.raise_if_failed()
    assert document is not None
    return lint.examine_document(
        document,
        found,
        overrides=job.overrides,
        plugins=job.plugins,
        include_dirs=job.include_dirs,
        training=True,
        files=files,
    )


def _wait_for(folder: Path) -> None:
    """Wait until nobody else works on a run.

    Raises:
        SpecError: Somebody goes on doing so (MS807).
    """
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with locked(folder):
                return
        except SpecError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def _checkpoint(job: Job, prepared: Prepared) -> list[Callback]:
    """What keeps the weights that are best by the study's objective, unless the spec says it."""
    written = (setting.callback for setting in prepared.settings.callbacks)
    if any(isinstance(each, Checkpoint) for each in written):
        return []
    return [Checkpoint(monitor=job.monitor)]


def _ending(result: RunResult, prune: Prune, prepared: Prepared) -> tuple[Status, str]:
    if result.interrupted is not None:
        return "running", ""
    if prune.why is not None:
        return "pruned", prune.why
    if not result.out_of_time:
        return "complete", result.stopped or ""
    epochs, limit = len(result.history), prepared.settings.time_limit
    if not epochs:
        return "failed", f"no epoch had ended when its time limit of {limit:g} s was reached"
    return "complete", f"its time limit of {limit:g} s was reached after {epochs} epochs"
