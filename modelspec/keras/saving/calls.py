"""One call of a Keras layer: its arguments, and which of its outputs is which port."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.keras.saving.no_counterpart import no_counterpart
from modelspec.layers.attention import AdditiveAttention, Attention
from modelspec.layers.convolutional_recurrent import ConvLSTM1D, ConvLSTM2D, ConvLSTM3D
from modelspec.layers.multi_head_attention import GroupedQueryAttention, MultiHeadAttention
from modelspec.layers.recurrent import GRU, LSTM, SimpleRNN
from modelspec.layers.reversible_embedding import ReversibleEmbedding
from modelspec.layers.values import FLOATS
from modelspec.layers.wrappers import Bidirectional

if TYPE_CHECKING:
    from modelspec.graph.graph import Node
    from modelspec.layers import Layer

Json = Any
_HEADED = (MultiHeadAttention, GroupedQueryAttention)
_SCORED = (Attention, AdditiveAttention)
_RECURRENT = (LSTM, GRU, SimpleRNN, ConvLSTM1D, ConvLSTM2D, ConvLSTM3D)


class Call(NamedTuple):
    """The arguments of a call; tensors are as they are saved."""

    args: list[Json]
    kwargs: dict[str, Json]


def is_stateful(layer: Layer | None) -> bool:
    """Whether a layer carries states from step to step."""
    return isinstance(layer, (*_RECURRENT, Bidirectional))


def call_of(node: Node, operands: dict[str, list[Json]], ports: set[str], dtype: str) -> Call:
    """A call of a layer.

    Args:
        node: The layer's.
        operands: The tensors that reach each port.
        ports: Those of its ports that anything reads.
        dtype: That of its first operand.
    """
    layer = node.layer
    tensors = operands.get("", [])
    kwargs: dict[str, Json] = {}
    args: list[Json] = tensors
    if isinstance(layer, (*_HEADED, *_SCORED)):
        tensors = tensors * 2 if len(tensors) == 1 else tensors
        args = tensors if isinstance(layer, _HEADED) else [tensors]
        if layer.use_causal_mask:
            kwargs["use_causal_mask"] = True
        if "scores" in ports:
            kwargs["return_attention_scores"] = True
        if "attention_mask" in operands:
            (kwargs["attention_mask"],) = operands["attention_mask"]
    elif node.layer is not None and _takes_list(node.layer):
        args = [tensors]
    if "state" in operands:
        kwargs["initial_state"] = operands["state"]
    if isinstance(layer, ReversibleEmbedding) and dtype in FLOATS:
        kwargs["reverse"] = True
    return Call(args, kwargs)


def _takes_list(layer: Layer) -> bool:
    return layer.arity.maximum is None or layer.arity.maximum > 1


def state_config(config: dict[str, Any], layer: Layer, ports: set[str]) -> None:
    """Let the arguments of a layer say that it gives its states, where they are read."""
    if is_stateful(layer):
        own = config["layer"]["config"] if isinstance(layer, Bidirectional) else config
        own["return_state"] = bool(ports & {"state", "h", "c"})


def value_places(node: Node, ports: set[str]) -> dict[str, list[int]]:
    """Which outputs of Keras's layer are the values at the ports that are read.

    Those of a bundle are several; two that Keras gives one by one and are one here, too.
    """
    layer = node.layer
    found: dict[str, list[int]] = {"": [0]}
    if isinstance(layer, _RECURRENT):
        names = layer.states
        found |= {name: [place] for place, name in enumerate(names, 1)}
        found["state"] = list(range(1, len(names) + 1))
    elif isinstance(layer, Bidirectional):
        found = _both_ways(layer)
    elif isinstance(layer, (*_HEADED, *_SCORED)):
        found["scores"] = [1]
    else:
        parts = [port for port in node.outputs if port.startswith("part_")]
        found |= {port: [int(port.removeprefix("part_"))] for port in parts}
    lacking = ports - found.keys()
    if lacking:
        name = min(lacking)
        raise no_counterpart(node, f"has an output `.{name}` that is read, and Keras's has none")
    return found


def _both_ways(layer: Bidirectional) -> dict[str, list[int]]:
    names = layer.layer.states
    joined = layer.merge_mode is not None
    found = {"": [0]} if joined else {"forward": [0], "backward": [1]}
    first = 1 if joined else 2
    count = len(names)
    found["state"] = list(range(first, first + 2 * count))
    found |= {name: [first + i, first + count + i] for i, name in enumerate(names)}
    return found
