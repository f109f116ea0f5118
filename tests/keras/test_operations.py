"""Functions of tensors with arguments: those that change the numbers are kept or refused."""

import math
from typing import Any

import pytest

from modelspec.keras.model import Call, KerasLayer, Source
from modelspec.keras.operations import operation, parts
from modelspec.keras.tensor_functions import UnknownOperationError

X = Source("x", 0, 0)


def entry(kind: str, *others: Any, **config: Any) -> dict[str, Any]:
    """What stands under `layers` for `keras.ops.KIND(x, *others)`."""
    layer = KerasLayer("op", kind, "keras.src.ops.nn", config, "")
    return operation(layer, Call([X, *others], {}))


def array(value: Any) -> dict[str, Any]:
    """A NumPy array as Keras saves it."""
    return {"class_name": "__numpy__", "config": {"value": value, "dtype": "float32"}}


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (("Elu", {"alpha": 1.0}), {"type": "Activation", "activation": "elu"}),
        (("Elu", {"alpha": 0.5}), {"type": "ELU", "alpha": 0.5}),
        (("HardShrink", {"threshold": 0.5}), {"type": "Activation", "activation": "hard_shrink"}),
        (("LogSoftmax", {"axis": -1}), {"type": "Activation", "activation": "log_softmax"}),
        (("Round", {"decimals": 0}), {"type": "Elementwise", "function": "round"}),
        (("Max", {"axis": 1, "keepdims": False, "initial": None}), {"type": "Max", "axis": 1}),
        (("Normalize", {"axis": 1, "order": 2, "epsilon": None}),
         {"type": "UnitNormalization", "axis": 1}),
        (("Pad", {"pad_width": [[0, 0], [1, 2], [0, 0]], "mode": "constant"}),
         {"type": "ZeroPadding1D", "padding": [1, 2]}),
        (("Resize", {"size": [4, 5], "interpolation": "nearest", "antialias": False}),
         {"type": "Resizing", "height": 4, "width": 5, "interpolation": "nearest"}),
        # of Keras 3.15.1 on JAX, a model with `ops.norm` fails: it keeps `axis` as a list
        (("Norm", {"ord": None, "axis": [-1], "keepdims": False}), {"type": "Norm", "axis": -1}),
        (("Norm", {"ord": math.inf, "axis": [1], "keepdims": True}),
         {"type": "Norm", "axis": 1, "ord": "inf", "keepdims": True}),
        (("Norm", {"ord": "fro", "axis": [1, 2]}), {"type": "Norm", "axis": [1, 2]}),
        (("Argmax", {"axis": -1, "keepdims": False}), {"type": "Argmax", "axis": -1}),
        (("Tile", {"repeats": [1, 2]}), {"type": "Tile", "repeats": [2]}),
        (("Split", {"indices_or_sections": [1, 3], "axis": 1}),
         {"type": "Split", "indices_or_sections": [1, 3], "axis": 1}),
    ],
)  # fmt: skip
def test_what_is_kept(made: tuple[str, dict[str, Any]], wanted: dict[str, Any]) -> None:
    assert entry(made[0], **made[1]) == wanted


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("Celu", {"alpha": 0.5}),
        ("HardShrink", {"threshold": 0.3}),
        ("SoftShrink", {"threshold": 0.3}),
        ("Squareplus", {"b": 2}),
        ("LogSoftmax", {"axis": 1}),
        ("Round", {"decimals": 2}),
        ("Max", {"axis": 1, "initial": 0}),
        ("Mean", {"axis": None}),
        ("Normalize", {"axis": -1, "order": 1}),
        ("Pad", {"pad_width": [[0, 0], [1, 2], [0, 0]], "mode": "reflect"}),
        ("Resize", {"size": [4, 5], "antialias": True}),
        ("Flip", {"axis": 1}),
        ("Norm", {"ord": None, "axis": None}),
        ("Norm", {"ord": 1, "axis": [1, 2]}),
        ("Norm", {"ord": "nuc", "axis": [1, 2]}),
        ("Argmax", {"axis": None}),
        ("Tile", {"repeats": [2, 1]}),
        ("Tile", {"repeats": 2}),
        ("Split", {"indices_or_sections": 2, "axis": 0}),
        ("Einsum", {"subscripts": "ij,jk->ik"}),
        ("Where", {}),
    ],
)
def test_what_would_change_the_numbers(kind: str, config: dict[str, Any]) -> None:
    with pytest.raises(UnknownOperationError):
        entry(kind, **config)


@pytest.mark.parametrize("config", [{"approximate": True}, {}])
def test_the_two_kinds_of_gelu(config: dict[str, Any]) -> None:
    assert entry("Gelu", **config)["function"] == "approximate_gelu"
    assert entry("Gelu", approximate=False)["activation"] == "gelu"


def test_arrays_as_constants() -> None:
    assert entry("Multiply", array([1.0, 2.0]))["constant"] == [1.0, 2.0]
    assert entry("Add", array([[[3.0]]]))["constant"] == 3.0
    assert entry("Add", array([[[1.0, 2.0]]]))["constant"] == [1.0, 2.0]
    with pytest.raises(UnknownOperationError, match="more than the last axis"):
        entry("Add", array([[1.0, 2.0], [3.0, 4.0]]))


Y = Source("y", 0, 0)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ((X, Y), {"function": "greater"}),
        ((X, 0.5), {"function": "greater", "constant": 0.5}),
        ((0.5, X), {"function": "less", "constant": 0.5}),
    ],
)
def test_comparisons(given: tuple[Any, ...], wanted: dict[str, Any]) -> None:
    layer = KerasLayer("op", "Greater", "keras.src.ops.numpy", {}, "")
    assert operation(layer, Call([*given], {})) == {"type": "Compare", **wanted}


def test_choices() -> None:
    layer = KerasLayer("op", "Where", "keras.src.ops.numpy", {}, "")
    assert operation(layer, Call([X, Y, Y], {})) == {"type": "Where"}
    assert operation(layer, Call([X, 1.0], {"x2": Y})) == {"type": "Where", "x1": 1.0}
    with pytest.raises(UnknownOperationError, match="of places"):
        operation(layer, Call([X], {}))
    with pytest.raises(UnknownOperationError, match="with an array"):
        operation(layer, Call([X, array([1.0, 2.0]), Y], {}))


@pytest.mark.parametrize(
    ("kind", "config", "wanted"),
    [
        ("Unstack", {"axis": 2}, {1: {"type": "GetItem", "key": "[:, :, 1]"}}),
        ("Unstack", {"axis": -2}, {1: {"type": "GetItem", "key": "[..., 1, :]"}}),
        ("Moments", {"axes": [1], "keepdims": True},
         {1: {"type": "Var", "axis": 1, "keepdims": True}}),
        ("Add", {}, {}),
    ],
)  # fmt: skip
def test_outputs_that_are_layers_of_their_own(
    kind: str, config: dict[str, Any], wanted: dict[int, Any]
) -> None:
    assert parts(KerasLayer("op", kind, "keras.src.ops.numpy", config, ""), [1]) == wanted


@pytest.mark.parametrize(
    ("kind", "config"),
    [("Unstack", {"axis": 0}), ("Moments", {"axes": None}),
     ("Moments", {"axes": [1], "synchronized": True})],
)  # fmt: skip
def test_outputs_that_mix_samples(kind: str, config: dict[str, Any]) -> None:
    with pytest.raises(UnknownOperationError):
        parts(KerasLayer("op", kind, "keras.src.ops.numpy", config, ""), [0])


def test_an_operation_of_several_layers_is_refused_for_its_own_reason() -> None:
    layer = KerasLayer("op", "Unstack", "keras.src.ops.numpy", {"axis": 0}, "")
    with pytest.raises(UnknownOperationError, match="of the batch"):
        operation(layer, Call([X], {}))
