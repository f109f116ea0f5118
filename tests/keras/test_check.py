"""What is malformed in a configuration is said with its place."""

from collections.abc import Callable
from typing import Any

import pytest

from modelspec.keras.check import MOST_DEPTH, check_model
from modelspec.keras.model import BrokenError


def tensor(layer: str) -> dict[str, Any]:
    config = {"shape": [None, 2], "dtype": "float32", "keras_history": [layer, 0, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def model() -> dict[str, Any]:
    x = {"name": "x", "batch_shape": [None, 2], "dtype": "float32"}
    dense = {"name": "dense", "units": 3, "trainable": True, "dtype": "float32"}
    dense["kernel_initializer"] = {"class_name": "Zeros", "module": "keras", "config": {}}
    layers = [
        {"class_name": "InputLayer", "name": "x", "config": x, "inbound_nodes": []},
        {
            "class_name": "Dense",
            "name": "dense",
            "config": dense,
            "inbound_nodes": [{"args": [tensor("x")], "kwargs": {}}],
        },
    ]
    config = {"name": "m", "layers": layers}
    config |= {"input_layers": ["x", 0, 0], "output_layers": [["dense", 0, 0]]}
    return {"class_name": "Functional", "config": config}


def dense(saved: dict[str, Any]) -> Any:
    return saved["config"]["layers"][1]


def deep(levels: int) -> Any:
    value: Any = 0
    for _ in range(levels):
        value = [value]
    return value


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: m.update(class_name=3), "the class of the model is `3`, not a name"),
        (lambda m: m.update(config=[]), "the configuration of the model is `[]`, not a mapping"),
        (lambda m: m["config"].pop("name"), "the name of the model is missing, not a name"),
        (lambda m: m["config"].update(layers={}), "`layers` of `m` is `{}`, not a list"),
        (lambda m: m["config"].update(output_layers=[]), "`output_layers` of `m` are empty"),
        (
            lambda m: m["config"].update(input_layers=["dense", 0, 0]),
            "`input_layers` of `m` is of `dense`, which is no such layer",
        ),
        (
            lambda m: m["config"].update(output_layers=[["dense", 0]]),
            "`output_layers` of `m` has 2 parts, not a layer, a call and a place",
        ),
        (lambda m: m["config"]["layers"].append(1), "a layer of `m` is `1`, not a mapping"),
        (lambda m: dense(m).update(module=[]), "`module` of a layer of `m` is `[]`, not a name"),
        (
            lambda m: dense(m)["config"].update(trainable="yes"),
            "`trainable` of `dense` is `'yes'`, neither true nor false",
        ),
        (
            lambda m: dense(m)["config"].update(dtype={"config": 1}),
            "the configuration of `dtype` of `dense` is `1`, not a mapping",
        ),
        (
            lambda m: dense(m)["config"]["kernel_initializer"].update(class_name={}),
            "the class of `kernel_initializer` of `dense` is `{}`, not a name",
        ),
        (
            lambda m: dense(m)["inbound_nodes"].append(0),
            "a call of `dense` is `0`, not a mapping",
        ),
        (
            lambda m: dense(m)["inbound_nodes"][0]["args"].append(tensor("y")),
            "a tensor of a call of `dense` is of `y`, which is no such layer",
        ),
        (
            lambda m: dense(m)["inbound_nodes"][0]["args"][0]["config"].clear(),
            "a tensor of a call of `dense` is missing, not a list",
        ),
        (
            lambda m: m["config"]["layers"][0]["config"].update(batch_shape=[None, 2.5]),
            "a size of `batch_shape` of `x` is `2.5`, not a number from 0 on",
        ),
        (
            lambda m: dense(m)["config"].update(layer={"class_name": "LSTM"}),
            "the configuration of the layer in `dense` is missing, not a mapping",
        ),
        (
            lambda m: dense(m)["config"].update(x=deep(MOST_DEPTH)),
            f"it is nested more than {MOST_DEPTH} levels deep",
        ),
    ],
)
def test_it_says_where(change: Change, words: str) -> None:
    saved = model()
    check_model(saved)
    change(saved)
    with pytest.raises(BrokenError) as caught:
        check_model(saved)
    assert str(caught.value) == words
