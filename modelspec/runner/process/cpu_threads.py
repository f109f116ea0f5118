"""How many cores there are, and how many threads a training is worth."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelspec.layers.values import Tensor
from modelspec.shapes import evaluate

if TYPE_CHECKING:
    from modelspec.graph.graph import Graph, Node

PASSES = 3
"""A training step costs a forward pass, and a backward pass of twice that."""
SMALL_STEP = 3e8
"""Floating point operations, about 10 ms of one core. Below it a second thread gains little on a
quiet machine, and can cost fifty times on a busy one: each operation waits for both."""
OPEN_LENGTH = 32
"""Steps that a sequence of open length is taken to have, beside what reads it step by step."""


def available_cores() -> int:
    """How many cores this process may use: fewer than the machine has under `taskset`."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def threads_for(graph: Graph, batch_size: int) -> int | None:
    """One for a model of small steps; None leaves it to torch, which takes all cores.

    It is a function of the spec alone: on another number of threads sums are rounded otherwise.
    """
    lengths = {}
    if _has_recurrent(graph):
        lengths = {name: max(OPEN_LENGTH, least) for name, least in graph.minimums.items()}
    flops = _flops(graph, lengths)
    small = flops is not None and PASSES * flops * batch_size < SMALL_STEP
    return 1 if small else None


def _flops(graph: Graph, lengths: dict[str, int]) -> int | None:
    """What a sample costs; of a recurrent layer, each step of which both threads wait for, a step.

    None where a length is not known.
    """
    total = 0
    for node in (graph.body or graph).nodes.values():
        if node.graph is not None:
            flops = _flops(node.graph, lengths)
        else:
            flops = evaluate(node.flops, lengths)
            if flops is not None and _is_recurrent(node):
                flops //= _steps(graph, node, lengths)
        if flops is None:
            return None
        total += flops
    return total


def _has_recurrent(graph: Graph) -> bool:
    return any(
        _is_recurrent(node) or (node.graph is not None and _has_recurrent(node.graph))
        for node in (graph.body or graph).nodes.values()
    )


def _is_recurrent(node: Node) -> bool:
    return "state" in node.outputs


def _steps(graph: Graph, node: Node, lengths: dict[str, int]) -> int:
    """How many steps a recurrent layer reads."""
    source = node.operands[""][0]
    value = (graph.body or graph).nodes[source.node].outputs[source.port]
    assert isinstance(value, Tensor)
    assert value.shape is not None
    return evaluate(value.shape[0], lengths) or 1
