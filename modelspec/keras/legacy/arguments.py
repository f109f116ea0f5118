"""The arguments of layers of Keras 2, as Keras 3 has them."""

from __future__ import annotations

from typing import Any

from modelspec.keras.model import UnknownPartError

_INITIALIZERS = "_initializer"
_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU", "RNN", "ConvLSTM2D")
_ACTIVATIONS = {"softmax_v2": "softmax", "swish": "silu"}
_RENAMED = {
    ("LeakyReLU", "alpha"): "negative_slope",
    ("ThresholdedReLU", "theta"): "threshold",
    ("InputLayer", "batch_input_shape"): "batch_shape",
}
_IDLE: dict[str, frozenset[str]] = {
    "": frozenset({"batch_input_shape", "input_dtype"}),
    "Embedding": frozenset({"input_length"}),
    "SeparableConv": frozenset(
        "groups kernel_initializer kernel_regularizer kernel_constraint".split()
    ),
    "DepthwiseConv": frozenset(
        "groups filters kernel_initializer kernel_regularizer kernel_constraint".split()
    ),
    "BatchNormalization": frozenset({"fused"}),
    "SpatialDropout": frozenset({"noise_shape"}),
    "Random": frozenset({"rng_type"}),
    "MultiHeadAttention": frozenset({"query_shape", "key_shape", "value_shape"}),
}
"""What is saved without any effect, by how the class begins: arguments of a base class that the
class itself does not use, and how it is computed."""
_USUAL = {
    "time_major": False,
    "renorm": False,
    "virtual_batch_size": None,
    "adjustment": None,
    "input_length": None,
    "groups": 1,
    "sparse": False,
    "ragged": False,
}
"""Arguments that Keras 3 has no more, with the value that says nothing."""


def arguments(kind: str, config: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a layer, those of `LSTM` for a `CuDNNLSTM`.

    Args:
        kind: The class as Keras 2 calls it.
        config: Its arguments.

    Raises:
        UnknownPartError: One has a meaning that Keras 3 does not know.
    """
    name = config.get("name")
    if config.get("time_major"):
        raise UnknownPartError(
            f"`{name}` reads time before the batch (`time_major`), which is not known",
            "put Permute layers around it instead, and save the model again",
        )
    found: dict[str, Any] = {}
    for key, value in config.items():
        key = _RENAMED.get((kind, key), key)
        if key in _USUAL and value == _USUAL[key]:
            continue
        if not any(key in idle for start, idle in _IDLE.items() if kind.startswith(start)):
            found[key] = _value(name, key, value)
    if kind in _RECURRENT:
        found |= _recurrent(kind, found)
    if kind.startswith("BatchNormalization") or kind == "LayerNormalization":
        axis = found.get("axis")
        if isinstance(axis, list) and len(axis) == 1:
            (found["axis"],) = axis
    return found


def _recurrent(kind: str, config: dict[str, Any]) -> dict[str, Any]:
    """What goes without saying there."""
    if kind == "CuDNNLSTM":
        return {"recurrent_activation": "sigmoid"}
    if kind == "CuDNNGRU":
        return {"recurrent_activation": "sigmoid", "reset_after": True}
    return {"reset_after": config.get("reset_after", False)} if kind == "GRU" else {}


def _value(layer: Any, key: str, value: Any) -> Any:
    if key.endswith("activation"):
        return _activation(layer, value)
    if key.endswith(_INITIALIZERS) and isinstance(value, dict):
        own = value.get("config")
        if isinstance(own, dict):
            own = {key: item for key, item in own.items() if key != "dtype"}
            if own.get("distribution") == "normal":
                own["distribution"] = "truncated_normal"
            return {**value, "config": own}
    return value


def _activation(layer: Any, value: Any) -> Any:
    if isinstance(value, dict) and isinstance(value.get("config"), dict):
        kind = str(value.get("class_name"))
        module = value.get("module", "keras.layers")
        return {**value, "module": module, "config": arguments(kind, value["config"])}
    if value == "hard_sigmoid":
        raise UnknownPartError(
            f"`{layer}` has the `hard_sigmoid` of Keras 2, 0.2 x + 0.5 cut at 0 and 1, which is"
            " another function in Keras 3 and here",
            "train it again with `sigmoid` there",
        )
    return _ACTIVATIONS.get(value, value) if isinstance(value, str) else value
