"""Generating a sequence token by token: what depends on the tokens, and how it is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from modelspec.layers.values import Tensor

if TYPE_CHECKING:
    from modelspec.graph.graph import Graph, Node
    from modelspec.shapes import Dim

DecodePlan: TypeAlias = Literal["steps", "prefix", "padded"]
"""How the fed part of a graph is run for each token: `steps` on the newest token, recurrent states
being carried along; `prefix` on all tokens so far; `padded` on all, filled up to one length."""

_RECURRENT = frozenset({"SimpleRNN", "LSTM", "GRU"})
_ATTENTION = frozenset(
    {"MultiHeadAttention", "GroupedQueryAttention", "Attention", "AdditiveAttention"}
)
_BY_STEP = frozenset(
    {
        "Activation",
        "Add",
        "AlphaDropout",
        "Average",
        "Concatenate",
        "Dense",
        "Dropout",
        "ELU",
        "Embedding",
        "GaussianDropout",
        "GaussianNoise",
        "Identity",
        "LayerNormalization",
        "LeakyReLU",
        "Masking",
        "Maximum",
        "Minimum",
        "Multiply",
        "RMSNormalization",
        "ReLU",
        "Rescaling",
        "Softmax",
        "SpatialDropout1D",
        "Subtract",
        "TimeDistributed",
        "UnitNormalization",
    }
)
"""Layers that compute each step by itself, outside of training, their axis being the last."""


class SpecialTokens(NamedTuple):
    """The ids of the tokens that a sequence begins and ends with; `stop` -1 for none."""

    start: int
    stop: int


def feed_dependents(graph: Graph, feed: str) -> set[str]:
    """The nodes whose values depend on an input, itself included."""
    dependents = {feed}
    for node in graph.nodes.values():
        if any(source.node in dependents for source in node.sources):
            dependents.add(node.name)
    return dependents


def decode_plan(graph: Graph, feed: str) -> DecodePlan:
    """How what depends on the fed input is computed token by token."""
    steps = _steps(graph.inputs[feed])
    if isinstance(steps, int):
        return "padded"
    dependents = feed_dependents(graph, feed)
    alone = all(
        _by_step(graph, graph.nodes[name], dependents, steps)
        for name in dependents
        if name != feed and graph.nodes[name].alive
    )
    return "steps" if alone else "prefix"


def _by_step(graph: Graph, node: Node, dependents: set[str], steps: Dim | None) -> bool:
    """Whether a node's value at a step needs no other step's, but for carried states."""
    kind, layer = node.type, node.layer
    operands = node.operands.get("", [])
    if kind in _RECURRENT:
        assert layer is not None
        states = node.operands.get("state", [])
        return (
            getattr(layer, "return_sequences", False)
            and not getattr(layer, "go_backwards", False)
            and not any(source.node in dependents for source in states)
        )
    if kind in _ATTENTION:
        own = [source.node in dependents for source in operands]
        return own[:1] == [True] and len(own) > 1 and not any(own[1:])
    if kind not in _BY_STEP or getattr(layer, "axis", -1) not in (-1, (-1,)):
        return False
    others = (graph.value(source) for source in operands if source.node not in dependents)
    return not any(isinstance(value, Tensor) and steps in (value.shape or ()) for value in others)


def _steps(node: Node) -> Dim | None:
    value = node.outputs[""]
    assert isinstance(value, Tensor)
    return value.shape[0] if value.shape else None
