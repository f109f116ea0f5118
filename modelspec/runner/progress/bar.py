"""Progress on a terminal: a bar that moves, and one line an epoch that stays."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from pydantic import PrivateAttr

from modelspec.runner.progress.epoch_line import epoch_text, rate_text, values_text
from modelspec.training.callback import Callback, Logs, Training

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

SECONDS_BETWEEN_LOOKS = 0.1
"""Running values are read from the device when they are shown, and no more often than this."""


class ProgressBar(Callback):
    """Shows the epoch under way as a bar with its running values, speed and remaining time."""

    _bar: Any = PrivateAttr(None)
    _began: float = PrivateAttr(0.0)
    _looked: float = PrivateAttr(0.0)
    _skipped: int = PrivateAttr(0)

    def on_train_begin(self, run: Training) -> None:  # noqa: ARG002
        """Show the bar."""
        self._bar = _bar()
        self._bar.add_task("", total=None, values="", speed="")
        self._bar.start()

    def on_epoch_begin(self, run: Training) -> None:
        """Begin the bar anew."""
        self._began = self._looked = time.monotonic()
        self._skipped = run.samples
        width = len(str(run.epochs))
        self._bar.reset(
            0,
            description=f"epoch {run.epoch:>{width}}/{run.epochs}",
            total=run.batches,
            completed=run.batch,
            values="",
            speed="",
        )
        self._bar.refresh()

    def on_batch_end(self, run: Training) -> None:
        """Move the bar, ten times a second."""
        now = time.monotonic()
        if now - self._looked < SECONDS_BETWEEN_LOOKS:
            return
        self._looked = now
        self._bar.update(
            0, completed=run.batch, values=values_text(run.logs()), speed=self._speed(run, now)
        )
        self._bar.refresh()

    def on_epoch_end(self, run: Training, logs: Logs) -> None:
        """Leave a line that says what the epoch came to."""
        speed = self._speed(run, time.monotonic())
        self._bar.console.print(
            epoch_text(run.epoch, run.epochs, logs, speed), highlight=False, soft_wrap=True
        )

    def close(self) -> None:
        """Take the bar away, and give the cursor back."""
        if self._bar is not None:
            self._bar.stop()

    def _speed(self, run: Training, now: float) -> str:
        return rate_text(run.samples - self._skipped, now - self._began)


def terminal() -> Console | None:
    """The console to draw on, None where there is no terminal that could move a bar."""
    from rich.console import Console

    console = Console()
    return console if console.is_terminal and not console.is_dumb_terminal else None


def _bar() -> Progress:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.table import Column

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[speed]}"),
        TextColumn("{task.fields[values]}", table_column=Column(no_wrap=True, overflow="ellipsis")),
        auto_refresh=False,
        transient=True,
    )
