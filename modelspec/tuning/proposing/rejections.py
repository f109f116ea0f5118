"""Candidates that are proposed, and never started."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from modelspec.tuning.record import Rejected
from modelspec.tuning.space.axes import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from modelspec.tuning.proposing.proposal import Examine, Known
    from modelspec.tuning.space.axes import Values
    from modelspec.tuning.space.candidates import Candidate

SHOWN = 3
"""How many reasons are told where nothing is left to try."""


class Sieve:
    """Lets a candidate through that is new, sound and within the limits.

    Attributes:
        rejected: What it has not let through, but for what was tried before.
    """

    def __init__(self, examine: Examine, earlier: Sequence[Known]) -> None:
        self._examine = examine
        self._seen = {key(values) for values in tried(earlier)}
        self.rejected: list[Rejected] = []

    def is_new(self, values: Values) -> bool:
        """Whether a candidate has not been tried before."""
        return key(values) not in self._seen

    def examine(self, values: Values) -> Candidate | None:
        """A new candidate that may be trained; None where it may not, which is noted."""
        self._seen.add(key(values))
        candidate = self._examine(values)
        if candidate.ok:
            return candidate
        self.rejected.append(Rejected(values=values, over=candidate.over, why=candidate.why))
        return None


def tried(earlier: Iterable[Known]) -> Iterable[Values]:
    """The values of all that was started or rejected."""
    for known in earlier:
        yield known.trial.values
        for rejected in known.trial.rejected:
            yield rejected.values


def reasons(rejected: Sequence[Rejected]) -> str:
    """Why candidates were rejected, the most frequent reasons first; begins with a colon."""
    if not rejected:
        return ""
    counted = Counter("over a limit" if each.over else each.why for each in rejected)
    told = [f"{count} times {why}" for why, count in counted.most_common(SHOWN)]
    more = f"; and {len(counted) - SHOWN} more reasons" if len(counted) > SHOWN else ""
    return f": {'; '.join(told)}{more}"
