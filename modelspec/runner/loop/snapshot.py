"""What a run changes, as a state, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelspec.runner.checkpoint.rng_state import random_state, seed_process, set_random_state
from modelspec.runner.checkpoint.sharded import load_shards
from modelspec.runner.checkpoint.states import State
from modelspec.torch.sharding import (
    holds_parts,
    load_whole_weights,
    part_of,
    spread,
    weight_parts,
    whole_weights,
)

if TYPE_CHECKING:
    from torch import Tensor

    from modelspec.runner.distributed.process_group import Team
    from modelspec.runner.loop.objective import Objective
    from modelspec.runner.loop.train_state import Machine, Plan


class Snapshot(NamedTuple):
    """A machine as it is.

    Attributes:
        state: What one process can write.
        shards: Of what each process holds a part.
    """

    state: State
    shards: dict[str, Tensor]


def snapshot(machine: Machine, plan: Plan) -> Snapshot:
    """All of a machine. Called by all processes that share it."""
    optimizer, team = machine.optimizer.state_dict(), plan.team
    shards: dict[str, Tensor] = {}
    kept: object = machine.kept
    if holds_parts(machine.module):
        shards = _shards(machine)
        optimizer = {name: each for name, each in optimizer.items() if name not in shards}
        kept = list(machine.kept)
    rest = {
        "precision": machine.precision.state(),
        "optimizer": optimizer,
        "running": _summed(machine.objective, team),
        "kept": kept,
        "random": team.gather(random_state(plan.device)),
    }
    return Snapshot(State(whole_weights(machine.module, wanted=team.first), rest), shards)


def take_up(machine: Machine, plan: Plan, state: State, step: int) -> None:
    """Let a machine be as it was when `snapshot` saw it.

    Args:
        machine: Of the same module.
        plan: Of the same run; its processes may be others.
        state: As `snapshot` gave it.
        step: How many updates are done.
    """
    rest, team = state.rest, plan.team
    load_whole_weights(machine.module, state.weights)
    if state.shards is not None:
        machine.kept = {name: weight_parts(machine.module) for name in rest["kept"]}
        load_shards(state.shards, _shards(machine), alone=team.size == 1)
        machine.optimizer.load_counts(rest["optimizer"])
    else:
        machine.optimizer.load_state_dict(rest["optimizer"])
        machine.kept = {name: _parts(machine, kept) for name, kept in rest["kept"].items()}
    machine.precision.load_state(rest["precision"])
    if team.first:
        machine.objective.load_state(rest["running"])
    if team.rank < len(rest["random"]):
        set_random_state(rest["random"][team.rank], plan.device)
    else:
        seed_process(plan.seed + step, team.rank)


def _shards(machine: Machine) -> dict[str, Tensor]:
    """The live tensors beside the weights: the optimizer's, and copies of weights that are kept."""
    own = machine.module.state_dict()
    found = machine.optimizer.slot_tensors()
    for name, kept in machine.kept.items():
        found |= {f"kept/{name}/{key}": spread(each, own[key]) for key, each in kept.items()}
    return found


def _parts(machine: Machine, whole: dict[str, Tensor]) -> dict[str, Tensor]:
    """What this process holds of whole weights."""
    own = machine.module.state_dict()
    return {name: part_of(each, own[name]) for name, each in whole.items()}


def _summed(objective: Objective, team: Team) -> dict[str, dict[str, Tensor]]:
    """The running sums of all processes."""
    if team.size == 1:
        return objective.state()
    own = [each.clone() for each in objective.sums()]
    team.add(objective.sums())
    found = {
        name: {key: each.clone() for key, each in sums.items()}
        for name, sums in objective.state().items()
    }
    for each, before in zip(objective.sums(), own, strict=True):
        each.copy_(before)
    return found
