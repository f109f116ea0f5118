"""Writing the states that a run resumes from, and its named weights."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from modelspec.runner.checkpoint.safetensors_file import write_tensors
from modelspec.runner.checkpoint.sharded import save_shards
from modelspec.runner.checkpoint.states import WEIGHTS, State, save_state
from modelspec.runner.run import atomic_write
from modelspec.runner.run.directory import CHECKPOINTS, LAST, weights_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

    from modelspec.runner.distributed.process_group import ProcessGroup


class CheckpointWriter:
    """Writes states and weights into a run directory; without a directory, nothing.

    `last.safetensors` are the weights of the newest state, and in the end those that the run
    came out with.
    """

    def __init__(self, folder: Path | None, group: ProcessGroup) -> None:
        self._folder = folder
        self._group = group
        self._unsynced: set[Path] = set()

    def save_state(self, state: State, keep: int, shards: Mapping[str, Tensor]) -> None:
        """Write a state durably, together with all weights that were saved before it.

        Args:
            state: All that a resume needs.
            keep: How many of the newest states are kept.
            shards: Tensors of which each process holds a shard. Without any, only rank 0 need
                call.
        """
        if self._folder is None:
            if shards and (path := self._group.broadcast(None)) is not None:
                save_shards(path, shards, self._group)
            return
        for path in self._unsynced:
            atomic_write.sync_file(path)
        self._unsynced.clear()
        write = partial(self._write_shards, shards=shards) if shards else None
        written = save_state(self._folder / CHECKPOINTS, state, keep, write)
        atomic_write.link_file(weights_file(self._folder, LAST), written / WEIGHTS)

    def _write_shards(self, path: Path, shards: Mapping[str, Tensor]) -> None:
        save_shards(self._group.broadcast(path), shards, self._group)

    def save_weights(self, name: str, weights: Mapping[str, Tensor]) -> None:
        """Write `NAME.safetensors`.

        The file survives a kill from now on, and a power cut from the next state on.
        """
        if self._folder is None:
            return
        path = weights_file(self._folder, name)
        atomic_write.write_file(path, lambda part: write_tensors(part, weights), durable=False)
        self._unsynced.add(path)

    def close(self) -> None:
        """Flush to disk what is not there yet."""
        for path in self._unsynced:
            atomic_write.sync_file(path)
        self._unsynced.clear()
