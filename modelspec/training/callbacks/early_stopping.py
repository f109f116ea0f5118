"""Stop when a value no longer improves."""

from typing import Annotated, Any, ClassVar

from pydantic import Field, PrivateAttr

from modelspec.training.callback import Callback, Logs, Training
from modelspec.training.monitor import Mode, Watch, higher_is_better


class EarlyStopping(Callback):
    """Stops the run when a value has not improved for some epochs."""

    keras: ClassVar[str] = "early_stopping/"

    monitor: str = "val_loss"
    """The logged value to watch."""
    min_delta: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """By how much the value must improve to count."""
    patience: Annotated[int, Field(ge=0)] = 0
    """After how many epochs without improvement to stop."""
    mode: Mode = "auto"
    """Which way the value improves; `auto` goes by its name."""
    baseline: Annotated[float, Field(allow_inf_nan=False)] | None = None
    """The value to beat: epochs that do not beat it count as ones without improvement."""
    restore_best_weights: bool = False
    """Whether to end with the weights of the best epoch, not of the last one."""
    start_from_epoch: Annotated[int, Field(ge=0)] = 0
    """How many epochs to let pass before watching."""

    _best: float | None = PrivateAttr(None)
    _best_epoch: int = PrivateAttr(0)
    _wait: int = PrivateAttr(0)
    _kept: bool = PrivateAttr(False)

    def state(self) -> dict[str, Any]:
        """The best value, its epoch, and how many epochs have passed since."""
        return {
            "best": self._best,
            "best_epoch": self._best_epoch,
            "wait": self._wait,
            "kept": self._kept,
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Take back what `state` returned."""
        self._best = state["best"]
        self._best_epoch = state["best_epoch"]
        self._wait = state["wait"]
        self._kept = state["kept"]

    def on_epoch_end(self, run: Training, logs: Logs) -> None:
        """Count the epochs without improvement, by Keras's rules."""
        value = logs.get(self.monitor)
        if value is None or run.epoch <= self.start_from_epoch:
            return
        if self.restore_best_weights and not self._kept:
            self._keep(run)
        watch = Watch(higher_is_better(self.monitor, self.mode), self.min_delta)
        self._wait += 1
        if watch.improves(value, self._best):
            self._best, self._best_epoch = value, run.epoch
            if self.restore_best_weights:
                self._keep(run)
            if watch.improves(value, self.baseline):
                self._wait = 0
        elif self._wait >= self.patience and run.epoch > 1:
            run.stop(
                f"`{self.monitor}` has not improved since epoch {self._best_epoch} "
                f"({self._best:.4g})"
            )

    def on_train_end(self, run: Training) -> None:
        """Go back to the best weights, if asked for."""
        if self._kept:
            run.restore_weights(self._slot)

    @property
    def _slot(self) -> str:
        return f"early_stopping_{self.monitor}"

    def _keep(self, run: Training) -> None:
        self._kept = True
        run.keep_weights(self._slot)
