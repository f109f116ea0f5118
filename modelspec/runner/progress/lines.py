"""Progress where nobody watches: one plain line an epoch."""

from __future__ import annotations

import time

from pydantic import PrivateAttr

from modelspec.runner.progress.epoch_line import epoch_text, rate_text
from modelspec.training.callback import Callback, Logs, Training


class ProgressLines(Callback):
    """Prints one line an epoch."""

    _began: float = PrivateAttr(0.0)
    _skipped: int = PrivateAttr(0)

    def on_epoch_begin(self, run: Training) -> None:
        """Start the clock."""
        self._began = time.monotonic()
        self._skipped = run.samples

    def on_epoch_end(self, run: Training, logs: Logs) -> None:
        """Say what the epoch came to."""
        speed = rate_text(run.samples - self._skipped, time.monotonic() - self._began)
        print(epoch_text(run.epoch, run.epochs, logs, speed), flush=True)
