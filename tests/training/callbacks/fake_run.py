"""A run that callbacks can be driven with: it notes what they ask for."""

from pathlib import Path

from modelspec.training.callback import Callback


class FakeRun:
    epochs = 100
    batches = 10
    samples = 0

    def __init__(self, folder: Path | None = None) -> None:
        self.epoch = 1
        self.batch = 0
        self.step = 0
        self.folder = folder
        self.history: list[dict[str, float]] = []
        self.validations: list[dict[str, float]] = []
        self.asked: list[str] = []
        self.stopped: str | None = None
        self.learning_rate = 0.1

    def set_learning_rate(self, rate: float) -> None:
        self.learning_rate = rate

    def guard(self) -> None:
        self.asked.append("guard")

    def logs(self) -> dict[str, float]:
        return {}

    def stop(self, reason: str) -> None:
        self.stopped = reason

    def save_state(self, keep: int = 2) -> None:
        self.asked.append(f"save state {self.epoch}")

    def save_weights(self, name: str) -> None:
        self.asked.append(f"save {name} {self.epoch}")

    def keep_weights(self, name: str) -> None:
        self.asked.append(f"keep {self.epoch}")

    def restore_weights(self, name: str) -> None:
        self.asked.append("restore")

    def follow(self, callback: Callback, **values: list[float]) -> int | None:
        """Log these values, an epoch each, and return the epoch after which it was stopped."""
        for numbers in zip(*values.values(), strict=True):
            logs = dict(zip(values, numbers, strict=True))
            self.history.append({"epoch": self.epoch, **logs})
            callback.on_epoch_end(self, logs)
            if self.stopped:
                return self.epoch
            self.epoch += 1
        return None
