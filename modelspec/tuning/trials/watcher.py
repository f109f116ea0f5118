"""What a study tells whoever watches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.tuning.record import Confirmation, Trial


class StudyWatcher(Protocol):
    """Is told what happens in a study, in the order in which it happens."""

    def on_trial_start(self, trial: Trial) -> None:
        """A trial begins, or goes on."""

    def on_epoch(self, number: int, epoch: int, logs: Mapping[str, float]) -> None:
        """A trial has measured an epoch, from 1."""

    def on_trial_end(self, trial: Trial) -> None:
        """A trial has ended; it is `running` where it was interrupted and can go on."""

    def on_confirm(self, confirmation: Confirmation) -> None:
        """A trial has been trained again."""

    def on_message(self, text: str) -> None:
        """Something has to be said."""


class Unwatched:
    """Watches nothing."""

    def on_trial_start(self, trial: Trial) -> None:
        """Nothing."""

    def on_epoch(self, number: int, epoch: int, logs: Mapping[str, float]) -> None:
        """Nothing."""

    def on_trial_end(self, trial: Trial) -> None:
        """Nothing."""

    def on_confirm(self, confirmation: Confirmation) -> None:
        """Nothing."""

    def on_message(self, text: str) -> None:
        """Nothing."""
