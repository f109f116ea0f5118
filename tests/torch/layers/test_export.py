"""Layers go through torch.export with a free batch size, and a free length where there is one."""

from collections.abc import Sequence

import pytest
import torch
from torch import nn

from modelspec.layers import Layer, registry
from modelspec.layers.values import Example, LayerError
from modelspec.shapes import Shape, symbol
from tests.layers.check_layer import attempt, draw, make, record

pytestmark = [
    # Torch says this of its own LSTM and GRU too.
    pytest.mark.filterwarnings("ignore:The tensor attributes self.layer._flat_weights"),
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
]


@pytest.fixture(autouse=True)
def forget_what_was_compiled() -> None:
    """What an earlier export in the process took for fixed would be ruled out for this one."""
    torch.compiler.reset()


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


def export(
    layer: Layer, shapes: Sequence[tuple[int, ...]], dtype: str, steps: bool
) -> tuple[nn.Module, nn.Module]:
    """The recorded call, and what torch.export makes of it."""
    module = record(layer, with_steps(shapes) if steps else shapes, make(layer, shapes)).eval()
    free = {0: torch.export.Dim.DYNAMIC, **({1: torch.export.Dim.DYNAMIC} if steps else {})}
    operands = tuple(draw(shapes, dtype))
    exported = torch.export.export(module, operands, dynamic_shapes=[free] * len(shapes))
    return module, exported.module()


def with_steps(shapes: Sequence[tuple[int, ...]]) -> list[Shape]:
    """The shapes with a symbol for their first size."""
    return [(symbol("T"), *shape[1:]) for shape in shapes]


@pytest.mark.parametrize("name", registry.names())
def test_any_batch_size(name: str) -> None:
    example: Example = registry.find(name).examples[0]
    layer = registry.find(name)(**example.arguments)
    module, exported = export(layer, example.shapes, example.dtype, steps=False)
    operands = draw(example.shapes, example.dtype, batch=7)
    torch.testing.assert_close(exported(*operands), module(*operands))


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
