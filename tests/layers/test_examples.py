"""Every example of every layer, checked against the twin."""

import pytest

from modelspec.layers import registry
from modelspec.layers.values import Example
from tests.layers.check_layer import check_layer

CALLS = [
    pytest.param(name, example, id=f"{name}-{index}")
    for name in registry.names()
    for index, example in enumerate(registry.find(name).examples)
]


@pytest.mark.parametrize("name", registry.names())
def test_has_examples(name: str) -> None:
    assert registry.find(name).examples


@pytest.mark.parametrize(("name", "example"), CALLS)
def test_example(name: str, example: Example) -> None:
    declaration = registry.find(name)
    check_layer(declaration(**example.arguments), example.shapes, example.dtype)
