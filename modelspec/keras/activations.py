"""A layer given as the activation of another, `Dense(64, activation=LeakyReLU(0.1))`."""

from __future__ import annotations

from typing import Any

from modelspec.keras.model import KerasLayer

_APART = ("ReLU", "LeakyReLU", "ELU", "Softmax", "Activation", "GLU")
"""The activation layers without weights; `glu`, which halves an axis, is a layer here."""
_ENDS = ("Dense", "EinsumDense", "Conv", "SeparableConv", "DepthwiseConv")
"""How the types begin that apply their activation at the end of all."""


def split_activation(layer: KerasLayer) -> KerasLayer | None:
    """Take the activation out of a layer, where it is a layer that can stand behind it.

    Args:
        layer: Its configuration loses the activation.
    """
    own: Any = layer.config.get("activation")
    if own == "glu":
        own = {"class_name": "GLU", "module": "keras.layers", "config": {}}
    if not isinstance(own, dict) or own.get("class_name") not in _APART:
        return None
    if not str(own.get("module")).startswith("keras.") or not isinstance(own.get("config"), dict):
        return None
    if not layer.type.startswith(_ENDS) or layer.config.get("activity_regularizer"):
        return None
    layer.config = {**layer.config, "activation": None}
    return KerasLayer(layer.name, own["class_name"], own["module"], own["config"], "")
