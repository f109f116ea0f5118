"""Training a spec, from its data to a run directory."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from modelspec.diagnostics import SpecError, name_list
from modelspec.runner.assemble import assemble, held_whole
from modelspec.runner.checkpoint.states import newest_state
from modelspec.runner.distributed.process_group import local_device, team_on
from modelspec.runner.process.cpu_threads import threads_for
from modelspec.runner.process.determinism import deterministic
from modelspec.runner.process.elastic import job
from modelspec.runner.process.malloc import keep_freed_memory
from modelspec.runner.process.signals import Interruption
from modelspec.runner.process.time_limit import Clock
from modelspec.runner.run import directory as run_directory
from modelspec.runner.run.environment import environment
from modelspec.runner.run.errors import named_failures
from modelspec.runner.run.lock import locked
from modelspec.runner.setup.prepare import base_folder
from modelspec.torch import devices

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable

    from modelspec.language.train import TrainSettings
    from modelspec.runner.distributed.process_group import Team
    from modelspec.runner.loop.trainer import Trainer
    from modelspec.runner.setup.prepare import Prepared
    from modelspec.torch import SpecModule
    from modelspec.training.callback import Callback


@dataclass(frozen=True, slots=True)
class Options:
    """How to train, as far as it is not the spec's matter.

    Attributes:
        runs: The folder of all run directories; None leaves nothing behind.
        name: What the run is called; by default, as the spec is.
        device: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`.
        threads: Of the CPU; by default the resumed run's, or what the model is worth.
        quiet: Whether to say nothing while training.
        diagram: The spec drawn, SVG, for the run directory.
        picture: Draws the spec as a PNG, for callbacks that want it.
        callbacks: Further ones, after those of the spec.
        say: Takes what is to be told apart from progress.
    """

    runs: Path | None = Path("runs")
    name: str = ""
    device: str = "auto"
    threads: int | None = None
    quiet: bool = False
    diagram: bytes | None = None
    picture: Callable[[], bytes] | None = None
    callbacks: tuple[Callback, ...] = ()
    say: Callable[[str], object] = print


@dataclass(frozen=True, slots=True)
class Run:
    """A training that has ended, or that was interrupted.

    Attributes:
        folder: The run directory, if there is one.
        module: With the weights that the run came out with.
        history: One row an epoch: `epoch`, `loss`, ...
        resumed_after: How many of these epochs had been done before.
        stopped: Why a callback ended it before its last epoch, if one did.
        interrupted: The signal that did, if one did.
        out_of_time: Whether its time limit did.
    """

    folder: Path | None
    module: SpecModule
    history: list[dict[str, float]]
    resumed_after: int
    stopped: str | None
    interrupted: signal.Signals | None
    out_of_time: bool


def train(prepared: Prepared, options: Options) -> Run:
    """Train, and leave a run directory.

    Raises:
        DeviceError: There is no such device.
        SpecError: Another process works on the run that is to be resumed.
        TrainingError: A loss is no longer a finite number. What was saved before stays.
    """
    keep_freed_memory()
    _set_threads(prepared, options)
    device = local_device(devices.find(options.device))
    with team_on(device) as team:
        return _train(prepared, options, device, team)


def _train(prepared: Prepared, options: Options, device: torch.device, team: Team) -> Run:
    settings = prepared.settings
    if not team.first:
        options = replace(options, quiet=True, say=lambda _: None)
    _check_batch(settings, team)
    folder = prepared.resume
    if folder is None:
        folder = team.tell(_new_folder(prepared, options, device) if team.first else None)
    with locked(folder) if folder and team.first else nullcontext():
        trainer, module = assemble(prepared, options, device, folder, team)
        if prepared.resume is not None:
            _resume(trainer, prepared.resume, options)
        resumed_after = len(trainer.history)
        clock = Clock(settings.time_limit)
        with (
            Interruption() as interruption,
            deterministic(settings.deterministic),
            named_failures(settings, folder),
        ):
            ended = trainer.train(
                team.asked(lambda: interruption.received is not None or clock.is_up())
            )
    return Run(
        folder,
        held_whole(module, prepared.graph).eval(),
        trainer.history,
        resumed_after,
        trainer.position.stopped,
        interruption.received if not ended else None,
        not ended and interruption.received is None,
    )


def _check_batch(settings: TrainSettings, team: Team) -> None:
    """Refuse batches that cannot be dealt out evenly."""
    size, parts = settings.batch_size, team.size
    if size % parts:
        near = [each for each in (size - size % parts, size + parts - size % parts) if each]
        message = f"`batch_size` is {size}, which {parts} processes cannot share evenly"
        help = f"use {name_list([str(each) for each in near], last='or')}"
        raise SpecError([settings.place.at("batch_size").finding("MS206", message, help=help)])


def _resume(trainer: Trainer, folder: Path, options: Options) -> None:
    team = trainer.plan.team
    checkpoints = folder / run_directory.CHECKPOINTS
    state = newest_state(checkpoints, options.say) if team.first else None
    team.tell(None)  # the first one removes what is damaged before the others look
    if not team.first:
        state = newest_state(checkpoints, options.say)
    if state is None:
        options.say("nothing had been saved yet: the run begins anew")
        return
    trainer.load_state(state)
    position = trainer.position
    if position.epoch <= trainer.epochs and not position.stopped and not options.quiet:
        batches = f" at batch {position.batch + 1} of {trainer.batches}" if position.batch else ""
        options.say(f"going on with epoch {position.epoch}{batches}")


def _new_folder(prepared: Prepared, options: Options, device: torch.device) -> Path | None:
    if options.runs is None:
        return None
    spec = prepared.spec
    record: dict[str, Any] = {
        "name": options.name or spec.name,
        "spec": os.path.abspath(spec.document.file),
        "folder": base_folder(spec),
        "overrides": list(spec.overrides),
        "data": prepared.fingerprint,
        "job": job(),
    }
    contents = run_directory.Contents(
        spec=prepared.rendered,
        sources={document.file: document.text for document in spec.documents},
        record=record,
        environment=environment(device, sys.argv),
        preprocessing=prepared.splits.preprocessing.to_dict(),
        diagram=options.diagram,
    )
    return run_directory.create(options.runs, record["name"], contents, datetime.now())


def _set_threads(prepared: Prepared, options: Options) -> None:
    threads = options.threads
    if threads is None and prepared.resume is not None:
        recorded = run_directory.read_json(prepared.resume, run_directory.ENVIRONMENT)
        threads = recorded.get("threads")
    if threads is None:
        threads = threads_for(prepared.graph, prepared.settings.batch_size)
    if threads is not None:
        torch.set_num_threads(threads)
