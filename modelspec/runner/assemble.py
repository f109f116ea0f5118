"""A training put together: module, optimizer, objective, rows and callbacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from modelspec.runner.checkpoint.rng_state import seed_process
from modelspec.runner.input.batches import rows_of
from modelspec.runner.loop.callback_list import Hooks
from modelspec.runner.loop.inspection import Inspection
from modelspec.runner.loop.objective import Objective, objective_of, wanted_logits
from modelspec.runner.loop.precision import Precision
from modelspec.runner.loop.strategies import check_sharing, share_out, spread
from modelspec.runner.loop.train_state import Machine, Plan
from modelspec.runner.loop.trainer import Trainer
from modelspec.runner.progress.bar import ProgressBar, terminal
from modelspec.runner.progress.lines import ProgressLines
from modelspec.runner.setup.initial_weights import multipliers_of, start_from
from modelspec.torch import build
from modelspec.torch.constraints import constraints_of
from modelspec.torch.optimizers import create, twin_of
from modelspec.torch.passes import leave_logits, without_masks
from modelspec.torch.regularization import penalties_of
from modelspec.torch.sharding import holds_parts, whole_weights
from modelspec.training.callbacks.checkpoint import Checkpoint
from modelspec.training.callbacks.csv_logger import CSVLogger
from modelspec.training.callbacks.ema import EMA

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.graph.graph import Graph
    from modelspec.runner.distributed.process_group import Team
    from modelspec.runner.setup.prepare import Prepared
    from modelspec.runner.train import Options
    from modelspec.torch import SpecModule
    from modelspec.training.callback import Callback
    from modelspec.training.optimizers import Optimizer


def assemble(
    prepared: Prepared, options: Options, device: torch.device, folder: Path | None, team: Team
) -> tuple[Trainer, SpecModule]:
    """What trains, and the module that is trained, which shares its weights.

    Args:
        prepared: With all that was read.
        options: Which callbacks there are besides, and what is said.
        device: Where to compute.
        folder: The run directory, if there is one.
        team: The processes that train together.
    """
    settings, graph = prepared.settings, prepared.graph
    torch.manual_seed(settings.seed)
    module = build(graph, seed=settings.seed, masks=True)
    if prepared.start is not None:
        start_from(module, prepared.start, options.say)
    module.to(device)
    trained, logits = leave_logits(module, wanted_logits(graph))
    penalties = penalties_of(graph, module)
    measured = frozenset(prepared.splits.train.targets)

    def objective(team: Team | None = None) -> Objective:
        weights = prepared.class_weights
        return objective_of(graph, device, weights, logits, measured, penalties, team)

    plan, wanted = _plan(prepared, device, folder, team), objective(team)
    constraints = constraints_of(graph, module)
    if shares_out := team.size > 1 and settings.strategy == "fsdp":
        held = bool(penalties or constraints)
        check_sharing(settings, twin_of(settings.optimizer), held=held)
        share_out(trained, team, device)
    averaging = next((s.callback for s in settings.callbacks if isinstance(s.callback, EMA)), None)
    optimizer = create(
        averaged(settings.optimizer, averaging),
        module,
        multipliers_of(graph, module, settings.learning_rate_multipliers),
    )
    if shares_out:
        optimizer.share_out(team.add)
    machine = Machine(
        module=trained,
        forward=trained if shares_out else spread(trained, wanted, plan.rows, team, device),
        optimizer=optimizer,
        objective=wanted,
        validation_objective=objective(),
        constraints=constraints,
        precision=Precision(settings.precision, device),
        averages=averaging is not None,
    )
    if settings.compile:
        machine.forward.compile()
    if not team.first:
        seed_process(settings.seed, team.rank)
    shown = without_masks(module, list(graph.outputs))
    inspection = Inspection(
        graph,
        shown,
        trained,
        plan.validation or plan.rows,
        prepared.splits.preprocessing,
        options.picture,
    )
    return Trainer(plan, machine, Hooks(_callbacks(prepared, options)), inspection), shown


def averaged(optimizer: Optimizer, averaging: EMA | None) -> Optimizer:
    """The optimizer with the moving average that a callback asks for."""
    if averaging is None:
        return optimizer
    return optimizer.model_copy(update={"use_ema": True, "ema_momentum": averaging.momentum})


def held_whole(module: SpecModule, graph: Graph) -> SpecModule:
    """A module whose weights are all here; the same one, but where processes share them out."""
    if not holds_parts(module):
        return module
    whole = without_masks(build(graph, seed=0, masks=True), list(graph.outputs))
    whole.load_state_dict(whole_weights(module))
    return whole


def _plan(prepared: Prepared, device: torch.device, folder: Path | None, team: Team) -> Plan:
    settings, validation = prepared.settings, prepared.splits.validation
    return Plan(
        rows=rows_of(prepared.splits.train, device),
        validation=rows_of(validation, device) if validation else None,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        seed=settings.seed,
        shuffle=settings.shuffle,
        device=device,
        folder=folder if team.first else None,
        validate_every=settings.validate_every,
        team=team,
    )


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
