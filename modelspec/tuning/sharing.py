"""What the loop of trials tells others who work on the same study, if there are any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.tuning.objectives import History
    from modelspec.tuning.record import Trial


class Sharing(Protocol):
    """The other machines of a study."""

    def beat(self, running: Iterable[Trial], /) -> None:
        """Say that these trials are being trained; called every now and then."""

    def end(self, trial: Trial, history: History, /) -> None:
        """Say what a trial came to."""

    def is_ours(self, trial: Trial, /) -> bool:
        """Whether a trial that was left can be gone on with: nobody has taken it over."""

    def waits(self, more: bool, /) -> bool:
        """Whether others train something, or, with `more`, there is something left to train."""

    def best_is_ours(self, trials: Iterable[Trial], /) -> bool:
        """Whether one of these trials is the best of all machines."""


class Alone:
    """There are no others."""

    def beat(self, running: Iterable[Trial]) -> None:
        """Nothing."""

    def end(self, trial: Trial, history: History) -> None:
        """Nothing."""

    def is_ours(self, _trial: Trial) -> bool:
        """It is."""
        return True

    def waits(self, _more: bool) -> bool:
        """Never."""
        return False

    def best_is_ours(self, _trials: Iterable[Trial]) -> bool:
        """It is."""
        return True
