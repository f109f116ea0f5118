"""How many threads of the CPU a training is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.graph import totals
from modelspec.shapes import Expr

if TYPE_CHECKING:
    from modelspec.graph.graph import Graph

PASSES = 3
"""A training step costs a forward pass, and a backward pass of twice that."""
SMALL_STEP = 3e8
"""Floating point operations, about 10 ms of one core. Below it a second thread gains little on a
quiet machine, and can cost fifty times on a busy one: each operation waits for both."""

USUAL_LENGTH = 100
"""What an axis of open size is reckoned with."""


def threads_for(graph: Graph, batch_size: int) -> int | None:
    """One for a model of small steps; None leaves it to torch, which takes all cores.

    It is a function of the spec alone: on another number of threads sums are rounded otherwise.
    """
    flops = totals(graph).flops
    if isinstance(flops, Expr):
        flops = flops.evaluate(dict.fromkeys(flops.symbols, USUAL_LENGTH))
    small = isinstance(flops, int) and PASSES * flops * batch_size < SMALL_STEP
    return 1 if small else None
