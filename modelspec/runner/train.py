"""Training a spec, from its data to a run directory."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import torch

from modelspec.diagnostics import Diagnostic, Span, SpecError, name_list
from modelspec.runner.assemble import assemble, gathered_module
from modelspec.runner.checkpoint.safetensors_file import DamagedFileError
from modelspec.runner.checkpoint.states import newest_state
from modelspec.runner.distributed.process_group import (
    local_device,
    lost_connection,
    process_group,
)
from modelspec.runner.input.cell_lines import cell_lines
from modelspec.runner.loop.compile_gain import compile_gain
from modelspec.runner.process.cpu_threads import threads_for
from modelspec.runner.process.determinism import deterministic
from modelspec.runner.process.elastic import launch_id
from modelspec.runner.process.environment import environment
from modelspec.runner.process.malloc import keep_freed_memory
from modelspec.runner.process.signals import StopSignals
from modelspec.runner.process.time_limit import TimeLimit
from modelspec.runner.run import directory as run_directory
from modelspec.runner.run import metric_units
from modelspec.runner.run.data_fingerprint import cells
from modelspec.runner.run.errors import named_failures
from modelspec.runner.run.lock import locked
from modelspec.runner.run.metric_units import AS_BEGUN, units_notes
from modelspec.runner.run.result import RunResult
from modelspec.runner.run.value_notes import value_notes
from modelspec.runner.setup.memory_check import memory_warning
from modelspec.runner.setup.prepare import base_folder
from modelspec.torch import devices

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from modelspec.language.train import TrainSettings
    from modelspec.runner.distributed.process_group import ProcessGroup
    from modelspec.runner.loop.trainer import Trainer
    from modelspec.runner.run.options import Interruption, TrainOptions
    from modelspec.runner.setup.prepare import Prepared


def train(prepared: Prepared, options: TrainOptions) -> RunResult:
    """Train, and leave a run directory.

    Raises:
        DeviceError: There is no such device.
        SpecError: Another process works on the run that is to be resumed.
        TrainingError: A loss is no longer a finite number. What was saved before stays.
    """
    keep_freed_memory()
    _set_threads(prepared, options)
    device = local_device(devices.find(options.device))
    with process_group(device) as group:
        return _train(prepared, options, device, group)


def _train(
    prepared: Prepared, options: TrainOptions, device: torch.device, group: ProcessGroup
) -> RunResult:
    settings = prepared.settings
    if not group.is_main:
        options = replace(options, quiet=True, say=lambda _: None)
    for line in () if options.quiet else cell_lines(prepared.splits):
        options.say(line)
    _check_batch(settings, group)
    folder = prepared.resume
    if folder is None:
        folder = group.broadcast(_new_folder(prepared, options, device) if group.is_main else None)
    _say_units(prepared, options)
    free = devices.free_memory(device)
    if group.is_main and (found := memory_warning(prepared, group.size, free)):
        options.say(found)
    with locked(folder) if folder and group.is_main else nullcontext():
        trainer, module = assemble(prepared, options, device, folder, group)
        if prepared.resume is not None:
            _resume(trainer, prepared.resume, options)
        resumed_after = len(trainer.history)
        clock = TimeLimit(settings.time_limit)
        with (
            _interruption(options) as interruption,
            deterministic(settings.deterministic),
            named_failures(settings, folder),
        ):
            if _compiles_passes(trainer, settings) and group.size == 1 and not options.quiet:
                _say_compile_gain(trainer, options)
            ended = trainer.train(
                group.poll(lambda: interruption.received is not None or clock.is_over())
            )
    return RunResult(
        folder,
        gathered_module(module, prepared.graph).eval(),
        trainer.history,
        resumed_after,
        trainer.progress.stopped,
        interruption.received if not ended else None,
        not ended and interruption.received is None,
    )


def _compiles_passes(trainer: Trainer, settings: TrainSettings) -> bool:
    """Whether forward and backward pass alone are compiled."""
    return settings.compile is True and trainer.compiler is None


def _say_compile_gain(trainer: Trainer, options: TrainOptions) -> None:
    """Say what compiling gains on this machine, where there is something left to train."""
    left = trainer.batches_left
    if left > 0 and not trainer.progress.stopped:
        options.say(compile_gain(trainer.train_state, trainer.plan).told(left))


def _interruption(options: TrainOptions) -> AbstractContextManager[Interruption]:
    return nullcontext(options.interruption) if options.interruption else StopSignals()


def _check_batch(settings: TrainSettings, group: ProcessGroup) -> None:
    """Refuse batches that cannot be dealt out evenly."""
    size, parts = settings.batch_size, group.size
    if size % parts:
        near = [each for each in (size - size % parts, size + parts - size % parts) if each]
        message = f"`batch_size` is {size}, which {parts} processes cannot share evenly"
        help = f"use {name_list([str(each) for each in near], last='or')}"
        raise SpecError([settings.place.at("batch_size").finding("MS206", message, help=help)])


def _say_units(prepared: Prepared, options: TrainOptions) -> None:
    """Say once, before numbers are shown, in which units they are, and what counts as a yes."""
    graph, preprocessing = prepared.graph, prepared.splits.preprocessing
    as_begun = not prepared.in_data_units
    if as_begun and units_notes(graph, preprocessing):
        options.say(AS_BEGUN)
    if options.quiet:
        return
    for name, note in value_notes(graph, preprocessing, as_begun=as_begun).items():
        options.say(f"`{name}`: {note}" if len(graph.outputs) > 1 else note)


def _resume(trainer: Trainer, folder: Path, options: TrainOptions) -> None:
    group = trainer.plan.group
    checkpoints = folder / run_directory.CHECKPOINTS
    state = newest_state(checkpoints, options.say) if group.is_main else None
    group.broadcast(None)  # the first one removes what is damaged before the others look
    if not group.is_main:
        state = newest_state(checkpoints, options.say)
    if state is None:
        options.say("nothing had been saved yet: the run begins anew")
        return
    try:
        trainer.load_state(state)
    except (DamagedFileError, LookupError, TypeError, ValueError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and lost_connection(error):
            raise
        message = f"the newest state is not one of this run: {error}"
        help = "begin a new run; `train.weights` can name weights to begin with"
        raise SpecError([Diagnostic("MS807", message, Span(str(checkpoints)), help)]) from error
    progress = trainer.progress
    if progress.epoch <= trainer.epochs and not progress.stopped and not options.quiet:
        batches = f" at batch {progress.batch + 1} of {trainer.batches}" if progress.batch else ""
        options.say(f"going on with epoch {progress.epoch}{batches}")


def _new_folder(prepared: Prepared, options: TrainOptions, device: torch.device) -> Path | None:
    if options.runs is None:
        return None
    spec = prepared.spec
    record: dict[str, Any] = {
        "name": options.name or spec.name,
        "spec": os.path.abspath(spec.document.file),
        "folder": base_folder(spec),
        "overrides": list(spec.overrides),
        "data": prepared.fingerprint | cells(prepared.splits),
        "job": launch_id(),
        metric_units.KEY: metric_units.DATA_UNITS,
    }
    contents = run_directory.Contents(
        spec=prepared.rendered,
        sources={document.file: document.text for document in spec.documents},
        record=record,
        environment=environment(device, sys.argv),
        preprocessing=prepared.splits.preprocessing.to_dict(),
        diagram=options.diagram,
    )
    if options.folder is not None:
        return run_directory.create_at(options.folder, contents)
    return run_directory.create(options.runs, record["name"], contents, datetime.now())


def _set_threads(prepared: Prepared, options: TrainOptions) -> None:
    threads = options.threads
    if threads is None and prepared.resume is not None:
        recorded = run_directory.read_json(prepared.resume, run_directory.ENVIRONMENT)
        threads = recorded.get("threads")
    if threads is None:
        threads = threads_for(prepared.graph, prepared.settings.batch_size)
    if threads is not None:
        torch.set_num_threads(threads)
