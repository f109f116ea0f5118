"""Layers go through torch.export with a free length, too; `check_layer` exports each once."""

import pytest
import torch

from modelspec.layers import registry
from modelspec.layers.values import Example, LayerError
from tests.layers.calling import attempt, draw, make, record
from tests.layers.check_graphs import export, with_steps

pytestmark = [
    # Torch says this of its own LSTM and GRU too.
    pytest.mark.filterwarnings("ignore:The tensor attributes self.layer._flat_weights"),
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
]


STEPS = [
    ("Conv1D", {"filters": 3, "kernel_size": 3}),
    ("Conv1D", {"filters": 3, "kernel_size": 3, "padding": "same", "strides": 2}),
    ("Conv1D", {"filters": 3, "kernel_size": 2, "padding": "causal"}),
    ("MaxPooling1D", {"pool_size": 3, "padding": "same"}),
    ("AveragePooling1D", {"pool_size": 2, "padding": "same"}),
    ("LSTM", {"units": 3, "return_sequences": True}),
    ("GRU", {"units": 3, "go_backwards": True}),
    ("Dense", {"units": 3}),
    ("GlobalMaxPooling1D", {}),
    ("GlobalAveragePooling1D", {}),
    ("BatchNormalization", {}),
    ("LayerNormalization", {}),
    ("Flatten", {}),
    ("Reshape", {"target_shape": (-1, 2, 1)}),
]


@pytest.mark.parametrize(("name", "arguments"), STEPS)
def test_any_length(name: str, arguments: dict[str, object]) -> None:
    layer = registry.find(name)(**arguments)
    assert not isinstance(attempt(layer, with_steps([(8, 2)]), "float32"), LayerError)
    module, exported = export(layer, [(8, 2)], "float32", steps=True)
    for length in (6, 9):
        operands = draw([(length, 2)], "float32", batch=4)
        torch.testing.assert_close(exported(*operands), module(*operands))


@pytest.mark.parametrize("name", ["Conv2D", "LSTM", "BatchNormalization"])
def test_dynamo_traces_training(name: str) -> None:
    example: Example = registry.find(name).examples[3 if name == "Conv2D" else 0]
    layer = registry.find(name)(**example.arguments)
    module = record(layer, example.shapes, make(layer, example.shapes)).train()
    operands = draw(example.shapes, example.dtype)
    compiled = torch.compile(module, backend="eager")
    torch.testing.assert_close(compiled(*operands), module(*operands))
