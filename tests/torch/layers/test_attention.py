"""Attention against what Keras computes (`tests/golden/make_attention.py`), masks included."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from modelspec.layers import registry
from modelspec.torch.layers import Call, find
from tests.golden.keys import written
from tests.layers.check_layer import infer, make

FILE = np.load(Path(__file__).parents[2] / "golden" / "attention.npz")
CALLS = json.loads(str(FILE["manifest"]))
EXAMPLES = {
    (name, written(example.arguments), repr(example.shapes)): example
    for name in {entry["type"] for entry in CALLS}
    for example in registry.find(name).examples
}


def key_of(entry: dict[str, Any]) -> tuple[str, str, str]:
    return entry["type"], entry["arguments"], entry["shapes"]


def arrays(entry: dict[str, Any], letter: str) -> list[torch.Tensor]:
    names = (f"{entry['call']}.{letter}{index}" for index in range(20))
    return [torch.from_numpy(FILE[name]) for name in names if name in FILE]


@pytest.mark.parametrize(
    "entry", [pytest.param(entry, id=f"{entry['type']}-{entry['call']}") for entry in CALLS]
)
def test_keras_computes_the_same(entry: dict[str, Any]) -> None:
    example = EXAMPLES[key_of(entry)]
    layer = registry.find(entry["type"])(**example.arguments)
    weights = infer(layer, example.shapes).weights
    assert [list(weight.shape) for weight in weights] == entry["weight_shapes"]
    assert [weight.name for weight in weights] == entry["weights"]
    module = make(layer, example.shapes)
    assert module is not None
    if weights:
        find(layer).load_keras(module, layer, arrays(entry, "w"))
    masks = {"": arrays(entry, "m")} if entry["masked"] else {}
    call = Call(layer, example.shapes, module.eval(), lambda: module, masks=masks)
    operands = {"": arrays(entry, "x")}
    if seen := arrays(entry, "a"):
        operands["attention_mask"] = seen
    outputs = find(layer).outputs(call, operands)
    torch.testing.assert_close(outputs[""], arrays(entry, "y")[0], rtol=1e-5, atol=1e-5)
    for expected in arrays(entry, "z"):
        torch.testing.assert_close(outputs["scores"], expected, rtol=1e-5, atol=1e-6)


def test_every_example_is_covered() -> None:
    assert set(EXAMPLES) == {key_of(entry) for entry in CALLS}, "run make_attention.py"
