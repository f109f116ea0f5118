"""The plan of a training, the state that it changes, and its progress."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.runner.distributed.process_group import ProcessGroup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import torch
    from torch import Tensor

    from modelspec.runner.input.batches import Batch, BatchSource
    from modelspec.runner.loop.objective import Objective
    from modelspec.runner.loop.precision import Precision
    from modelspec.torch.constraints import Constraints
    from modelspec.torch.optimizers import Optimizer


@dataclass(frozen=True, slots=True)
class TrainPlan:
    """What does not change during a training.

    Attributes:
        validation: The rows that are evaluated after every epoch, if there are any.
        folder: The run directory; None for a training that writes nothing.
        validate_every: Evaluate them also after so many batches within an epoch.
        group: The processes that train together.
        final_state: Whether a state is saved at the end too, from which more epochs could go on.
    """

    rows: BatchSource
    validation: BatchSource | None
    epochs: int
    batch_size: int
    seed: int
    shuffle: bool
    device: torch.device
    folder: Path | None = None
    validate_every: int | None = None
    group: ProcessGroup = field(default_factory=ProcessGroup)
    final_state: bool = True


@dataclass(slots=True)
class Progress:
    """How far a training is.

    Attributes:
        epoch: The epoch under way, from 1.
        batch: How many batches of it are done.
        step: How many optimizer steps are done, over all epochs.
        validated: The step of the last validation in the middle of an epoch.
        stopped: The reason, if a callback stopped the training.
    """

    epoch: int = 1
    batch: int = 0
    step: int = 0
    validated: int = 0
    stopped: str | None = None


class Batches(NamedTuple):
    """How many batches of a training, over all epochs, are done, and how many still to come."""

    done: int
    left: int


@dataclass(slots=True)
class TrainState:
    """What a training changes: the module, its optimizer, and the running metrics.

    Attributes:
        forward: Computes the module's outputs of its inputs by name in training.
        constraints: Applied to the weights after every step.
        averages: Whether the moving average of the weights is evaluated and saved.
        compiled: Whether `forward` is compiled.
    """

    module: torch.nn.Module
    forward: Callable[[Mapping[str, Tensor]], Any]
    optimizer: Optimizer
    objective: Objective
    validation_objective: Objective
    constraints: Constraints
    precision: Precision
    averages: bool = False
    compiled: bool = False
    kept: dict[str, dict[str, Tensor]] = field(default_factory=dict)

    def loss(self, batch: Batch) -> Tensor:
        """The loss of a batch, which sums take in."""
        with self.precision.context():
            outputs = self.objective.run(self.forward, batch.inputs)
        return self.objective.add(outputs, batch.targets, batch.rows, batch.whole)
