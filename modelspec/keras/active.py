"""Which layers compute otherwise in training, where a saved call says `training=True`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelspec.keras.model import KerasLayer, KerasModel

_RATES = ("rate", "stddev", "dropout", "recurrent_dropout")
_MEASURING = ("BatchNormalization", "SpectralNormalization")


def is_active(layer: KerasLayer) -> bool:
    """Whether a call with `training=True` gives other numbers than `predict` without it.

    Random layers and resizing have that argument in every saved call; what runs the model
    overrides it.
    """
    inner = layer.model or layer.wrapped
    if inner is not None:
        return _any_active(inner)
    return _is_active(layer.type, layer.config)


def _any_active(model: KerasModel) -> bool:
    return any(is_active(layer) for layer in model.layers.values())


def _is_active(kind: str, config: dict[str, Any]) -> bool:
    inner = config.get("layer")
    if isinstance(inner, dict) and kind not in _MEASURING:
        return _is_active(str(inner.get("class_name")), inner.get("config") or {})
    if kind.startswith("Random"):
        return False
    return kind in _MEASURING or any(config.get(rate) for rate in _RATES)
