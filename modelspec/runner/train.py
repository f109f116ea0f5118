"""Training a spec, from its data to a run directory."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from modelspec.runner import run_directory
from modelspec.runner.checkpoint import newest_state
from modelspec.runner.clock import Clock
from modelspec.runner.determinism import deterministic
from modelspec.runner.environment import environment
from modelspec.runner.failure import named_failures
from modelspec.runner.hooks import Hooks
from modelspec.runner.interruption import Interruption
from modelspec.runner.lock import locked
from modelspec.runner.machine import Machine, Plan
from modelspec.runner.memory import keep_freed_memory
from modelspec.runner.objective import Objective, objective_of, wanted_logits
from modelspec.runner.precision import Precision
from modelspec.runner.prepare import base_folder
from modelspec.runner.progress_bar import ProgressBar, terminal
from modelspec.runner.progress_lines import ProgressLines
from modelspec.runner.rows import rows_of
from modelspec.runner.start import multipliers_of, start_from
from modelspec.runner.threads import threads_for
from modelspec.runner.trainer import Trainer
from modelspec.torch import build, devices
from modelspec.torch.constraints import constraints_of
from modelspec.torch.optimizers import create
from modelspec.torch.passes import leave_logits, without_masks
from modelspec.torch.penalties import penalties_of
from modelspec.training.callbacks.checkpoint import Checkpoint
from modelspec.training.callbacks.csv_logger import CSVLogger

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable

    from modelspec.runner.prepare import Prepared
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
        callbacks: Further ones, after those of the spec.
        say: Takes what is to be told apart from progress.
    """

    runs: Path | None = Path("runs")
    name: str = ""
    device: str = "auto"
    threads: int | None = None
    quiet: bool = False
    diagram: bytes | None = None
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
    device = devices.find(options.device)
    folder = prepared.resume or _new_folder(prepared, options, device)
    with locked(folder) if folder else nullcontext():
        trainer, module = _trainer(prepared, options, device, folder)
        if prepared.resume is not None:
            _resume(trainer, prepared.resume, options)
        resumed_after = len(trainer.history)
        clock = Clock(prepared.settings.time_limit)
        with (
            Interruption() as interruption,
            deterministic(prepared.settings.deterministic),
            named_failures(prepared.settings, folder),
        ):
            ended = trainer.train(lambda: interruption.received is not None or clock.is_up())
    return Run(
        folder,
        module.eval(),
        trainer.history,
        resumed_after,
        trainer.position.stopped,
        interruption.received if not ended else None,
        not ended and interruption.received is None,
    )


def _trainer(
    prepared: Prepared, options: Options, device: torch.device, folder: Path | None
) -> tuple[Trainer, SpecModule]:
    settings, splits = prepared.settings, prepared.splits
    torch.manual_seed(settings.seed)
    module = build(prepared.graph, seed=settings.seed, masks=True)
    if prepared.start is not None:
        start_from(module, prepared.start, options.say)
    module.to(device)
    trained, logits = leave_logits(module, wanted_logits(prepared.graph))

    penalties = penalties_of(prepared.graph, module)

    def objective() -> Objective:
        measured = frozenset(splits.train.targets)
        weights = prepared.class_weights
        return objective_of(prepared.graph, device, weights, logits, measured, penalties)

    validation = splits.validation
    plan = Plan(
        rows=rows_of(splits.train, device),
        validation=rows_of(validation, device) if validation else None,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        seed=settings.seed,
        shuffle=settings.shuffle,
        device=device,
        folder=folder,
        validate_every=settings.validate_every,
    )
    multipliers = multipliers_of(prepared.graph, module, settings.learning_rate_multipliers)
    optimizer = create(settings.optimizer, module, multipliers)
    constraints = constraints_of(prepared.graph, module)
    precision = Precision(settings.precision, device)
    machine = Machine(trained, optimizer, objective(), objective(), constraints, precision)
    if settings.compile:
        trained.compile()
    shown = without_masks(module, list(prepared.graph.outputs))
    return Trainer(plan, machine, Hooks(_callbacks(prepared, options))), shown


def _callbacks(prepared: Prepared, options: Options) -> list[Callback]:
    """The spec's callbacks, and those that every run has; what is shown comes last."""
    settings = prepared.settings.callbacks
    found = [setting.callback.model_copy(deep=True) for setting in settings]
    found += options.callbacks
    history = CSVLogger()
    if not any(isinstance(each, CSVLogger) and each.filename == history.filename for each in found):
        found.append(history)
    if not any(isinstance(each, Checkpoint) for each in found):
        found.append(Checkpoint())
    if not options.quiet:
        found.append(ProgressBar() if terminal() else ProgressLines())
    return found


def _resume(trainer: Trainer, folder: Path, options: Options) -> None:
    state = newest_state(folder / run_directory.CHECKPOINTS, options.say)
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
