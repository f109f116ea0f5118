"""Save the run while it goes on, and the best weights so far."""

import re
import time
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, PrivateAttr

from modelspec.training.callback import Callback, Logs, Training
from modelspec.training.monitor import Mode, Watch, higher_is_better

SECONDS_BETWEEN_SAVES = 10.0
NAME = r"[A-Za-z0-9_][A-Za-z0-9_-]*"


def _is_name(written: str) -> str:
    if not re.fullmatch(NAME, written):
        raise ValueError("a name here is letters, digits, `_` and `-`")
    return written


class Checkpoint(Callback):
    """Saves the run so that it can be resumed, and the best weights as `best.safetensors`.

    A run has one with these defaults also where its spec names none; it may have several, each
    with a `name` and a `monitor` of its own. Whatever they say, a run is saved when it ends and
    when it is interrupted.
    """

    keras: ClassVar[str] = "model_checkpoint/"
    named_by: ClassVar[str] = "name"

    monitor: str | None = None
    """The logged value that says which weights are best; by default `val_loss`, or `loss` where
    there are no validation rows."""
    mode: Mode = "auto"
    """Which way the value improves; `auto` goes by its name."""
    save_best_only: bool = False
    """Whether to save the run only when it improves."""
    every_epochs: Annotated[int, Field(gt=0)] | None = None
    """Save the run after so many epochs; by default after those that are 10 seconds apart."""
    every_steps: Annotated[int, Field(gt=0)] | None = None
    """Save the run also after so many updates of the weights, in the middle of an epoch."""

    keep: Annotated[int, Field(ge=1)] = 2
    """How many of the last saved states to keep; a second one serves should the last be damaged."""
    name: Annotated[
        str, Field(json_schema_extra={"pattern": f"^{NAME}$"}), AfterValidator(_is_name)
    ] = "best"
    """What the best weights are called: `NAME.safetensors`."""

    _best: float | None = PrivateAttr(None)
    _saved_at: float = PrivateAttr(0.0)
    _improved_at_validation: bool | None = PrivateAttr(None)

    def files(self) -> tuple[str, ...]:
        """The best weights."""
        return (f"{self.name}.safetensors",)

    def state(self) -> dict[str, Any]:
        """The best value so far."""
        return {"best": self._best}

    def load_state(self, state: dict[str, Any]) -> None:
        """Take back what `state` returned."""
        self._best = state["best"]

    def on_train_begin(self, run: Training) -> None:
        """Start the clock."""
        self._saved_at = time.monotonic()

    def sees_batches(self) -> bool:
        """Where it saves in the middle of an epoch."""
        return self.every_steps is not None

    def on_batch_end(self, run: Training) -> None:
        """Save in the middle of an epoch, if asked for."""
        if self.every_steps and run.step % self.every_steps == 0:
            run.save_state(self.keep)

    def on_validation_end(self, run: Training, logs: Logs) -> None:
        """Also within an epoch, weights can be the best ones so far."""
        if self.monitor in logs or (self.monitor is None and "val_loss" in logs):
            self._improved_at_validation = self._improved(logs)
            if self._improved_at_validation:
                run.save_weights(self.name)

    def on_epoch_end(self, run: Training, logs: Logs) -> None:
        """Save what is due."""
        improved = self._improved_at_validation
        if improved is None:
            improved = self._improved(logs)
            if improved:
                run.save_weights(self.name)
        self._improved_at_validation = None
        if improved if self.save_best_only else self._due(run.epoch):
            self._saved_at = time.monotonic()
            run.save_state(self.keep)

    def _improved(self, logs: Logs) -> bool:
        monitor = self.monitor or ("val_loss" if "val_loss" in logs else "loss")
        value = logs.get(monitor)
        watch = Watch(higher_is_better(monitor, self.mode))
        if value is None or not watch.improves(value, self._best):
            return False
        self._best = value
        return True

    def _due(self, epoch: int) -> bool:
        if self.every_epochs:
            return epoch % self.every_epochs == 0
        return time.monotonic() - self._saved_at >= SECONDS_BETWEEN_SAVES
