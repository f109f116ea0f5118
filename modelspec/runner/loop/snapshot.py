"""The state of a training, captured and restored."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelspec.runner.checkpoint.rng_state import random_state, seed_process, set_random_state
from modelspec.runner.checkpoint.sharded import load_shards
from modelspec.runner.checkpoint.states import State
from modelspec.torch.sharding import (
    has_shards,
    load_whole_weights,
    shard_like,
    shard_of,
    weight_shards,
    whole_weights,
)

if TYPE_CHECKING:
    from torch import Tensor

    from modelspec.runner.distributed.process_group import ProcessGroup
    from modelspec.runner.loop.objective import Objective
    from modelspec.runner.loop.train_state import TrainPlan, TrainState


class Snapshot(NamedTuple):
    """A captured state.

    Attributes:
        state: What rank 0 writes.
        shards: Tensors of which each process holds a shard.
    """

    state: State
    shards: dict[str, Tensor]


def capture(train_state: TrainState, plan: TrainPlan) -> Snapshot:
    """Capture the whole state of a training. All processes have to call it."""
    optimizer, group = train_state.optimizer.state_dict(), plan.group
    shards: dict[str, Tensor] = {}
    kept: object = train_state.kept
    if has_shards(train_state.module):
        shards = _shards(train_state)
        optimizer = {name: each for name, each in optimizer.items() if name not in shards}
        kept = list(train_state.kept)
    rest = {
        "precision": train_state.precision.state(),
        "optimizer": optimizer,
        "running": _summed_state(train_state.objective, group),
        "kept": kept,
        "random": group.all_gather(random_state(plan.device)),
    }
    return Snapshot(State(whole_weights(train_state.module, wanted=group.is_main), rest), shards)


def restore(train_state: TrainState, plan: TrainPlan, state: State, step: int) -> None:
    """Put a training into a captured state.

    Args:
        train_state: Of the same module.
        plan: Of the same run; its processes may be others.
        state: As `capture` gave it.
        step: How many optimizer steps are done.
    """
    rest, group = state.rest, plan.group
    load_whole_weights(train_state.module, state.weights)
    if state.shards is not None:
        train_state.kept = {name: weight_shards(train_state.module) for name in rest["kept"]}
        load_shards(state.shards, _shards(train_state))
        train_state.optimizer.load_counts(rest["optimizer"])
    else:
        train_state.optimizer.load_state_dict(rest["optimizer"])
        train_state.kept = {name: _parts(train_state, kept) for name, kept in rest["kept"].items()}
    train_state.precision.load_state(rest["precision"])
    if group.is_main:
        train_state.objective.load_state(rest["running"])
    if group.rank < len(rest["random"]):
        set_random_state(rest["random"][group.rank], plan.device)
    else:
        seed_process(plan.seed + step, group.rank)


def _shards(train_state: TrainState) -> dict[str, Tensor]:
    """The tensors beside the weights: the optimizer's, and kept copies of weights."""
    own = train_state.module.state_dict()
    found = train_state.optimizer.slot_tensors()
    for name, kept in train_state.kept.items():
        found |= {f"kept/{name}/{key}": shard_like(each, own[key]) for key, each in kept.items()}
    return found


def _parts(train_state: TrainState, whole: dict[str, Tensor]) -> dict[str, Tensor]:
    """This process's shards of whole weights."""
    own = train_state.module.state_dict()
    return {name: shard_of(each, own[name]) for name, each in whole.items()}


def _summed_state(objective: Objective, group: ProcessGroup) -> dict[str, dict[str, Tensor]]:
    """The running sums of all processes."""
    if group.size == 1:
        return objective.state()
    own = [each.clone() for each in objective.sums()]
    group.all_reduce_sum(objective.sums())
    found = {
        name: {key: each.clone() for key, each in sums.items()}
        for name, sums in objective.state().items()
    }
    for each, before in zip(objective.sums(), own, strict=True):
        each.copy_(before)
    return found
