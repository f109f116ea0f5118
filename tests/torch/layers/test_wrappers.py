"""TimeDistributed does with every step what its inner layer does with a sample."""

import pytest
import torch

from modelspec.layers import Layer, registry
from modelspec.layers.values import LayerError
from tests.layers.calling import draw, infer, make, run

LAYERS = [
    ("Conv1D", {"filters": 2, "kernel_size": 2, "activation": "relu"}),
    ("GRU", {"units": 2, "reset_after": False}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 2}),
    ("BatchNormalization", {"axis": 1}),
    ("Flatten", {}),
]


def build(name: str, **arguments: object) -> Layer:
    return registry.find(name)(**arguments)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize(("name", "arguments"), LAYERS)
def test_each_step_is_a_call(name: str, arguments: dict[str, object], training: bool) -> None:
    inner = build(name, **arguments)
    layer, shapes = build("TimeDistributed", layer=inner), [(3, 4, 2)]
    (x,) = draw(shapes, "float32")
    found, expected = make(layer, shapes), make(inner, [(4, 2)])
    for module in (found, expected):
        if module is not None:
            module.train(training)
    steps = [run(inner, [(4, 2)], expected, x[:, step])[""] for step in range(3)]
    torch.testing.assert_close(run(layer, shapes, found, x)[""], torch.stack(steps, 1))


def test_an_inner_layer_needs_an_output_of_its_own() -> None:
    inner = build("Bidirectional", layer=build("LSTM", units=2), merge_mode=None)
    with pytest.raises(LayerError, match="has none of its own") as caught:
        infer(build("TimeDistributed", layer=inner), [(3, 4, 2)])
    assert caught.value.argument == "layer"
