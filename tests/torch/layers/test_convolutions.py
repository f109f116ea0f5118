"""The rarer convolutions against what Keras computes (`tests/golden/make_convolutions.py`)."""

from copy import deepcopy
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.layers import registry
from modelspec.layers.values import LayerError
from modelspec.torch.layers import find
from tests.golden.kept import Kept
from tests.layers.check_layer import attempt, check_outputs, check_symbols, infer, make, run

KEPT = Kept("convolutions")


@pytest.mark.parametrize("entry", KEPT.titles())
def test_keras_computes_the_same(entry: dict[str, Any]) -> None:
    example = KEPT.example(entry)
    layer = registry.find(entry["type"])(**example.arguments)
    module = make(layer, example.shapes)
    find(layer).load_keras(module, layer, KEPT.arrays(entry, "w"))
    found = run(layer, example.shapes, module, *KEPT.arrays(entry, "x"))[""]
    torch.testing.assert_close(found, KEPT.arrays(entry, "y")[0], rtol=1e-5, atol=1e-5)
    weights = infer(layer, example.shapes).weights
    assert [weight.name for weight in weights] == entry["weights"]
    assert [list(weight.shape) for weight in weights] == entry["weight_shapes"]


def test_every_example_is_covered() -> None:
    assert not KEPT.missing(), "run tests/golden/make_convolutions.py"


@pytest.mark.parametrize("entry", KEPT.titles())
def test_slopes_are_those_in_double_precision(entry: dict[str, Any]) -> None:
    """Kernels for 32 bits are others than those for 64, and some have been wrong."""
    example = KEPT.example(entry)
    layer = registry.find(entry["type"])(**example.arguments)
    module = make(layer, example.shapes)
    slopes = []
    for dtype in (torch.float32, torch.float64):
        copy = deepcopy(module).to(dtype)
        operand = KEPT.arrays(entry, "x")[0].to(dtype).requires_grad_()
        run(layer, example.shapes, copy, operand)[""].square().sum().backward()
        slopes.append([operand.grad, *(p.grad for p in copy.parameters())])
    for narrow, wide in zip(*slopes, strict=True):
        torch.testing.assert_close(narrow.double(), wide, rtol=1e-4, atol=1e-4)


PAIR = st.tuples(st.integers(1, 4), st.integers(1, 4))


@settings(max_examples=30)
@given(
    kind=st.sampled_from(["Conv2DTranspose", "SeparableConv2D", "DepthwiseConv2D"]),
    size=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    kernel_size=PAIR,
    strides=PAIR,
    padding=st.sampled_from(["valid", "same"]),
)
def test_any_window(kind: str, size: tuple[int, int], **arguments: Any) -> None:
    filters = {} if kind == "DepthwiseConv2D" else {"filters": 2}
    layer = registry.find(kind)(**arguments, **filters)
    shapes = [(*size, 3)]
    inference = attempt(layer, shapes, "float32")
    if isinstance(inference, LayerError):
        assert inference.code == "MS502"
        return
    check_outputs(layer, shapes, "float32", inference, make(layer, shapes))
    check_symbols(layer, shapes, "float32")
