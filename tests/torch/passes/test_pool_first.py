"""Pooling before `relu`: the same bits, where nobody else reads what `relu` left."""

from typing import Any

import pytest
import torch
from torch import Tensor

from modelspec.torch import SpecModule, build
from modelspec.torch.passes import pool_first
from tests.torch.specs import graph_of

IMAGE = """\
name: image
inputs: {{x: [9, 8, 2]}}
layers:
  conv: {{type: Conv2D, filters: 3, kernel_size: 3{activation}}}
{layers}
  y: {{type: Dense, units: 2}}
{edges}
outputs: {{y: mse}}
"""


def built(layers: str, activation: str = ", activation: relu", edges: str = "") -> SpecModule:
    text = IMAGE.format(layers=layers, activation=activation, edges=edges)
    return build(graph_of(text), seed=0)


def values(module: SpecModule, x: Tensor) -> list[Any]:
    """The outputs, and the gradients of all weights."""
    found = module(x)["y"]
    return [found, *torch.autograd.grad(found.square().sum(), list(module.parameters()))]


@pytest.mark.parametrize(
    "pool",
    [
        "  pool: MaxPooling2D\n  flat: Flatten",
        "  pool: {type: MaxPooling2D, pool_size: 3, strides: 2, padding: same}\n  flat: Flatten",
        "  top: GlobalMaxPooling2D",
        "  act: ReLU\n  pool: MaxPooling2D\n  top: GlobalMaxPooling2D",
    ],
)
def test_values_and_gradients_are_the_same_bits(pool: str) -> None:
    module = built(pool)
    view = pool_first(module)
    assert view is not module
    assert view.code != module.code
    torch.manual_seed(0)
    x = torch.randn(4, 9, 8, 2)
    x[0], x[1] = 0, 1  # where all are equal, the largest is the same one
    for own, wanted in zip(values(view, x), values(module, x), strict=True):
        assert torch.equal(own, wanted)


def test_what_is_read_elsewhere_stays() -> None:
    layers = "  top: GlobalMaxPooling2D\n  mean: GlobalAveragePooling2D\n  both: Add"
    edges = "edges:\n  - x -> conv -> top, mean\n  - top, mean -> both -> y"
    module = built(layers, edges=edges)
    assert pool_first(module) is module


@pytest.mark.parametrize("activation", ["", ", activation: gelu", ", activation: sigmoid"])
def test_other_functions_stay(activation: str) -> None:
    module = built("  top: GlobalMaxPooling2D", activation)
    assert pool_first(module) is module


def test_other_pooling_stays() -> None:
    module = built("  mean: GlobalAveragePooling2D")
    assert pool_first(module) is module
