"""How many rows are predicted at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.memory.calls import UnknownSizeError, calls_of
from modelspec.memory.training import open_sizes

if TYPE_CHECKING:
    from modelspec.graph.graph import Graph

BATCH = 256
"""Rows of a batch, where all that it makes fills a processor's cache."""
_MOST = 2048
_CACHE = 1 << 20
"""Bytes that a batch of more rows may make: of what is larger, each layer's output is gone from
the cache when the next one reads it, and nothing is gained."""


def batch_size(graph: Graph) -> int:
    """Rows of a batch: more than `BATCH` for a small model, whose time is that of its calls.

    Args:
        graph: A model without errors; of one that decodes sequences it is `BATCH`, since what is
            drawn depends on it.
    """
    if any(output.decode for output in graph.outputs.values()):
        return BATCH
    try:
        row = sum(calls_of(graph, open_sizes(graph)).sizes)
    except UnknownSizeError:
        return BATCH
    rows = _MOST
    while rows > BATCH and rows * row > _CACHE:
        rows //= 2
    return rows
