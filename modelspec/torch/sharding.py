"""Parameters of which each process holds a part, as `fully_shard` leaves them (FSDP2).

Source: https://docs.pytorch.org/docs/stable/distributed.fsdp.fully_shard.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping


def is_sharded(tensor: Tensor) -> bool:
    """Whether other processes hold the rest of it."""
    return hasattr(tensor, "_local_tensor")


def has_shards(module: torch.nn.Module) -> bool:
    """Whether a module's weights are shared out."""
    return any(is_sharded(each) for each in module.parameters())


def local_shard(tensor: Tensor) -> Tensor:
    """What this process holds, sharing its memory; all of a plain tensor."""
    held: Tensor = getattr(tensor, "_local_tensor", tensor)
    return held


def shard_offset(tensor: Tensor) -> list[int]:
    """Where in the whole tensor this process's shard begins, one number per axis.

    Args:
        tensor: Whose shard is not empty.
    """
    if not is_sharded(tensor):
        return [0] * tensor.dim()
    placed: Any = tensor
    (chunk,) = placed.__create_chunk_list__()  # what torch's own checkpoints are laid out by
    return list(chunk.offsets)


def shard_of(whole: Tensor, like: Tensor) -> Tensor:
    """What this process holds of a whole tensor that is shared out like another one."""
    if not is_sharded(like):
        return whole
    from torch.distributed.tensor import distribute_tensor

    placed: Any = like
    moved = whole.to(local_shard(like).device)
    return local_shard(distribute_tensor(moved, placed.device_mesh, placed.placements))


def shard_like(held: Tensor, like: Tensor) -> Tensor:
    """A tensor of which this process holds a part, as it holds one of another tensor."""
    if not is_sharded(like):
        return held
    from torch.distributed.tensor import DTensor

    placed: Any = like
    found: Tensor = DTensor.from_local(
        held, placed.device_mesh, placed.placements, shape=like.shape, stride=like.stride()
    )
    return found


def whole_weights(module: torch.nn.Module, *, wanted: bool = True) -> dict[str, Tensor]:
    """The `state_dict` of a module, of whole tensors. Called by all processes.

    Args:
        module: Whose parameters may be shared out.
        wanted: Whether this process wants them; else it gives its parts only, and gets nothing.
    """
    found: dict[str, Tensor] = {}
    with torch.no_grad():
        for name, each in module.state_dict().items():
            whole = each.full_tensor() if is_sharded(each) else each
            if wanted:
                found[name] = whole
    return found


def weight_shards(module: torch.nn.Module) -> dict[str, Tensor]:
    """Copies of what this process holds of a module's weights."""
    with torch.no_grad():
        return {name: local_shard(each).clone() for name, each in module.state_dict().items()}


def load_weight_shards(module: torch.nn.Module, parts: Mapping[str, Tensor]) -> None:
    """Take back what `weight_parts` gave."""
    with torch.no_grad():
        for name, each in module.state_dict().items():
            local_shard(each).copy_(parts[name])


def load_whole_weights(module: torch.nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Take over whole weights, each process its part.

    Raises:
        RuntimeError: They are not the module's.
    """
    if not has_shards(module):
        module.load_state_dict(weights)
        return
    with torch.no_grad():
        for name, each in module.state_dict().items():
            local_shard(each).copy_(shard_of(weights[name], each))
