"""How the room says that Keras has no such thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelspec.graph.graph import Node


class NoCounterpartError(ValueError):
    """Keras has nothing that computes what a node does.

    Attributes:
        help: The way round; empty where there is none.
    """

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


def no_counterpart(node: Node, problem: str, help: str = "") -> NoCounterpartError:
    """The error of a node, with its place in the spec.

    Args:
        node: What is the matter.
        problem: What of it, after its name: "has an output of its own".
        help: The way round.
    """
    return NoCounterpartError(f"`{node.path}` ({node.type}, {_where(node)}) {problem}", help)


def _where(node: Node) -> str:
    span = node.place.span
    return f"{span.file}:{span.line}" if span.line else span.file
