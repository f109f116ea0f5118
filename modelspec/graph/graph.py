"""A graph: what a spec means, with the shape of every node. The one input to all that follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from modelspec.layers.values import Tensor, Value, Weight

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from modelspec.language.decision import DecisionSection
    from modelspec.language.decode import DecodeSection
    from modelspec.language.model import Edge, Endpoint, Repeat
    from modelspec.layers import Layer
    from modelspec.shapes import Dim
    from modelspec.source import Place
    from modelspec.training.losses import Loss
    from modelspec.training.metrics import Metric


@dataclass(slots=True, eq=False, kw_only=True)
class Node:
    """One call: an input, a layer, or a block.

    Attributes:
        name: Its name in its own graph, `conv1`.
        path: Its name in the whole, `stage_1/conv1`.
        layer: The declaration, also of a shared layer; None for inputs and blocks, and for
            what is broken. A wrapper's inner layer stands in its `layer` field: a Layer, or a
            `graph.block.BlockCallee` whose `graph` is the inner block's.
        graph: A block's body, for this call.
        block: The block's name.
        shared: The shared layer that this is a call of (also from inside a wrapper), or None.
        operands: Where its values come from, by input port, in edge order. The ports of a
            block are the names of its inputs, also where the edge names none.
        edges: The edges behind `operands`, for messages.
        outputs: Its values, by output port. Unknown after a broken node. The only output of a
            block is its default port too.
        weights: What it owns; those of a shared layer stand at every call of it, and count once.
        flops: Operations a sample.
        trainable: False where it, or a block around it, is frozen.
        alive: Whether it lies on a path from an input to an output.
    """

    name: str
    path: str
    kind: Literal["input", "layer", "block"]
    place: Place
    layer: Layer | None = None
    graph: Graph | None = None
    block: str = ""
    shared: str | None = None
    operands: dict[str, list[Endpoint]] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    outputs: dict[str, Value] = field(default_factory=dict)
    weights: tuple[Weight, ...] = ()
    flops: Dim = 0
    trainable: bool = True
    alive: bool = True
    repeat: Repeat | None = None

    @property
    def type(self) -> str:
        """`Conv2D`; the block's name of a block; `Input` of an input."""
        if self.kind == "input":
            return "Input"
        return self.block or type(self.layer).__name__

    @property
    def sources(self) -> list[Endpoint]:
        """Where its values come from, in order, whatever port they go to."""
        return [source for sources in self.operands.values() for source in sources]


@dataclass(slots=True, eq=False, kw_only=True)
class GraphOutput:
    """An output of a graph."""

    name: str
    source: Endpoint
    value: Value
    place: Place
    loss: Loss | None = None
    weight: float = 1.0
    metrics: tuple[Metric, ...] = ()
    class_weight: Mapping[str, float] = field(default_factory=dict)
    decode: DecodeSection | None = None
    """How it is predicted as a sequence, token by token."""
    metric_places: tuple[Place, ...] = ()
    """Where each of `metrics` stands."""
    decision: DecisionSection | None = None
    """From which probability on it says yes, where that is not one half."""


@dataclass(slots=True, eq=False, kw_only=True)
class SharedLayer:
    """A shared layer and the nodes that call it, in topological order."""

    name: str
    place: Place
    calls: list[str]
    layer: Layer | None = None
    graph: Graph | None = None
    """The body of a shared block, as its first call sees it."""
    block: str = ""
    weights: tuple[Weight, ...] = ()
    trainable: bool = True


@dataclass(slots=True, eq=False, kw_only=True)
class Graph:
    """A model, or a block's body as one call sees it.

    Attributes:
        nodes: All nodes, inputs too, in topological order (file order where it is free).
            Where there is a cycle, its nodes and those behind them stand last, in file order.
        minimums: The least size of each input's symbol that every layer can take, `{"T": 229}`.
        body: Of a block: the one graph behind all calls of it on equal operands. Only `path`s
            differ between calls, so whoever needs no paths looks at each body once.
    """

    name: str
    path: str
    place: Place
    inputs: dict[str, Node]
    nodes: dict[str, Node]
    outputs: dict[str, GraphOutput]
    shared: dict[str, SharedLayer]
    description: str = ""
    minimums: dict[str, int] = field(default_factory=dict)
    body: Graph | None = None
    fill: Callable[[Graph], None] | None = None
    """Sets `nodes`, `inputs` and `shared` when one is first asked for: `graph.block.placed`."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            if name not in ("nodes", "inputs", "shared") or self.fill is None:
                raise AttributeError(name)
            self.fill(self)
            return object.__getattribute__(self, name)

    def value(self, endpoint: Endpoint) -> Value:
        """The value at an endpoint; an unknown tensor where the endpoint is broken."""
        node = self.nodes.get(endpoint.node)
        return node.outputs.get(endpoint.port, Tensor(None)) if node else Tensor(None)
