"""What a proposer is told, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.tuning.objectives import History
    from modelspec.tuning.record import Rejected, Trial
    from modelspec.tuning.space.axes import Values
    from modelspec.tuning.space.candidates import Candidate


@dataclass(frozen=True, slots=True)
class Known:
    """A trial as it is known to who chooses the next one.

    Attributes:
        history: One row an epoch; empty where its result is not known.
        ended: Whether its result is known: of one that is not, only the values are.
    """

    trial: Trial
    history: History = ()
    ended: bool = False


def known_at(number: int, earlier: Sequence[Known], window: int) -> list[Known]:
    """The trials before another as they are known at its choice.

    Args:
        number: Of the trial that is chosen.
        earlier: The trials before it.
        window: How many it does not wait for: of these, only the values are known.
    """
    return [
        known if known.trial.number <= number - window else Known(known.trial) for known in earlier
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is to be tried next.

    Attributes:
        candidate: None where there is nothing left to try.
        rejected: What was proposed before it, and may not be started.
        why: Why there is nothing left.
    """

    candidate: Candidate | None
    rejected: list[Rejected]
    why: str = ""


class Examine(Protocol):
    """Finds out about a candidate before it is trained."""

    def __call__(self, values: Values) -> Candidate:
        """Lint it, and count what it costs."""


class Proposer(Protocol):
    """Chooses candidates."""

    def propose(self, number: int, /, earlier: Sequence[Known]) -> Proposal:
        """Choose the candidate of a trial.

        Args:
            number: Of the trial.
            earlier: All trials before it, in the order of their numbers.
        """


Rule = Literal["tpe", "random", "grid", "nsga2", "cmaes", "gp"]
