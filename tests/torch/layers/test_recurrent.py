"""SimpleRNN, masks and both directions against Keras (`tests/golden/make_recurrent.py`)."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from modelspec.layers import Layer, registry
from modelspec.layers.recurrent import GRU, LSTM, SimpleRNN
from modelspec.layers.values import Example
from modelspec.layers.wrappers import Bidirectional
from modelspec.torch.layers import Call, find
from modelspec.torch.layers.scans import draw_masks
from tests.golden.keys import written
from tests.layers.check_layer import draw, make, run

FILE = np.load(Path(__file__).parents[2] / "golden" / "recurrent.npz")
CALLS = json.loads(str(FILE["manifest"]))
BOTH_WAYS = tuple(
    Example({"layer": kind(units=2, **arguments), **mode}, ((5, 3),))
    for kind in (SimpleRNN, LSTM, GRU)
    for arguments in ({}, {"return_sequences": True}, {"activation": "relu"})
    for mode in ({}, {"merge_mode": "ave"}, {"merge_mode": None})
    if mode != {"merge_mode": None} or not arguments
)
APART = tuple(
    example for example in Bidirectional.examples if example.arguments.get("merge_mode", "") is None
)
EXAMPLES = {
    (name, written(example.arguments), repr(example.shapes)): example
    for name, examples in (("SimpleRNN", SimpleRNN.examples), ("Bidirectional", BOTH_WAYS + APART))
    for example in examples
}


def arrays(entry: dict[str, Any], letter: str) -> list[torch.Tensor]:
    names = (f"{entry['call']}.{letter}{index}" for index in range(20))
    return [torch.from_numpy(FILE[name]) for name in names if name in FILE]


@pytest.mark.parametrize(
    "entry", [pytest.param(entry, id=f"{entry['type']}-{entry['call']}") for entry in CALLS]
)
def test_keras_computes_the_same(entry: dict[str, Any]) -> None:
    example = EXAMPLES[entry["type"], entry["arguments"], entry["shapes"]]
    layer: Layer = registry.find(entry["type"])(**example.arguments)
    module = make(layer, example.shapes).eval()
    find(layer).load_keras(module, layer, arrays(entry, "w"))
    masks = {"": arrays(entry, "m")} if entry["masked"] else {}
    call = Call(layer, example.shapes, module, lambda: module, masks=masks)
    for given, letter in (({}, "y"), ({"state": arrays(entry, "s")}, "z")):
        outputs = find(layer).outputs(call, {"": arrays(entry, "x"), **given})
        ports = [""] if "" in outputs else ["forward", "backward"]
        found = [*(outputs[port] for port in ports), *outputs["state"]]
        torch.testing.assert_close(found, arrays(entry, letter), rtol=1e-5, atol=1e-5)


def test_every_example_is_covered() -> None:
    done = {(entry["type"], entry["arguments"], entry["shapes"]) for entry in CALLS}
    assert set(EXAMPLES) == done, "run make_recurrent.py"


@pytest.mark.parametrize("inner", [SimpleRNN(units=3), LSTM(units=2), GRU(units=2)])
def test_either_direction_by_itself(inner: Layer) -> None:
    layer = registry.find("Bidirectional")(layer=inner)
    outputs = run(layer, [(5, 2)], make(layer, [(5, 2)]), *draw([(5, 2)], "float32"))
    both = torch.cat([outputs["forward"], outputs["backward"]], -1)
    assert torch.equal(both, outputs[""])


def test_gates_share_a_mask_without_dropout_on_the_state() -> None:
    masks = draw_masks(torch.ones(2, 3, 5), 4, 4, 0.5, 0.0)
    assert masks.input is not None
    assert len(masks.input) == 1
    assert masks.state is None
    masks = draw_masks(torch.ones(2, 3, 5), 4, 4, 0.5, 0.5)
    assert masks.input is not None
    assert masks.state is not None
    assert len(masks.input) == len(masks.state) == 4
