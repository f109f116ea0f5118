"""Every example of every layer against what Keras computes (`tests/golden/make_layers.py`)."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from modelspec.layers import Layer, registry
from modelspec.torch.layers import find
from tests.golden.keras_names import needs_golden
from tests.golden.keys import written
from tests.layers.check_layer import infer, make, run

FILE = np.load(Path(__file__).parents[2] / "golden" / "layers.npz")
CALLS = json.loads(str(FILE["manifest"]))
LAYERS = {
    (name, written(example.arguments), repr(example.shapes)): example
    for name in registry.names()
    for example in registry.find(name).examples
}


class Golden:
    """One call of Keras's, and the same layer here with the same weights."""

    def __init__(self, entry: dict[str, Any]) -> None:
        self.entry = entry
        key = (entry["type"], entry["arguments"], entry["shapes"])
        assert key in LAYERS, f"{key} has changed: run tests/golden/make_layers.py"
        example = LAYERS[key]
        self.layer: Layer = registry.find(entry["type"])(**example.arguments)
        self.shapes = example.shapes
        self.inference = infer(self.layer, self.shapes, example.dtype)
        self.module = make(self.layer, self.shapes)
        if self.module is not None and self.arrays("w"):
            find(self.layer).load_keras(self.module, self.layer, self.arrays("w"))

    def arrays(self, letter: str) -> list[torch.Tensor]:
        """The arrays `letter0`, `letter1` of the call."""
        names = (f"{self.entry['call']}.{letter}{index}" for index in range(100))
        return [torch.from_numpy(FILE[name]) for name in names if name in FILE]

    def run(self, *, training: bool = False, **ports: Any) -> list[torch.Tensor]:
        """The outputs, and the states of a recurrent layer."""
        module = self.module and self.module.train(training)
        outputs = run(self.layer, self.shapes, module, *self.arrays("x"), **ports)
        return [outputs[""], *outputs.get("state", ())]


def titles() -> list[Any]:
    """One test a call."""
    return [pytest.param(entry, id=f"{entry['type']}-{entry['call']}") for entry in CALLS]


def close(found: list[torch.Tensor], expected: list[torch.Tensor]) -> None:
    """Equal to five digits."""
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other.to(one.dtype), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("entry", titles())
def test_keras_computes_the_same(entry: dict[str, Any]) -> None:
    golden = Golden(entry)
    expected = golden.arrays("y")
    found = golden.run()
    close(found[: len(expected)], expected)
    if first := golden.arrays("s"):
        close(golden.run(state=(tuple(first),)), golden.arrays("z"))
        close(golden.run(state=tuple(first)), golden.arrays("z"))


@pytest.mark.parametrize("entry", titles())
def test_keras_has_the_same_weights(entry: dict[str, Any]) -> None:
    weights = Golden(entry).inference.weights
    assert [list(weight.shape) for weight in weights] == entry["weight_shapes"]
    names = [weight.name.removeprefix("forward_").removeprefix("backward_") for weight in weights]
    assert names == entry["weights"]


MOVING = [param for param in titles() if f"{param.values[0]['call']}.t0" in FILE]


@pytest.mark.parametrize("entry", MOVING)
def test_keras_trains_the_same(entry: dict[str, Any]) -> None:
    golden = Golden(entry)
    close(golden.run(training=True), golden.arrays("t"))
    module = golden.module
    assert isinstance(module, nn.Module)
    other = make(golden.layer, golden.shapes)
    assert other is not None
    find(golden.layer).load_keras(other, golden.layer, golden.arrays("u"))
    close(list(module.state_dict().values()), list(other.state_dict().values()))


def covered() -> set[tuple[str, str, str]]:
    """What the golden files hold: those of single families, too."""
    found = set()
    for path in (Path(__file__).parents[2] / "golden").glob("*.npz"):
        file = np.load(path)
        for entry in json.loads(str(file["manifest"])) if "manifest" in file else ():
            if entry.keys() >= {"type", "arguments", "shapes"}:
                found.add((entry["type"], entry["arguments"], entry["shapes"]))
    return found


def test_every_example_is_covered() -> None:
    done = covered()
    missing = [
        key
        for key, example in LAYERS.items()
        if needs_golden(registry.find(key[0]), "layers")
        and key not in done
        and (key[0], repr(example.arguments), key[2]) not in done
        and not (len(example.shapes) == 1 and maximum(key[0]) is None)  # Keras merges two
    ]
    assert not missing, "run tests/golden/make_layers.py, or that of the family"


def maximum(name: str) -> int | None:
    """How many operands a layer takes."""
    return registry.find(name).arity.maximum
