"""Where a run keeps what it must not lose: states to resume from, and named weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.runner import atomic
from modelspec.runner.checkpoint import WEIGHTS, State, save_state
from modelspec.runner.run_directory import CHECKPOINTS, LAST, weights_file
from modelspec.runner.tensor_file import write_tensors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor


class Vault:
    """Writes into a run directory, or nothing where there is none.

    `last.safetensors` are the weights of the newest state, and in the end those that the run
    came out with.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._unsynced: set[Path] = set()

    def save_state(self, state: State, keep: int) -> None:
        """Keep a state, and make all weights that were saved before it as durable as it is.

        Args:
            state: All that a resume needs.
            keep: How many of the last states to have then.
        """
        if self._folder is None:
            return
        for path in self._unsynced:
            atomic.sync_file(path)
        self._unsynced.clear()
        written = save_state(self._folder / CHECKPOINTS, state, keep)
        atomic.link_file(weights_file(self._folder, LAST), written / WEIGHTS)

    def save_weights(self, name: str, weights: Mapping[str, Tensor]) -> None:
        """Keep weights under a name.

        They outlive a kill from now on, and a power cut from the next state on.
        """
        if self._folder is None:
            return
        path = weights_file(self._folder, name)
        atomic.write_file(path, lambda part: write_tensors(part, weights), durable=False)
        self._unsynced.add(path)

    def close(self) -> None:
        """Make durable what is not yet."""
        for path in self._unsynced:
            atomic.sync_file(path)
        self._unsynced.clear()
