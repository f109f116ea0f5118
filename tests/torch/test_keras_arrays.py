"""Weights in Keras's layout: the numbers that the module has, bit by bit."""

import pytest
import torch

from modelspec import lint
from modelspec.torch import build
from modelspec.torch.keras_arrays import keras_arrays
from modelspec.torch.weight_ownership import layer_weights

TEXT = "inputs: {x: [5, 3]}\nlayers: {y: {type: %s}}\noutputs: [y]\n"


@pytest.mark.parametrize("floats", [torch.float32, torch.float64])
@pytest.mark.parametrize("layer", ["LSTM, units: 2", "Dense, units: 4", "BatchNormalization"])
def test_arrays_have_the_bits_and_the_type_of_the_module(layer: str, floats: torch.dtype) -> None:
    graph = lint.examine("spec.yaml", text=TEXT % layer).graph
    assert graph
    module = build(graph, seed=0).to(floats)
    with torch.no_grad():
        for tensor in module.parameters():
            tensor.add_(torch.rand_like(tensor))
    (owner,) = layer_weights(graph, module)
    found = keras_arrays(owner)
    assert {each.dtype for each in found.values()} == {floats}
    held = torch.cat([each.flatten() for each in module.state_dict().values()]).tolist()
    assert {*torch.cat([each.flatten() for each in found.values()]).tolist()} <= {*held}
