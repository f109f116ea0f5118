"""A graph as a list: one row a node, with shapes and parameters, and the sums."""

from modelspec.summary.rows import Row, rows
from modelspec.summary.summary import (
    BYTES_A_PARAMETER,
    Summary,
    largest_batch,
    summarize,
)

__all__ = ["BYTES_A_PARAMETER", "Row", "Summary", "largest_batch", "rows", "summarize"]
