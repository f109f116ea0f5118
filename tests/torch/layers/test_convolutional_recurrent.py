"""ConvLSTM against what Keras computes (`tests/golden/make_convolutional_recurrent.py`)."""

from typing import Any

import pytest
import torch

from modelspec.layers import registry
from modelspec.torch.layers import find
from tests.golden.kept import Kept
from tests.layers.calling import draw, infer, make, run

KEPT = Kept("convolutional_recurrent")


@pytest.mark.parametrize("entry", KEPT.titles())
def test_keras_computes_the_same(entry: dict[str, Any]) -> None:
    example = KEPT.example(entry)
    layer = registry.find(entry["type"])(**example.arguments)
    weights = infer(layer, example.shapes).weights
    assert [weight.name for weight in weights] == entry["weights"]
    assert [list(weight.shape) for weight in weights] == entry["weight_shapes"]
    module = make(layer, example.shapes).eval()
    find(layer).load_keras(module, layer, KEPT.arrays(entry, "w"))
    first = KEPT.arrays(entry, "s")
    for ports, letter in (({}, "y"), ({"state": first}, "z"), ({"state": [tuple(first)]}, "z")):
        outputs = run(layer, example.shapes, module, *KEPT.arrays(entry, "x"), **ports)
        found = [outputs[""], outputs["h"], outputs["c"]]
        torch.testing.assert_close(found, KEPT.arrays(entry, letter), rtol=1e-5, atol=1e-6)


def test_every_example_is_covered() -> None:
    assert not KEPT.missing(), "run tests/golden/make_convolutional_recurrent.py"


def test_dropout_is_the_same_at_every_step() -> None:
    layer = registry.find("ConvLSTM1D")(
        filters=4, kernel_size=1, dropout=0.5, activation="linear", return_sequences=True
    )
    module = make(layer, [(3, 8, 2)]).train()
    (x,) = draw([(1, 8, 2)], "float32")
    projected = module._projected(x.expand(-1, 3, -1, -1).movedim(-1, 2).contiguous())
    assert torch.equal(projected[:, 0], projected[:, 2])
    assert not torch.equal(projected[:1], module.eval()._projected(x.movedim(-1, 2)))
