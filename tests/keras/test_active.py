"""Which layers a saved `training=True` changes."""

from typing import Any

import pytest

from modelspec.keras.active import is_active
from modelspec.keras.model import KerasLayer, KerasModel


def _layer(kind: str, **config: Any) -> KerasLayer:
    return KerasLayer(kind.lower(), kind, "keras.layers", config, "")


_WRAPPED = {"class_name": "LSTM", "config": {"units": 3, "dropout": 0.5}}


@pytest.mark.parametrize(
    ("layer", "active"),
    [
        (_layer("Dropout", rate=0.5), True),
        (_layer("Dropout", rate=0.0), False),
        (_layer("GaussianNoise", stddev=0.1), True),
        (_layer("BatchNormalization"), True),
        (_layer("LSTM", dropout=0.0, recurrent_dropout=0.2), True),
        (_layer("LSTM", dropout=0.0, recurrent_dropout=0.0), False),
        (_layer("Bidirectional", layer=_WRAPPED), True),
        (_layer("SpectralNormalization", layer=_WRAPPED), True),
        (_layer("RandomRotation", factor=0.1), False),
        (_layer("Dense", units=3), False),
    ],
)
def test_single_layers(layer: KerasLayer, active: bool) -> None:
    assert is_active(layer) is active
    outer = _layer("Functional")
    outer.model = KerasModel("inner", {layer.name: layer}, {}, {})
    assert is_active(outer) is active
