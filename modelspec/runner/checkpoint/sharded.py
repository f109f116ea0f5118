"""Tensors of which each process holds a shard, written by all of them and read by any number.

Each process writes one safetensors file of its shards, `RANK.safetensors`, and `RANK.json`, which
says where in the whole tensor each of them lies. Reading takes from all files what this process
holds, and no more. Nothing is pickled; `torch.distributed.checkpoint` pickles its `.metadata`.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from safetensors import SafetensorError, safe_open

from modelspec.runner.checkpoint.safetensors_file import DamagedFileError, write_unsummed_tensors
from modelspec.torch.sharding import is_sharded, local_shard, shard_offset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from torch import Tensor

    from modelspec.runner.distributed.process_group import ProcessGroup

_TENSORS, _LAYOUT = ".safetensors", ".json"
METADATA = ".metadata"
"""The pickle in a folder that `torch.distributed.checkpoint` wrote."""


@dataclass(frozen=True)
class _Placement:
    """Where a shard lies.

    Attributes:
        offset: Of its first element in the whole tensor, one number per axis.
        shape: The whole tensor's.
    """

    offset: list[int]
    shape: list[int]


class _Part(NamedTuple):
    """A shard in an open file: the whole tensor's shape, and the box that it fills of it."""

    path: Path
    file: Any
    whole: list[int]
    box: _Box


class _Box(NamedTuple):
    start: list[int]
    stop: list[int]

    def overlap(self, other: _Box) -> _Box | None:
        """What both have; None where that is nothing."""
        start = [max(pair) for pair in zip(self.start, other.start, strict=True)]
        stop = [min(pair) for pair in zip(self.stop, other.stop, strict=True)]
        empty = any(low >= high for low, high in zip(start, stop, strict=True))
        return None if empty else _Box(start, stop)

    def within(self, other: _Box) -> tuple[slice, ...]:
        """This box as an index into what fills another one."""
        corners = zip(self.start, self.stop, other.start, strict=True)
        return tuple(slice(low - base, high - base) for low, high, base in corners)


def save_shards(folder: Path, tensors: Mapping[str, Tensor], group: ProcessGroup) -> None:
    """Write each process's shards into a new folder. Called by all processes.

    Raises:
        OSError: One of the processes cannot write; all of them raise it.
    """
    failure = None
    try:
        folder.mkdir(exist_ok=True)
        _write(folder, tensors, group)
    except OSError as error:
        failure = (error.errno, error.strerror, error.filename)
    failures = [each for each in group.all_gather(failure) if each]
    if failures:
        raise OSError(*failures[0])


def _write(folder: Path, tensors: Mapping[str, Tensor], group: ProcessGroup) -> None:
    held = {
        name: tensor
        for name, tensor in tensors.items()
        if local_shard(tensor).numel() and (group.is_main or is_sharded(tensor))
    }
    shards = {name: local_shard(tensor) for name, tensor in held.items()}
    write_unsummed_tensors(folder / f"{group.rank:05d}{_TENSORS}", shards)
    layout = {
        name: asdict(_Placement(shard_offset(tensor), list(tensor.shape)))
        for name, tensor in held.items()
    }
    path = folder / f"{group.rank:05d}{_LAYOUT}"
    path.write_text(json.dumps(layout, indent=1), encoding="utf-8")


def load_shards(folder: Path, tensors: Mapping[str, Tensor]) -> None:
    """Fill tensors, or what this process holds of them, with what was written.

    Args:
        folder: What `save_shards` made, by as many processes as there were.
        tensors: By the same names; they keep their places.

    Raises:
        DamagedFileError: The files do not hold all of every tensor, in its shape and dtype.
    """
    with ExitStack() as files:
        parts = _parts(folder, files)
        for name, tensor in tensors.items():
            _fill_all(name, tensor, parts.get(name, ()), folder)


def _fill_all(name: str, tensor: Tensor, parts: Sequence[_Part], folder: Path) -> None:
    """Fill what this process holds of a tensor from the shards that have something of it."""
    held = local_shard(tensor)
    if not held.numel():
        return
    offset = shard_offset(tensor)
    stop = [low + size for low, size in zip(offset, held.shape, strict=True)]
    filled = 0
    for part in parts:
        if part.whole != list(tensor.shape):
            raise DamagedFileError(
                f"{part.path}: `{name}` has the shape {part.whole}, not {list(tensor.shape)}"
            )
        if any(each.box.overlap(part.box) for each in parts if each is not part):
            raise DamagedFileError(f"{part.path}: another file has the same of `{name}`")
        filled += _fill(held, _Box(offset, stop), part, name)
    if filled != held.numel():
        raise DamagedFileError(f"{folder}: it does not hold all of `{name}`")


def _fill(held: Tensor, box: _Box, part: _Part, name: str) -> int:
    """Copy what a file has of a shard; how many elements that was."""
    common = box.overlap(part.box)
    if common is None:
        return 0
    index = common.within(part.box)
    # Of a scalar there are no slices.
    found: Tensor = part.file.get_slice(name)[index] if index else part.file.get_tensor(name)
    if found.dtype != held.dtype:
        raise DamagedFileError(f"{part.path}: `{name}` is {found.dtype}, not {held.dtype}")
    with torch.no_grad():
        held[common.within(box)] = found.to(held.device)
    return found.numel()


def _parts(folder: Path, files: ExitStack) -> dict[str, list[_Part]]:
    """The shards of every tensor, over all files, which stay open in `files`."""
    found: dict[str, list[_Part]] = {}
    for path in sorted(folder.glob(f"*{_LAYOUT}")):
        weights = path.with_suffix(_TENSORS)
        try:
            layout = json.loads(path.read_text(encoding="utf-8"))
            file = files.enter_context(safe_open(weights, "pt"))
            for name, placed in layout.items():
                shape = file.get_slice(name).get_shape()
                whole, box = _place(_Placement(**placed), shape)
                found.setdefault(name, []).append(_Part(weights, file, whole, box))
        except (SafetensorError, OSError, ValueError, TypeError, AttributeError) as error:
            raise DamagedFileError(f"{path}: {error}") from error
    return found


def _place(placed: _Placement, shape: Sequence[int]) -> tuple[list[int], _Box]:
    """The whole tensor's shape, and a shard's box within it.

    Raises:
        ValueError: It does not.
    """
    numbers: list[Any] = [*placed.offset, *placed.shape]
    if not all(isinstance(each, int) and each >= 0 for each in numbers):
        raise ValueError("a place in a tensor is a list of whole numbers")
    stop = [low + size for low, size in zip(placed.offset, shape, strict=True)]
    if any(high > size for high, size in zip(stop, placed.shape, strict=True)):
        raise ValueError(f"a shard ends at {stop} in a tensor of the shape {placed.shape}")
    return placed.shape, _Box(placed.offset, stop)


def was_pickled(folder: Path) -> bool:
    """Whether shards were written by `torch.distributed.checkpoint`, and need unpickling."""
    return (folder / METADATA).exists()
