"""How large a graph may be: beyond this, a spec is an accident or an attack."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from modelspec.language.context import MAX_WRITTEN_OUT
from modelspec.layers.values import tensors_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.diagnostics import Diagnostic
    from modelspec.graph.graph import Node
    from modelspec.layers.values import Inference, Value

MOST_LEVELS = 80
"""How deep blocks and wrappers may be nested in one another."""

MOST_NODES = MAX_WRITTEN_OUT

MOST_INFERRED = 100_000
"""How many nodes of blocks may be worked through, equal calls of a block counting once."""

MOST_NUMBERS = 100_000_000_000
"""How many numbers the weights of one layer, or one sample of its output, may have."""


def too_deep(node: Node) -> Diagnostic:
    """The finding at a block that lies too deep."""
    return node.place.finding(
        "MS104",
        f"`{node.name}` is nested more than {MOST_LEVELS} levels deep",
        key=True,
        help="nest blocks and wrappers less",
    )


def too_many_nodes(node: Node) -> Diagnostic:
    """The finding at the block with which a graph grows beyond its bound."""
    return node.place.finding(
        "MS104",
        f"with `{node.name}` written out, the graph has more than {MOST_NODES:,} nodes",
        key=True,
        help="repeat less",
    )


def too_large(node: Node, title: str, inference: Inference) -> Diagnostic | None:
    """The finding at a layer whose weights or output are beyond all memory, if they are."""
    weights = sum(prod(weight.shape) for weight in inference.weights)
    if weights > MOST_NUMBERS:
        what = f"{title} would have {_in_words(weights)} parameters"
    elif (numbers := _largest(inference.outputs.values())) > MOST_NUMBERS:
        what = f"{title} would make {_in_words(numbers)} numbers of each sample"
    else:
        return None
    message = f"{what}; the bound is {MOST_NUMBERS:,}"
    return node.place.finding("MS104", message, key=True, help="make it smaller")


def _largest(values: Iterable[Value]) -> int:
    """The most numbers that a sample of any of the values surely has."""
    most = 0
    for value in values:
        for tensor in tensors_of(value):
            sizes = tensor.shape or ()
            most = max(most, prod(size for size in sizes if isinstance(size, int)))
    return most


def _in_words(number: int) -> str:
    """`1,500,000`, or `about 10^30`: nobody reads a hundred digits."""
    if number < 10**18:
        return f"{number:,}"
    return f"about 10^{int(number.bit_length() * 0.30103)}"
