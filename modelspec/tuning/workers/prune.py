"""The callback that asks the study after each epoch whether a trial is to go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import PrivateAttr

from modelspec.training.callback import Callback, Logs, Training

Ask = Callable[[dict[str, float]], str | None]
"""Takes the row of an epoch; gives why the training is to end, or None."""


class Prune(Callback):
    """Asks after each epoch whether to go on.

    An epoch whose state was saved is not asked for again: the answer is a part of the state.
    """

    _ask: Ask = PrivateAttr()
    _why: str | None = PrivateAttr(None)
    _history: list[dict[str, float]] = PrivateAttr(default_factory=list)

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self._ask = ask

    @property
    def why(self) -> str | None:
        """Why the training was pruned, if it was."""
        return self._why

    @property
    def history(self) -> list[dict[str, float]]:
        """The rows of all epochs that are done, also where the training failed later."""
        return [dict(row) for row in self._history]

    def state(self) -> dict[str, Any]:
        """Why the training was pruned."""
        return {"why": self._why}

    def load_state(self, state: dict[str, Any]) -> None:
        """Take back what `state` returned."""
        self._why = state["why"]

    def on_train_begin(self, run: Training) -> None:
        """See the epochs that were done before."""
        self._history = run.history

    def on_epoch_end(self, run: Training, _logs: Logs) -> None:
        """Ask, and wait for the answer."""
        self._why = self._ask(run.history[-1])
        if self._why is not None:
            run.stop(self._why)
