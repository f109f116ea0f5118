"""What a run is given, what it changes, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelspec.runner.distributed.process_group import Team

if TYPE_CHECKING:
    from pathlib import Path

    import torch
    from torch import Tensor

    from modelspec.runner.input.batches import Rows
    from modelspec.runner.loop.objective import Objective
    from modelspec.runner.loop.precision import Precision
    from modelspec.torch.constraints import Constraints
    from modelspec.torch.optimizers import Optimizer


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does.

    Attributes:
        validation: The rows that are measured after every epoch, if there are any.
        folder: The run directory; None for a run that leaves nothing behind.
        validate_every: After how many batches, within an epoch, to measure them too.
        team: The processes that run it together.
    """

    rows: Rows
    validation: Rows | None
    epochs: int
    batch_size: int
    seed: int
    shuffle: bool
    device: torch.device
    folder: Path | None = None
    validate_every: int | None = None
    team: Team = field(default_factory=Team)


@dataclass(slots=True)
class Position:
    """How far a run is.

    Attributes:
        epoch: The epoch under way, from 1.
        batch: How many of its batches are done.
        step: How many updates are done, over all epochs.
        validated: The step of the last validation in the middle of an epoch.
        stopped: Why a callback ended the run, if one did.
    """

    epoch: int = 1
    batch: int = 0
    step: int = 0
    validated: int = 0
    stopped: str | None = None


@dataclass(slots=True)
class Machine:
    """What a run changes: the module, its optimizer, and the running values.

    Attributes:
        forward: Computes the module's outputs while training, and sees to it that all processes
            get the same gradients; the module itself for one alone.
        constraints: What holds the weights after every update.
        averages: Whether it is the moving average of the weights that is measured and kept.
    """

    module: torch.nn.Module
    forward: torch.nn.Module
    optimizer: Optimizer
    objective: Objective
    validation_objective: Objective
    constraints: Constraints
    precision: Precision
    averages: bool = False
    kept: dict[str, dict[str, Tensor]] = field(default_factory=dict)
