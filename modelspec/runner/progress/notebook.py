"""Progress in a notebook: a bar that moves, and a table of the last epochs that stays."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from pydantic import PrivateAttr

from modelspec.report.markup import Html, element, together
from modelspec.report.notebook import table
from modelspec.runner.progress.epoch_line import number_text, rate_text, values_text
from modelspec.training.callback import Callback, Logs, Training, measured_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS_BETWEEN_LOOKS = 0.2
MOST_EPOCHS = 10
"""A longer history is shown by its last epochs."""


def in_notebook() -> bool:
    """Whether this is the process of a notebook, which shows HTML; imports nothing."""
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    return getattr(shell, "kernel", None) is not None


class NotebookOutput:
    """A place under a notebook's cell, whose content is shown anew."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._looked = 0.0

    def is_due(self) -> bool:
        """Whether there is something new to be seen: five times a second."""
        return time.monotonic() - self._looked >= SECONDS_BETWEEN_LOOKS

    def show(self, html: Html, text: str) -> None:
        """Show it, in place of what was there.

        Args:
            html: What a notebook shows.
            text: What stands for it where there is no HTML.
        """
        from IPython.display import display

        shown = {"text/html": str(html), "text/plain": text}
        if self._handle is None:
            self._handle = display(  # type: ignore[no-untyped-call, unused-ignore]
                shown, raw=True, display_id=True
            )
        else:
            self._handle.update(shown, raw=True)
        self._looked = time.monotonic()


class NotebookProgress(Callback):
    """Shows the epoch under way as a bar with its running values, and the last epochs."""

    _output: NotebookOutput = PrivateAttr(default_factory=NotebookOutput)
    _began: float = PrivateAttr(0.0)
    _skipped: int = PrivateAttr(0)

    def on_epoch_begin(self, run: Training) -> None:
        """Begin the bar anew."""
        self._began = time.monotonic()
        self._skipped = run.samples
        self._show(run, run.batch, {})

    def on_batch_end(self, run: Training) -> None:
        """Move the bar, five times a second."""
        if self._output.is_due():
            self._show(run, run.batch, run.logs())

    def on_epoch_end(self, run: Training, logs: Logs) -> None:  # noqa: ARG002
        """Add a row to the table."""
        self._show(run, run.batches, {})

    def _show(self, run: Training, batch: int, logs: Logs) -> None:
        speed = rate_text(run.samples - self._skipped, time.monotonic() - self._began)
        place = f"epoch {run.epoch}/{run.epochs}"
        told = "  ".join(part for part in (values_text(logs), speed * bool(batch)) if part)
        line = element("div", f"{place} ", bar(batch, run.batches), f" {told}")
        epochs = epochs_table(run.history[-MOST_EPOCHS:])
        self._output.show(together(line, epochs), f"{place}  {told}")


def bar(done: int, of: int) -> Html:
    """How much is done, as a bar."""
    return element("progress", value=done, max=max(of, 1))


def epochs_table(rows: Sequence[dict[str, float]], best: int | None = None) -> Html | None:
    """Rows of a history, None where there are none.

    Args:
        rows: As of `Training.history`.
        best: The epoch that is marked as the best one.
    """
    if not rows:
        return None
    keys = list(dict.fromkeys(key for row in rows for key in measured_keys(row)))
    cells = (
        [
            f"{row['epoch']:.0f}{' (best)' * (row['epoch'] == best)}",
            *(number_text(row[key]) if key in row else "" for key in keys),
        ]
        for row in rows
    )
    return table(("epoch", *keys), cells)
