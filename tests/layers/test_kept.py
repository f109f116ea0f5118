"""What layers say that they keep for the backward pass, held against what autograd saves."""

import pytest
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from modelspec.layers import registry
from modelspec.layers.values import Example
from tests.layers.calling import draw, make, record

BATCH = 32
SLACK = 1024
"""Bytes a batch that do not grow with it: scalars, and what small kernels round up."""
UNLIKE = {
    "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "LSTM", "Bidirectional", "TimeDistributed", "GRU",
    "SpectralNormalization",
}  # fmt: skip
"""Their kernels round sizes up, of which examples have small ones: larger ones are below."""
CALLS = [
    pytest.param(name, example, id=f"{name}-{index}")
    for name in registry.names()
    if name not in UNLIKE and not name.startswith("Random")  # no gradient goes through those
    for index, example in enumerate(registry.find(name).examples[:2])
    if example.arguments.get("trainable", True) and "float" in example.dtype
]
LARGER = [
    ("LSTM", {"units": 32}, (20, 64)),
    ("LSTM", {"units": 64, "return_sequences": True}, (20, 48)),
    ("GRU", {"units": 32}, (20, 64)),
    ("ConvLSTM2D", {"filters": 8, "kernel_size": 3}, (5, 16, 16, 4)),
    ("MultiHeadAttention", {"num_heads": 4, "key_dim": 16, "dropout": 0.1}, (50, 64)),
    ("Dropout", {"rate": 0.25}, (50, 64)),
    ("Dense", {"units": 40, "activation": "gelu"}, (50, 64)),
    ("Conv2D", {"filters": 8, "kernel_size": 3, "strides": 2, "padding": "same"}, (16, 16, 4)),
]


def saved_bytes(name: str, example: Example) -> tuple[int, int]:
    """What autograd saves of a batch, weights apart, and what the declaration says."""
    layer = registry.find(name)(**example.arguments)
    module = make(layer, example.shapes)
    if module is not None:
        module.train()
    owned = [] if module is None else [*module.parameters(), *module.buffers()]
    operands = [each.requires_grad_() for each in draw(example.shapes, example.dtype, BATCH)]
    saved: dict[int, Tensor] = {}

    def keep(tensor: Tensor) -> Tensor:
        saved[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    with saved_tensors_hooks(keep, lambda tensor: tensor):
        output = record(layer, example.shapes, module)(*operands)
    mine = {each.untyped_storage().data_ptr() for each in owned}
    found = sum(t.untyped_storage().nbytes() for place, t in saved.items() if place not in mine)
    kept = layer.kept(*example.shapes)
    assert isinstance(kept.more, int)
    assert isinstance(kept.copied, int)
    assert isinstance(kept.wide, int)
    said = BATCH * (kept.more + kept.copied + kept.wide)
    said += sum(each.nbytes for each in operands) if kept.operands else 0
    return found, said + (output.nbytes if kept.output else 0)


@pytest.mark.parametrize(("name", "example"), CALLS)
def test_an_example_keeps_no_more_than_is_said(name: str, example: Example) -> None:
    found, said = saved_bytes(name, example)
    assert found <= 1.3 * said + SLACK


@pytest.mark.parametrize(("name", "arguments", "shape"), LARGER, ids=lambda each: str(each))
def test_a_larger_one_keeps_about_what_is_said(
    name: str, arguments: dict[str, object], shape: tuple[int, ...]
) -> None:
    found, said = saved_bytes(name, Example(arguments, (shape,)))
    assert said == pytest.approx(found, rel=0.1)


@pytest.mark.parametrize("name", ["Flatten", "Add", "GlobalAveragePooling2D", "ZeroPadding2D"])
def test_what_needs_nothing_says_so(name: str) -> None:
    assert saved_bytes(name, registry.find(name).examples[0]) == (0, 0)


def test_a_layer_that_says_nothing_keeps_all() -> None:
    assert registry.find("Max")(axis=-1).kept((4,)).operands
