"""Take smaller steps when a value no longer improves."""

from typing import Annotated, Any, ClassVar

from pydantic import Field, PrivateAttr

from modelspec.training.callback import Callback, Logs, Training
from modelspec.training.monitor import Mode, Watch, higher_is_better


class ReduceLROnPlateau(Callback):
    """Lowers the learning rate when a value has not improved for some epochs.

    The rate must be a number: a schedule, or `warmup_steps`, rules it alone.
    """

    keras: ClassVar[str] = "reduce_lr_on_plateau/"
    sets_learning_rate: ClassVar[bool] = True

    monitor: str = "val_loss"
    """The logged value to watch."""
    factor: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """What the learning rate is multiplied by."""
    patience: Annotated[int, Field(ge=0)] = 10
    """After how many epochs without improvement to lower it."""
    mode: Mode = "auto"
    """Which way the value improves; `auto` goes by its name."""
    min_delta: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1e-4
    """By how much the value must improve to count."""
    cooldown: Annotated[int, Field(ge=0)] = 0
    """How many epochs to let pass after it was lowered, before counting again."""
    min_lr: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """The least learning rate."""

    _best: float | None = PrivateAttr(None)
    _wait: int = PrivateAttr(0)
    _cooling: int = PrivateAttr(0)

    def state(self) -> dict[str, Any]:
        """The best value, how many epochs have passed since, and how many are still let pass."""
        return {"best": self._best, "wait": self._wait, "cooling": self._cooling}

    def load_state(self, state: dict[str, Any]) -> None:
        """Take back what `state` returned."""
        self._best, self._wait, self._cooling = state["best"], state["wait"], state["cooling"]

    def on_epoch_end(self, run: Training, logs: Logs) -> None:
        """Count the epochs without improvement, by Keras's rules."""
        value = logs.get(self.monitor)
        if value is None:
            return
        if self._cooling:
            self._cooling -= 1
            self._wait = 0
        watch = Watch(higher_is_better(self.monitor, self.mode), self.min_delta)
        if watch.improves(value, self._best):
            self._best, self._wait = value, 0
        elif not self._cooling:
            self._wait += 1
            if self._wait >= self.patience and run.learning_rate > self.min_lr:
                run.set_learning_rate(max(run.learning_rate * self.factor, self.min_lr))
                self._cooling, self._wait = self.cooldown, 0
