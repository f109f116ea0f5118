"""Which rows are predicted where all would be too many."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from modelspec.graph.totals import totals

if TYPE_CHECKING:
    from modelspec.data import Arrays
    from modelspec.data.table.table import RowIndices
    from modelspec.graph.graph import Graph

MOST_ROWS, MOST_COSTLY_ROWS = 10_000, 1_000
"""Of more rows, a sample of so many is predicted; fewer where each is read from a file."""
MOST_FLOPS = 50e9
"""How many FLOPs the predictions may cost."""
MOST_VALUES = 2_000_000
"""How many numbers the targets of an output may have together."""
FEW_ROWS = 64


def sample_rows(arrays: Arrays, graph: Graph, seed: int = 0) -> RowIndices | None:
    """Rows to predict, rising; None for all of them, where they are not too many.

    Args:
        arrays: All rows, with targets.
        graph: Says what a row costs.
        seed: Rules which are drawn.
    """
    costly = any(getattr(values, "costly", False) for values in arrays.inputs.values())
    most = MOST_COSTLY_ROWS if costly else MOST_ROWS
    flops = totals(graph).flops
    if isinstance(flops, int) and flops:
        most = min(most, max(FEW_ROWS, int(MOST_FLOPS / flops)))
    cells = [prod(size or 1 for size in each.shape[1:]) for each in arrays.targets.values()]
    most = min(most, max(FEW_ROWS, MOST_VALUES // max(cells, default=1)))
    if arrays.rows <= most:
        return None
    return np.sort(np.random.default_rng(seed).permutation(arrays.rows)[:most])
