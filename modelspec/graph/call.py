"""A call of a layer or of a block, as the findings about it need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from modelspec.graph.graph import Node
    from modelspec.language.model import Model
    from modelspec.layers.values import Operands

MOST_STEPS_BACK = 1000
"""How many nodes a search for the cause of an error goes back from the failed call."""


class Caller(NamedTuple):
    """A node inside whose block something is being inferred."""

    node: Node
    operands: Operands


class Call(NamedTuple):
    """A call that failed."""

    model: Model
    nodes: dict[str, Node]
    """The nodes before it, by name."""
    node: Node
    title: str
    operands: Operands
