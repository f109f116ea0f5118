"""What a run changes, as a state, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.runner.checkpoint import State
from modelspec.runner.random_state import random_state, seed_process, set_random_state
from modelspec.torch.sharding import load_whole_weights, whole_weights

if TYPE_CHECKING:
    from torch import Tensor

    from modelspec.runner.machine import Machine, Plan
    from modelspec.runner.objective import Objective
    from modelspec.runner.team import Team


def snapshot(machine: Machine, plan: Plan) -> State:
    """All of a machine, whole, however many processes share it. Called by all of them."""
    rest = {
        "precision": machine.precision.state(),
        "optimizer": machine.optimizer.state_dict(),
        "running": _summed(machine.objective, plan.team),
        "kept": machine.kept,
        "random": plan.team.gather(random_state(plan.device)),
    }
    return State(whole_weights(machine.module), rest)


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
    machine.optimizer.load_state_dict(rest["optimizer"])
    machine.precision.load_state(rest["precision"])
    machine.kept = rest["kept"]
    if team.first:
        machine.objective.load_state(rest["running"])
    if team.rank < len(rest["random"]):
        set_random_state(rest["random"][team.rank], plan.device)
    else:
        seed_process(plan.seed + step, team.rank)


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
