"""Core layers, activations and operations against what Keras computes (`make_core.py`)."""

from typing import Any

import pytest
import torch
from torch import nn

from modelspec.layers import Layer, registry
from modelspec.layers.values import LayerError
from modelspec.shapes import symbol
from modelspec.torch.layers import Call, find
from tests.golden.kept import Kept
from tests.layers.check_layer import infer, make, run

KEPT = Kept("core")


def loaded(entry: dict[str, Any]) -> tuple[Layer, nn.Module | None]:
    """The layer of a call, with Keras's weights."""
    example = KEPT.example(entry)
    layer = registry.find(entry["type"])(**example.arguments)
    module = make(layer, example.shapes)
    if module is not None and (weights := KEPT.arrays(entry, "w")):
        find(layer).load_keras(module, layer, weights)
    return layer, module and module.eval()


@pytest.mark.parametrize("entry", KEPT.titles())
def test_keras_computes_the_same(entry: dict[str, Any]) -> None:
    example = KEPT.example(entry)
    layer, module = loaded(entry)
    weights = infer(layer, example.shapes, example.dtype).weights
    assert [list(weight.shape) for weight in weights] == entry["weight_shapes"]
    assert [weight.name for weight in weights] == entry["weights"]
    found = run(layer, example.shapes, module, *KEPT.arrays(entry, "x"))
    close = {"rtol": 1e-5, "atol": 1e-5, "check_dtype": False, "equal_nan": True}
    torch.testing.assert_close(list(found.values()), KEPT.arrays(entry, "y"), **close)


def test_every_example_is_covered() -> None:
    assert not KEPT.missing(), "run tests/golden/make_core.py"


def function_values(name: str, x: torch.Tensor) -> torch.Tensor:
    layer = registry.find("Elementwise")(function=name)
    return run(layer, [(3,)], None, x)[""]


@pytest.mark.parametrize("name", ["log", "log10", "log1p", "log2", "rsqrt", "sqrt"])
def test_functions_of_positive_numbers(name: str) -> None:
    x = torch.tensor([[0.5, 2.0, 8.0]])
    assert torch.equal(function_values(name, x), getattr(torch, name)(x))


@pytest.mark.parametrize(
    ("name", "arguments", "shapes", "code", "argument"),
    [
        ("Mean", {"axis": 0}, [(4, 3)], "MS509", "axis"),
        ("Sum", {"axis": [1, -2]}, [(4, 3)], "MS509", "axis"),
        ("Max", {"axis": 3}, [(4, 3)], "MS509", "axis"),
        ("Matmul", {}, [(4, 3), (4, 3)], "MS501", ""),
        ("Matmul", {}, [(4, 3), (2, 3, 4)], "MS501", ""),
        ("Matmul", {}, [(4, symbol("T")), (3, 4)], "MS508", ""),
        ("Arithmetic", {"function": "add", "constant": [1.0, 2.0]}, [(3,)], "MS501", "constant"),
        ("Clip", {"x_min": 1.0, "x_max": 0.0}, [(3,)], "MS501", "x_min"),
        ("ExpandDims", {"axis": 0}, [(3,)], "MS509", "axis"),
        ("Squeeze", {"axis": 1}, [(3, 1)], "MS501", "axis"),
        ("Stack", {"axis": 1}, [(3,), (4,)], "MS501", ""),
        ("GetItem", {"key": "[0]"}, [(3,)], "MS509", "key"),
        ("GetItem", {"key": "[:, 3]"}, [(3,)], "MS501", "key"),
        ("GetItem", {"key": "[:, 3:]"}, [(3,)], "MS502", "key"),
        ("GetItem", {"key": "[:, :, :]"}, [(3,)], "MS503", "key"),
        ("GetItem", {"key": "[:, :2]"}, [(symbol("T"),)], "MS508", "key"),
        ("PReLU", {}, [(symbol("T"), 3)], "MS508", ""),
        ("SpatialDropout1D", {"rate": 0.5}, [(3,)], "MS503", ""),
        ("Dense", {"units": 2, "kernel_constraint": {"type": "max_norm", "axis": 2}}, [(3,)],
         "MS509", "kernel_constraint"),
        ("Dense", {"units": 2, "kernel_constraint": {"type": "unit_norm", "axis": [0, -2]}},
         [(3,)], "MS509", "kernel_constraint"),
        ("Dense", {"units": 2, "kernel_regularizer": "orthogonal_regularizer"}, [(1,)], "MS504",
         "kernel_regularizer"),
    ],
)  # fmt: skip
def test_operands_that_do_not_fit(
    name: str, arguments: dict[str, Any], shapes: Any, code: str, argument: str
) -> None:
    with pytest.raises(LayerError) as caught:
        infer(registry.find(name)(**arguments), shapes)
    assert (caught.value.code, caught.value.argument) == (code, argument)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("GaussianNoise", {"stddev": 0.5}),
        ("GaussianDropout", {"rate": 0.2}),
        ("AlphaDropout", {"rate": 0.2}),
    ],
)
def test_noise_keeps_the_mean(name: str, arguments: dict[str, Any]) -> None:
    torch.manual_seed(0)
    layer = registry.find(name)(**arguments)
    x = torch.randn(400, 1000)
    module = make(layer, [(1000,)])
    assert module is not None
    found = run(layer, [(1000,)], module.train(), x)[""]
    assert abs(float(found.mean() - x.mean())) < 0.01
    wanted = {"GaussianNoise": 1.25, "GaussianDropout": 1.25, "AlphaDropout": 1.0}[name]
    assert float(found.var()) == pytest.approx(wanted, rel=0.02)


def test_spatial_dropout_drops_whole_channels() -> None:
    torch.manual_seed(0)
    layer = registry.find("SpatialDropout2D")(rate=0.25)
    module = make(layer, [(3, 4, 64)])
    assert module is not None
    found = run(layer, [(3, 4, 64)], module.train(), torch.ones(32, 3, 4, 64))[""]
    assert found.unique().tolist() == pytest.approx([0.0, 1 / 0.75])
    assert torch.equal(found.amin((1, 2)), found.amax((1, 2)))
    assert float((found[:, 0, 0] == 0).float().mean()) == pytest.approx(0.25, abs=0.03)


def test_softmax_leaves_masked_steps_out() -> None:
    layer = registry.find("Softmax")(axis=1)
    mask = torch.tensor([[True, False, True], [False, False, False]])
    call = Call(layer, ((3,),), None, masks={"": (mask,)})
    found = find(layer).outputs(call, {"": (torch.zeros(2, 3),)})[""]
    assert found.tolist() == [[0.5, 0.0, 0.5], [0.0, 0.0, 0.0]]


def test_an_initializer_with_a_seed_starts_the_same_everywhere() -> None:
    seeded = {"type": "glorot_uniform", "seed": 7}
    layer = registry.find("Dense")(units=3, kernel_initializer=seeded)
    one, other = make(layer, [(4,)], seed=1), make(layer, [(4,)], seed=2)
    assert one is not None
    assert other is not None
    assert torch.equal(one.get_parameter("weight"), other.get_parameter("weight"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [("GlorotUniform", "glorot_uniform"), ("HE_NORMAL", "he_normal"), ("zeros", "zeros")],
)
def test_names_of_classes_are_names_too(written: str, meant: str) -> None:
    assert registry.find("Dense")(units=3, kernel_initializer=written).kernel_initializer == meant
