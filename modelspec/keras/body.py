"""The content of a spec, or of a block, on its way from Keras to YAML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

Entry = dict[str, Any]
Weights = dict[str, Any]
"""Where arrays lie in the Keras file, by node: a path, or again such a dict for a block.

The weights of what is under `shared` stand under `shared:name`.
"""


@dataclass
class Repeated:
    """The weights of the copies of a block with `repeat`, in order."""

    copies: list[Weights]


@dataclass
class Node:
    """One node: what stands under `layers`, and what flows into it.

    Attributes:
        operands: The endpoints (`name` or `name.port`) that reach each input port.
        weights: Where its arrays lie: a path, or the body of a block; None for a call of a
            shared layer.
    """

    name: str
    entry: Entry
    operands: dict[str, list[str]]
    weights: Any = None

    def sources(self) -> list[str]:
        """The names of the nodes that it reads."""
        return [node_of(end) for ends in self.operands.values() for end in ends]


@dataclass
class Body:
    """A spec's or block's inputs, shared layers, nodes (in topological order) and outputs.

    Attributes:
        renamed: Keras's names of what had to be called otherwise.
        notes: What a reader should know of the whole.
    """

    name: str
    inputs: dict[str, Any] = field(default_factory=dict)
    shared: dict[str, Entry] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    shared_weights: Weights = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def weights(self) -> Weights:
        """Where the arrays of all nodes lie."""
        nodes: Weights = {}
        for name, node in self.nodes.items():
            if isinstance(node.weights, Repeated):
                copies = enumerate(node.weights.copies, 1)
                nodes |= {f"{name}_{number}": _places(weights) for number, weights in copies}
            else:
                nodes[name] = _places(node.weights)
        shared = {f"shared:{name}": _places(place) for name, place in self.shared_weights.items()}
        return {name: place for name, place in nodes.items() if place is not None} | shared


def _places(weights: Any) -> Any:
    """Where the arrays of one node lie, those of a block by the nodes that it has by now."""
    if isinstance(weights, Body):
        return weights.weights()
    if isinstance(weights, dict):
        return {name: _places(place) for name, place in weights.items()}
    return weights


def node_of(endpoint: str) -> str:
    """The node of `node.port`."""
    return endpoint.partition(".")[0]


def identifier(name: str) -> str:
    """A name as the language allows it: `conv-1/a` is `conv_1_a`."""
    name = re.sub(r"\W+", "_", name, flags=re.ASCII)
    return name if re.match(r"[A-Za-z_]", name) else f"_{name}"


class Names:
    """Gives out names, each once."""

    def __init__(self, taken: Any = ()) -> None:
        self._taken = set(taken)

    def fresh(self, wanted: str, copies: int = 0) -> str:
        """The name, with a number behind it if it is taken.

        Args:
            wanted: The name.
            copies: How many names `NAME_1`, `NAME_2` are to be free too.
        """
        name, number = wanted, 1
        while self._taken & self._all(name, copies):
            number += 1
            name = f"{wanted}_{number}"
        self._taken |= self._all(name, copies)
        return name

    def _all(self, name: str, copies: int) -> set[str]:
        return {name, *(f"{name}_{number}" for number in range(1, copies + 1))}
