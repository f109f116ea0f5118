"""What a callback is: declared arguments, and hooks that a training run calls."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias

from pydantic import ConfigDict

from modelspec.training.declaration import Declaration

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.training.inspection import Inspection

Logs: TypeAlias = Mapping[str, float]
"""What a run measured, by its name: `loss`, `val_age_mae`."""


RUN_FILES = (
    "spec.yaml", "source", "run.json", "environment.json", "preprocessing.json", "graph.svg",
    "report.html", "last.safetensors", "checkpoints",
)  # fmt: skip
"""What the run itself writes into its directory."""


LEARNING_RATE = "learning_rate"
"""The key of a history's row for the learning rate at the end of its epoch, as in Keras."""


def measured_keys(row: Mapping[str, float]) -> list[str]:
    """The keys of a history's row that were measured: losses and metrics."""
    return [key for key in row if key not in ("epoch", LEARNING_RATE)]


class Training(Protocol):
    """What a callback sees of a run, and what it may do to it."""

    @property
    def epoch(self) -> int:
        """The epoch under way, from 1."""

    @property
    def epochs(self) -> int:
        """How many epochs are asked for."""

    @property
    def batch(self) -> int:
        """How many batches of this epoch are done."""

    @property
    def batches(self) -> int:
        """How many batches an epoch has."""

    @property
    def step(self) -> int:
        """How many updates of the weights are done, over all epochs."""

    @property
    def samples(self) -> int:
        """How many samples of this epoch are done."""

    @property
    def folder(self) -> "Path | None":
        """The run directory, if there is one."""

    @property
    def history(self) -> list[dict[str, float]]:
        """One row an epoch that is done: `epoch`, what was logged, and `learning_rate`."""

    @property
    def validations(self) -> list[dict[str, float]]:
        """One row a validation in the middle of an epoch: `epoch`, `step`, what it measured."""

    @property
    def inspection(self) -> "Inspection":
        """What there is to see of the model."""

    @property
    def learning_rate(self) -> float:
        """The step size of the next update."""

    def set_learning_rate(self, rate: float) -> None:
        """Take another step size from now on. Refused where a schedule rules it."""

    def guard(self) -> None:
        """End the run at the first loss that is no finite number, before it is learnt from.

        Waits for the device at every batch.
        """

    def logs(self) -> dict[str, float]:
        """The running values of this epoch. Waits for the device: not for every batch."""

    def stop(self, reason: str) -> None:
        """End the run after this batch or epoch, and say why."""

    def save_state(self, keep: int = 2) -> None:
        """Write all that a resume needs, once all callbacks have seen this event.

        Args:
            keep: How many states to have then, the last ones.
        """

    def save_weights(self, name: str) -> None:
        """Write the weights as `NAME.safetensors` into the run directory."""

    def keep_weights(self, name: str) -> None:
        """Keep a copy of the weights under a name. It outlives a resume."""

    def restore_weights(self, name: str) -> None:
        """Take back the weights that were kept under a name."""


class Callback(Declaration):
    """The base of all callbacks.

    A subclass declares its arguments as pydantic fields, each with a string under it, keeps what
    it learns in private attributes, and overrides the hooks that it needs: those that it does
    not override are never called. It sits in a file of `training/callbacks` that is called like
    its `type_name`, or in a plugin.

    What `state` returns is saved with the run; a run that is resumed calls `on_train_begin`,
    then `load_state`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    looks_inside: ClassVar[bool] = False
    """Whether it asks for `inspection`, which needs whole weights in one process."""
    needs: ClassVar[tuple[str, ...]] = ()
    """The packages that it needs beyond modelspec's own, the first of which is its extra."""

    only_one: ClassVar[bool] = False
    """Whether a run can have only one of it."""
    sets_learning_rate: ClassVar[bool] = False
    """Whether it changes the learning rate, which a schedule then cannot rule."""
    named_by: ClassVar[str] = "type"
    """The argument that its `files` are called by."""

    def files(self) -> tuple[str, ...]:
        """What it writes into the run directory: no other callback may."""
        return ()

    def wanted_nodes(self) -> Sequence[str]:
        """The nodes that its argument `nodes` names, by path."""
        return ()

    def state(self) -> dict[str, Any]:
        """What must outlive a resume, as JSON can hold it."""
        return {}

    def load_state(self, state: dict[str, Any]) -> None:
        """Take back what `state` returned."""

    def on_train_begin(self, run: Training) -> None:
        """Before the first epoch; after a resume, before the epoch that goes on."""

    def on_epoch_begin(self, run: Training) -> None:
        """Before an epoch's first batch; after a resume, before the batch that goes on."""

    def on_batch_begin(self, run: Training) -> None:
        """Before a batch."""

    def on_batch_end(self, run: Training) -> None:
        """After a batch."""

    def sees_batches(self) -> bool:
        """Whether `on_batch_begin` and `on_batch_end` are to be called, where they are overridden.

        Asked once, before the training: what its arguments leave nothing to do says no.
        """
        return True

    def on_validation_end(self, run: Training, logs: Logs) -> None:
        """After the validation rows were measured; `logs` has their `val_` values."""

    def on_epoch_end(self, run: Training, logs: Logs) -> None:
        """After an epoch and its validation, with all that they measured."""

    def on_train_end(self, run: Training) -> None:
        """After the last epoch; not after an interruption, for the run is to go on."""

    def close(self) -> None:
        """However the run ended, by an error too: let go of what is held open."""
