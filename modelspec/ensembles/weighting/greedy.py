"""Greedy selection of members, one after the other and again and again (Caruana et al. 2004)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from modelspec.ensembles.weighting.answers import Numbers
    from modelspec.ensembles.weighting.objectives import Objective

ROUNDS = 100
METHOD = "selection with replacement"


def greedy(objective: Objective, rounds: int = ROUNDS) -> Numbers:
    """Weights by selection with replacement: how often each member was taken.

    Begins with the best member, and takes the one that makes the mean of all taken best, of equal
    ones the one taken less often, then the first. What is returned are the counts after the round
    that was best, divided by their sum.

    Args:
        objective: What is to be minimised.
        rounds: How many members are taken.
    """
    counts = np.zeros(objective.members)
    best, least = counts, np.inf
    for taken in range(1, rounds + 1):
        tried = (counts + np.eye(objective.members)) / taken
        values = [objective.value(weights) for weights in tried]
        chosen = min(range(objective.members), key=lambda n: (values[n], counts[n], n))
        counts[chosen] += 1
        if values[chosen] < least:
            best, least = counts / taken, values[chosen]
    return np.asarray(best)
