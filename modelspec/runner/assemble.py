"""Assembling a training: module, optimizer, objective, batches and callbacks."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING

import torch

from modelspec.runner.checkpoint.rng_state import seed_process
from modelspec.runner.input.batches import batch_source
from modelspec.runner.loop.callback_list import CallbackList
from modelspec.runner.loop.initial_weights import (
    learning_rate_multipliers,
    load_initial_weights,
    note_initial_weights,
)
from modelspec.runner.loop.inspection import Inspection
from modelspec.runner.loop.objective import (
    Objective,
    class_targets,
    objective_of,
    wanted_logits,
)
from modelspec.runner.loop.precision import Precision
from modelspec.runner.loop.strategies import apply_fsdp, check_fsdp, wrap_ddp
from modelspec.runner.loop.train_state import TrainPlan, TrainState
from modelspec.runner.loop.trainer import Trainer
from modelspec.runner.loop.units import data_units
from modelspec.runner.progress.bar import ProgressBar, terminal
from modelspec.runner.progress.lines import ProgressLines
from modelspec.runner.progress.notebook import NotebookProgress, in_notebook
from modelspec.torch import build, switches
from modelspec.torch.constraints import constraints_of
from modelspec.torch.optimizers import create, twin_of
from modelspec.torch.passes import leave_logits, pool_first, without_masks
from modelspec.torch.passes.direct import direct_forward
from modelspec.torch.regularization import regularization_losses
from modelspec.torch.sharding import has_shards, whole_weights
from modelspec.training.callbacks.checkpoint import Checkpoint
from modelspec.training.callbacks.csv_logger import CSVLogger
from modelspec.training.callbacks.ema import EMA

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from modelspec.graph.graph import Graph
    from modelspec.runner.distributed.process_group import ProcessGroup
    from modelspec.runner.loop.step_compiler import StepCompiler
    from modelspec.runner.run.options import TrainOptions
    from modelspec.runner.setup.prepare import Prepared
    from modelspec.torch import SpecModule
    from modelspec.training.callback import Callback
    from modelspec.training.optimizers import Optimizer


def assemble(
    prepared: Prepared,
    options: TrainOptions,
    device: torch.device,
    folder: Path | None,
    group: ProcessGroup,
) -> tuple[Trainer, SpecModule]:
    """The trainer, and the module that is trained, which shares its weights.

    Args:
        prepared: With all that was read.
        options: Which callbacks there are besides, and what is said.
        device: Where to compute.
        folder: The run directory, if there is one.
        group: The processes that train together.
    """
    settings, graph = prepared.settings, prepared.graph
    torch.manual_seed(settings.seed)
    module = build(graph, seed=settings.seed, masks=True)
    for weights in prepared.start:
        load_initial_weights(module, weights, graph, options.say)
    if folder is not None and prepared.resume is None and group.is_main:
        note_initial_weights(folder, module, prepared.start)
    module.to(device)
    trained, logits = leave_logits(module, wanted_logits(graph))
    regularization = regularization_losses(graph, module)
    measured = frozenset(prepared.splits.train.targets)
    features = prepared.splits.preprocessing.features if prepared.in_data_units else {}
    units = data_units(features, measured, device)
    thresholds = prepared.splits.preprocessing.thresholds

    def objective(group: ProcessGroup | None = None) -> Objective:
        weights = prepared.class_weights
        return objective_of(
            graph, device, weights, logits, measured, regularization, group, units, thresholds
        )

    wanted = objective(group)
    plan = _plan(prepared, options, device, folder, group, class_targets(graph, wanted))
    constraints = constraints_of(graph, module)
    if shares_out := group.size > 1 and settings.strategy == "fsdp":
        held = bool(regularization or constraints)
        check_fsdp(settings, twin_of(settings.optimizer), held=held)
        apply_fsdp(trained, group, device)
    averaging = next((s.callback for s in settings.callbacks if isinstance(s.callback, EMA)), None)
    optimizer = create(
        averaged(settings.optimizer, averaging),
        module,
        learning_rate_multipliers(graph, module, settings.learning_rate_multipliers),
    )
    if shares_out:
        optimizer.set_sharded(group.all_reduce_sum)
    wrapped = trained if shares_out else wrap_ddp(trained, wanted, plan.rows, group, device)
    whole_steps = group.size == 1 and device.type == "cpu"
    train_state = TrainState(
        module=trained,
        forward=wrapped,
        optimizer=optimizer,
        objective=wanted,
        validation_objective=objective(),
        constraints=constraints,
        precision=Precision(settings.precision, device),
        averages=averaging is not None,
        compiled=settings.compile and not whole_steps,
    )
    if group.size == 1 and switches.DIRECT_FORWARD and not (settings.compile and not whole_steps):
        train_state.forward = direct_forward(
            pool_first(trained) if switches.POOL_FIRST else trained
        )
    compiler = None
    if settings.compile and whole_steps:
        compiler = _step_compiler(train_state, options)
    elif settings.compile:
        _compile(wrapped, options)
    if not group.is_main:
        seed_process(settings.seed, group.rank)
    shown = without_masks(module, list(graph.outputs))
    inspection = Inspection(
        graph,
        shown,
        trained,
        plan.validation or plan.rows,
        prepared.splits.preprocessing,
        options.picture,
    )
    callbacks = CallbackList(_callbacks(prepared, options))
    return Trainer(plan, train_state, callbacks, inspection, compiler), shown


def _step_compiler(train_state: TrainState, options: TrainOptions) -> StepCompiler:
    from modelspec.runner.loop.step_compiler import StepCompiler  # with all that compiles

    def compile_passes() -> None:
        train_state.forward = train_state.module
        _compile(train_state.module, options)

    return StepCompiler(None if options.quiet else options.say, compile_passes)


def _compile(module: torch.nn.Module, options: TrainOptions) -> None:
    if sys.version_info[:3] == (3, 13, 0):
        options.say("torch.compile is slower on Python 3.13.0 than on 3.13.1")
        message = "Guards may run slower on Python 3.13.0"
        warnings.filterwarnings("ignore", message=message, category=RuntimeWarning)
    module.compile()


def averaged(optimizer: Optimizer, averaging: EMA | None) -> Optimizer:
    """The optimizer with the moving average that a callback asks for."""
    if averaging is None:
        return optimizer
    return optimizer.model_copy(update={"use_ema": True, "ema_momentum": averaging.momentum})


def gathered_module(module: SpecModule, graph: Graph) -> SpecModule:
    """A module whose weights are all here; the same one, but where processes share them out."""
    if not has_shards(module):
        return module
    whole = without_masks(build(graph, seed=0, masks=True), list(graph.outputs))
    whole.load_state_dict(whole_weights(module))
    return whole


def _plan(
    prepared: Prepared,
    options: TrainOptions,
    device: torch.device,
    folder: Path | None,
    group: ProcessGroup,
    classes: Mapping[str, tuple[int, int]],
) -> TrainPlan:
    settings, validation = prepared.settings, prepared.splits.validation
    return TrainPlan(
        rows=batch_source(prepared.splits.train, device, classes),
        validation=batch_source(validation, device, classes) if validation else None,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        seed=settings.seed,
        shuffle=settings.shuffle,
        device=device,
        folder=folder if group.is_main else None,
        validate_every=settings.validate_every,
        group=group,
        final_state=options.final_state,
    )


def _callbacks(prepared: Prepared, options: TrainOptions) -> list[Callback]:
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
        found.append(_progress())
    return found


def _progress() -> Callback:
    """What shows how far a run is, where it is looked at."""
    if in_notebook():
        return NotebookProgress()
    return ProgressBar() if terminal() else ProgressLines()
