"""The preprocessing layers: against Keras (`make_preprocessing.py`), and what else they do."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from modelspec.layers import registry
from modelspec.layers.values import LayerError
from modelspec.shapes import symbol
from tests.layers.check_layer import infer, make, run

FILE = np.load(Path(__file__).parents[2] / "golden" / "preprocessing.npz")
CALLS = json.loads(str(FILE["manifest"]))
TYPES = sorted({entry["type"] for entry in CALLS})
EXAMPLES = {
    (name, repr(example.arguments), repr(example.shapes)): example
    for name in TYPES
    for example in registry.find(name).examples
}


@pytest.mark.parametrize(
    "entry", [pytest.param(entry, id=f"{entry['type']}-{entry['call']}") for entry in CALLS]
)
def test_keras_computes_the_same(entry: dict[str, Any]) -> None:
    key = (entry["type"], entry["arguments"], entry["shapes"])
    assert key in EXAMPLES, f"{key} has changed: run tests/golden/make_preprocessing.py"
    example = EXAMPLES[key]
    layer = registry.find(entry["type"])(**example.arguments)
    x, expected = (torch.from_numpy(FILE[f"{entry['call']}.{name}"]) for name in ("x0", "y0"))
    found = run(layer, example.shapes, make(layer, example.shapes), x)[""]
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=2e-6)


def test_every_example_is_covered() -> None:
    done = {(entry["type"], entry["arguments"], entry["shapes"]) for entry in CALLS}
    assert not EXAMPLES.keys() - done, "run tests/golden/make_preprocessing.py"


def one(name: str, shape: tuple[int, ...], x: Any, **arguments: Any) -> torch.Tensor:
    """What a layer makes of one batch."""
    layer = registry.find(name)(**arguments)
    operand = torch.tensor(x)
    found: torch.Tensor = run(layer, [shape], make(layer, [shape]), operand)[""]
    dtype = str(operand.dtype).removeprefix("torch.")
    assert tuple(found.shape[1:]) == infer(layer, [shape], dtype).outputs[""].shape
    return found


def test_one_hot_takes_the_place_of_a_last_axis_of_one() -> None:
    rows = one("CategoryEncoding", (1,), [[2], [0]], num_tokens=3, output_mode="one_hot")
    assert rows.tolist() == [[0, 0, 1], [1, 0, 0]]
    layer = registry.find("CategoryEncoding")(num_tokens=3, output_mode="one_hot")
    assert infer(layer, [(1,)], "int64").outputs[""].shape == (3,)
    assert infer(layer, [(symbol("T"),)], "int64").outputs[""].shape == (symbol("T"), 3)
    bins = one("Discretization", (1,), [[0.5]], bin_boundaries=[0, 1], output_mode="one_hot")
    assert bins.tolist() == [[0, 1, 0]]


def test_a_bin_has_its_lower_boundary() -> None:
    found = one("Discretization", (3,), [[-0.1, 0.0, 1.0]], bin_boundaries=[0, 1])
    assert found.tolist() == [[0, 1, 2]]


def test_a_category_that_is_not_there_is_refused() -> None:
    with pytest.raises(RuntimeError, match="out of bounds"):
        one("CategoryEncoding", (2,), [[0, 3]], num_tokens=3)


def test_the_numbers_of_a_spec_are_no_state() -> None:
    module = make(registry.find("Rescaling")(scale=[1, 2]), [(2,)])
    assert not module.state_dict()


def test_half_precision_stays() -> None:
    layer = registry.find("Normalization")(mean=1, variance=4)
    x = torch.tensor([[3.0]], dtype=torch.bfloat16)
    found = run(layer, [(1,)], make(layer, [(1,)]), x)[""]
    assert found.dtype == torch.bfloat16
    assert found.tolist() == [[1]]


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("Rescaling", {"scale": []}, "at least 1"),
        ("Rescaling", {"scale": "much"}, "valid number"),
        ("Normalization", {"mean": [1, 2], "variance": [1]}, "as long"),
        ("Normalization", {"mean": 0, "variance": -1}, "0 or more"),
        ("Discretization", {"bin_boundaries": [2, 1]}, "must rise"),
        (
            "Resizing",
            {"height": 2, "width": 2, "crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True},
            "only one",
        ),
    ],
)
def test_arguments_that_do_not_fit(name: str, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        registry.find(name)(**arguments)


@pytest.mark.parametrize(
    ("name", "arguments", "shape", "code"),
    [
        ("Rescaling", {"scale": [1, 2]}, (3,), "MS501"),
        ("Rescaling", {"scale": [1, 2]}, (symbol("T"),), "MS508"),
        ("Normalization", {"mean": [1, 2], "variance": [1, 2], "axis": 1}, (3, 2), "MS501"),
        ("Normalization", {"mean": [1, 2], "variance": [1, 2], "axis": 3}, (3, 2), "MS509"),
        ("Discretization", {"bin_boundaries": [1], "output_mode": "count"}, (), "MS503"),
        ("Resizing", {"height": 2, "width": 2}, (3, 2), "MS503"),
    ],
)
def test_operands_that_do_not_fit(
    name: str, arguments: dict[str, Any], shape: Any, code: str
) -> None:
    with pytest.raises(LayerError) as caught:
        infer(registry.find(name)(**arguments), [shape])
    assert caught.value.code == code
