"""What a training comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import signal
    from pathlib import Path

    from modelspec.torch import SpecModule


@dataclass(frozen=True, slots=True)
class RunResult:
    """A training that has ended, or that was interrupted.

    Attributes:
        folder: The run directory, if there is one.
        module: With the weights that the run came out with.
        history: One row an epoch: `epoch`, `loss`, ...
        resumed_after: How many of these epochs had been done before.
        stopped: Why a callback ended it before its last epoch, if one did.
        interrupted: The signal that did, if one did.
        out_of_time: Whether its time limit did.
    """

    folder: Path | None
    module: SpecModule
    history: list[dict[str, float]]
    resumed_after: int
    stopped: str | None
    interrupted: signal.Signals | None
    out_of_time: bool
