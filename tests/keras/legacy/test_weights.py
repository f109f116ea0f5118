"""How many arrays a layer has, and in which order Keras saves those of a model in a model."""

from typing import Any

import pytest

from modelspec.keras.legacy.weights import count, places
from modelspec.keras.model import KerasLayer, KerasModel
from modelspec.layers import registry
from tests.layers.calling import infer

EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{number}")
    for name in registry.names()
    if (declaration := registry.find(name)) and declaration.keras
    for number, example in enumerate(declaration.examples)
]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_counts_of_all_layers(name: str, example: Any) -> None:
    declaration = registry.find(name)
    assert declaration
    made = declaration(**example.arguments)
    if name == "Normalization":
        assert count(name, dict(example.arguments)) == (0, 0)
        assert count(name, {"mean": None}) == (0, 3)
        return
    weights = infer(made, example.shapes, example.dtype).weights
    wanted = sum(weight.trainable for weight in weights), sum(not w.trainable for w in weights)
    found = count(name, _saved(example.arguments))
    if made.trainable:
        assert found == wanted
    else:
        assert sum(found) == sum(wanted)


def _saved(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments as Keras saves them."""
    inner = arguments.get("layer")
    if inner is None:
        return arguments
    config = {key: getattr(inner, key) for key in type(inner).model_fields}
    return {**arguments, "layer": {"class_name": type(inner).__name__, "config": config}}


def layer(name: str, kind: str = "Dense", **config: Any) -> KerasLayer:
    return KerasLayer(name, kind, "keras.layers", config, "")


def model(*layers: KerasLayer) -> KerasModel:
    return KerasModel("m", {each.name: each for each in layers}, {}, {})


def test_the_order_in_a_model() -> None:
    """First what is trained of all layers, then what is not, of models in it likewise."""
    deep = layer("deep", "Functional")
    deep.model = model(layer("a", "BatchNormalization"), layer("b", trainable=False))
    outer = layer("outer", "Functional")
    outer.model = model(deep, layer("c"))
    found = places(model(layer("first"), outer))
    assert found["first"].indices == [0, 1]
    assert found["outer/deep/a"].indices == [0, 1, 4, 5]
    assert found["outer/c"].indices == [2, 3]
    assert found["outer/deep/b"].indices == [6, 7]
    assert {place.whole for path, place in found.items() if path.startswith("outer")} == {8}


def test_a_frozen_model() -> None:
    """Nothing of it is trained, and its layers keep their order among themselves."""
    frozen = layer("frozen", "Functional", trainable=False)
    frozen.model = model(layer("a", "BatchNormalization"), layer("b"))
    outer = layer("outer", "Functional")
    outer.model = model(frozen, layer("c"))
    found = places(model(outer))
    assert found["outer/c"].indices == [0, 1]
    assert found["outer/frozen/a"].indices == [2, 3, 6, 7]
    assert found["outer/frozen/b"].indices == [4, 5]
