"""Every example of every layer, checked against the twin."""

from collections.abc import Iterator

import pytest
import torch

from modelspec.layers import registry
from modelspec.layers.values import Example
from tests.layers.check_layer import check_layer

CALLS = [
    pytest.param(name, example, index == 0, id=f"{name}-{index}")
    for name in registry.names()
    for index, example in enumerate(registry.find(name).examples)
]


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Calls this small cost more to share out than to compute."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("name", registry.names())
def test_has_examples(name: str) -> None:
    assert registry.find(name).examples


@pytest.mark.filterwarnings("ignore:The tensor attributes self.layer._flat_weights")  # of torch's
@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")  # export
@pytest.mark.parametrize(("name", "example", "first"), CALLS)
def test_example(name: str, example: Example, first: bool) -> None:
    layer = registry.find(name)(**example.arguments)
    check_layer(layer, example.shapes, example.dtype, exported=first)
