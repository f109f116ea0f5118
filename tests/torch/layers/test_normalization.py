"""The normalizations against what Keras computes (`make_normalization.py`), and what else holds."""

from typing import Any

import pytest
import torch
from torch import nn

from modelspec.layers import Layer, registry
from modelspec.layers.values import LayerError
from modelspec.shapes import symbol
from modelspec.torch.layers import find
from tests.golden.kept import Kept
from tests.layers.check_layer import infer, make, run

KEPT = Kept("normalization")


def loaded(entry: dict[str, Any], letter: str) -> tuple[Layer, nn.Module | None]:
    """The layer of a call, with Keras's weights."""
    example = KEPT.example(entry)
    layer = registry.find(entry["type"])(**example.arguments)
    module = make(layer, example.shapes)
    if module is not None and (weights := KEPT.arrays(entry, letter)):
        find(layer).load_keras(module, layer, weights)
    return layer, module


@pytest.mark.parametrize("entry", KEPT.titles())
def test_keras_computes_the_same(entry: dict[str, Any]) -> None:
    shapes = KEPT.example(entry).shapes
    layer, module = loaded(entry, "w")
    weights = infer(layer, shapes).weights
    assert [list(weight.shape) for weight in weights] == entry["weight_shapes"]
    assert [weight.name for weight in weights] == entry["weights"]
    found = run(layer, shapes, module and module.eval(), *KEPT.arrays(entry, "x"))[""]
    torch.testing.assert_close(found, KEPT.arrays(entry, "y")[0], rtol=1e-5, atol=1e-5)


TRAINED = [title for title in KEPT.titles() if KEPT.arrays(title.values[0], "t")]


@pytest.mark.parametrize("entry", TRAINED)
def test_keras_trains_the_same(entry: dict[str, Any]) -> None:
    layer, module = loaded(entry, "w")
    assert module is not None
    found = run(layer, KEPT.example(entry).shapes, module.train(), *KEPT.arrays(entry, "x"))[""]
    torch.testing.assert_close(found, KEPT.arrays(entry, "t")[0], rtol=1e-5, atol=1e-5)
    _, after = loaded(entry, "u")
    assert after is not None
    torch.testing.assert_close(module.state_dict(), after.state_dict(), rtol=1e-5, atol=1e-5)


def test_every_example_is_covered() -> None:
    assert not KEPT.missing(), "run tests/golden/make_normalization.py"


@pytest.mark.parametrize(
    ("name", "arguments", "shape", "code", "argument"),
    [
        ("GroupNormalization", {"groups": 4}, (5, 6), "MS504", "groups"),
        ("GroupNormalization", {}, (5, 6), "MS504", "groups"),
        ("GroupNormalization", {"groups": 2}, (5, symbol("T")), "MS508", ""),
        ("GroupNormalization", {"groups": 2, "axis": 3}, (5, 6), "MS509", "axis"),
        ("RMSNormalization", {"axis": [1, -2]}, (5, 6), "MS509", "axis"),
        ("RMSNormalization", {"axis": 1}, (5, 6), "MS509", "axis"),
        ("UnitNormalization", {"axis": 0}, (5, 6), "MS509", "axis"),
        ("LayerNormalization", {"axis": [1, 1]}, (5, 6), "MS509", "axis"),
    ],
)
def test_operands_that_do_not_fit(
    name: str, arguments: dict[str, Any], shape: Any, code: str, argument: str
) -> None:
    with pytest.raises(LayerError) as caught:
        infer(registry.find(name)(**arguments), [shape])
    assert (caught.value.code, caught.value.argument) == (code, argument)


def test_a_group_may_hold_one_number() -> None:
    layer = registry.find("GroupNormalization")(groups=-1)
    found = run(layer, [(3,)], make(layer, [(3,)]), torch.randn(1, 3))[""]
    torch.testing.assert_close(found, torch.zeros(1, 3))


def test_moving_statistics_start_as_they_are_told_to() -> None:
    layer = registry.find("BatchNormalization")(
        moving_mean_initializer={"type": "constant", "value": 3.0},
        moving_variance_initializer="zeros",
    )
    module = make(layer, [(2,)])
    assert module is not None
    assert module.get_buffer("running_mean").tolist() == [3, 3]
    assert module.get_buffer("running_var").tolist() == [0, 0]


def test_zeros_have_no_direction_and_a_slope() -> None:
    layer = registry.find("UnitNormalization")()
    x = torch.zeros(1, 3, requires_grad=True)
    found = run(layer, [(3,)], None, x)[""]
    found.sum().backward()
    assert torch.equal(found, torch.zeros(1, 3))
    assert bool(torch.isfinite(x.grad).all())


def spectral(**arguments: Any) -> tuple[Layer, nn.Module]:
    """A spectral normalization of a Dense of 2 on 3 features, in training."""
    dense = registry.find("Dense")(units=2, **arguments)
    layer = registry.find("SpectralNormalization")(layer=dense, power_iterations=50)
    module = make(layer, [(3,)])
    assert module is not None
    return layer, module.train()


def test_a_spectral_norm_becomes_one() -> None:
    layer, module = spectral()
    kernel = module.get_parameter("layer.weight")
    kernel.data.mul_(7)
    run(layer, [(3,)], module, torch.randn(4, 3))
    assert float(torch.linalg.matrix_norm(kernel.detach(), 2)) == pytest.approx(1, abs=1e-4)


def test_a_kernel_of_zeros_stays() -> None:
    layer, module = spectral(kernel_initializer="zeros")
    vector = module.get_buffer("vector_u").clone()
    found = run(layer, [(3,)], module, torch.randn(4, 3))[""]
    assert torch.equal(found, torch.zeros(4, 2))
    assert torch.equal(module.get_buffer("vector_u"), vector)


def test_two_calls_of_one_spectral_normalization_have_a_slope() -> None:
    layer, module = spectral()
    first, second = (run(layer, [(3,)], module, torch.randn(4, 3))[""] for _ in range(2))
    (first * second).sum().backward()
    assert bool(torch.isfinite(module.get_parameter("layer.weight").grad).all())


def test_a_spectral_normalization_costs_what_its_layer_does() -> None:
    dense = registry.find("Dense")(units=2, kernel_regularizer="l2", activity_regularizer="l1")
    layer = registry.find("SpectralNormalization")(layer=dense)
    assert layer.option("kernel", "regularizer") == dense.kernel_regularizer
    assert layer.activity_options() == dense.activity_options() != ()


@pytest.mark.parametrize("inner", ["Flatten", "LSTM"])
def test_a_spectral_normalization_needs_one_kernel(inner: str) -> None:
    arguments = {"units": 2} if inner == "LSTM" else {}
    layer = registry.find("SpectralNormalization")(layer=registry.find(inner)(**arguments))
    with pytest.raises(LayerError, match=f"one kernel, not a `{inner}`") as caught:
        infer(layer, [(4, 3)])
    assert caught.value.argument == "layer"
