"""In which groups of the file the arrays of a layer lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.layers import Layer
from modelspec.layers.convolutional_recurrent import ConvLSTM1D, ConvLSTM2D, ConvLSTM3D
from modelspec.layers.multi_head_attention import GroupedQueryAttention, MultiHeadAttention
from modelspec.layers.recurrent import GRU, LSTM, SimpleRNN
from modelspec.layers.spectral import SpectralNormalization
from modelspec.layers.wrappers import Bidirectional, TimeDistributed

if TYPE_CHECKING:
    from collections.abc import Sequence

_OF_A_CELL = (LSTM, GRU, SimpleRNN, ConvLSTM1D, ConvLSTM2D, ConvLSTM3D)
_PARTS = {"attention_output": "output"}


def layout(layer: Layer, names: Sequence[str]) -> list[tuple[str, str]]:
    """The groups of a layer's weights, each with the name of a weight, in the file's order.

    Args:
        layer: Which.
        names: Its weights, in Keras's order.

    Returns:
        The group below the layer's own, `""` or `"cell"`, and the weight, for each array; an array
        that Keras saves twice stands there twice.
    """
    if isinstance(layer, Bidirectional):
        return [(f"{name.partition('_')[0]}_layer/cell", name) for name in names]
    if isinstance(layer, SpectralNormalization):
        kernel, vector, *others = names
        held = [("layer", kernel), *(("layer", name) for name in others)]
        return [("", kernel), ("", vector), *held]
    if isinstance(layer, TimeDistributed):
        assert isinstance(layer.layer, Layer)
        inner = layout(layer.layer, names)
        return [(f"layer/{group}".rstrip("/"), name) for group, name in inner]
    if isinstance(layer, MultiHeadAttention | GroupedQueryAttention):
        return [(_projection(layer, name), name) for name in names]
    group = "cell" if isinstance(layer, _OF_A_CELL) else ""
    return [(group, name) for name in names]


def _projection(layer: Layer, name: str) -> str:
    part = name.rpartition("_")[0]
    private = isinstance(layer, GroupedQueryAttention) or part == "gate"
    return f"{'_' * private}{_PARTS.get(part, part)}_dense"
