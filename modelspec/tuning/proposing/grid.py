"""All combinations of a space, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.tuning.proposing.proposal import Proposal
from modelspec.tuning.proposing.rejections import Sieve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.tuning.proposing.proposal import Examine, Known
    from modelspec.tuning.space.axes import SearchSpace

ALL_TRIED = "every combination has been tried"


class GridProposer:
    """Proposes the combinations in the order of the file, the last path changing first.

    What may not be trained is left out; after the last one there is nothing left.

    Args:
        space: One whose combinations can be counted.
        examine: Says what may be trained.
    """

    def __init__(self, space: SearchSpace, examine: Examine) -> None:
        self._space = space
        self._examine = examine

    def propose(self, _number: int, earlier: Sequence[Known]) -> Proposal:
        """Choose the first combination that has not been tried."""
        sieve = Sieve(self._examine, earlier)
        for values in self._space.combinations():
            if sieve.is_new(values):
                candidate = sieve.examine(values)
                if candidate is not None:
                    return Proposal(candidate=candidate, rejected=sieve.rejected)
        return Proposal(candidate=None, rejected=sieve.rejected, why=ALL_TRIED)
