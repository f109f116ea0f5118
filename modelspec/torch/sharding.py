"""Parameters of which each process holds a part, as `fully_shard` leaves them (FSDP2).

Source: https://docs.pytorch.org/docs/stable/distributed.fsdp.fully_shard.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping


def is_shared_out(tensor: Tensor) -> bool:
    """Whether other processes hold the rest of it."""
    return hasattr(tensor, "_local_tensor")


def part(tensor: Tensor) -> Tensor:
    """What this process holds, sharing its memory; all of a plain tensor."""
    held: Tensor = getattr(tensor, "_local_tensor", tensor)
    return held


def part_of(whole: Tensor, like: Tensor) -> Tensor:
    """What this process holds of a whole tensor that is shared out like another one."""
    if not is_shared_out(like):
        return whole
    from torch.distributed.tensor import distribute_tensor

    spread: Any = like
    moved = whole.to(part(like).device)
    return part(distribute_tensor(moved, spread.device_mesh, spread.placements))


def gathered(held: Tensor, like: Tensor) -> Tensor:
    """The whole tensor, of which this process holds a part. Called by all processes."""
    if not is_shared_out(like):
        return held
    from torch.distributed.tensor import DTensor

    spread: Any = like
    found: Tensor = DTensor.from_local(
        held, spread.device_mesh, spread.placements, shape=like.shape, stride=like.stride()
    ).full_tensor()
    return found


def whole_weights(module: torch.nn.Module) -> dict[str, Tensor]:
    """The `state_dict` of a module, of whole tensors. Called by all processes."""
    with torch.no_grad():
        weights: Mapping[str, Tensor] = module.state_dict()
        return {name: gathered(part(each), each) for name, each in weights.items()}


def load_whole_weights(module: torch.nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Take over whole weights, each process its part.

    Raises:
        RuntimeError: They are not the module's.
    """
    own = module.state_dict()
    if not any(is_shared_out(each) for each in own.values()):
        module.load_state_dict(weights)
        return
    with torch.no_grad():
        for name, each in own.items():
            part(each).copy_(part_of(weights[name], each))
