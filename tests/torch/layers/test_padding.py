"""Padding, cropping and enlarging against what Keras computes (`tests/golden/make_padding.py`)."""

from typing import Any

import pytest
import torch

from modelspec.layers import registry
from modelspec.layers.values import LayerError
from modelspec.shapes import symbol
from tests.golden.kept import Kept
from tests.layers.check_layer import infer, make, run

KEPT = Kept("padding")


@pytest.mark.parametrize("entry", KEPT.titles())
def test_keras_computes_the_same(entry: dict[str, Any]) -> None:
    example = KEPT.example(entry)
    layer = registry.find(entry["type"])(**example.arguments)
    assert entry["weights"] == []
    found = run(layer, example.shapes, make(layer, example.shapes), *KEPT.arrays(entry, "x"))[""]
    expected = KEPT.arrays(entry, "y")[0]
    torch.testing.assert_close(found, expected.to(found.dtype), rtol=1e-5, atol=1e-5)


def test_every_example_is_covered() -> None:
    assert not KEPT.missing(), "run tests/golden/make_padding.py"


@pytest.mark.parametrize(
    ("written", "meant"),
    [(2, ((2, 2), (2, 2))), ([1, 2], ((1, 1), (2, 2))), ([[0, 1], 3], ((0, 1), (3, 3)))],
)
def test_how_borders_are_written(written: object, meant: object) -> None:
    layer = registry.find("ZeroPadding2D").model_validate({"padding": written})
    assert layer.padding == meant
    assert type(layer).model_validate(layer.model_dump(mode="json")) == layer


@pytest.mark.parametrize("written", ["same", [1], [1, 2, 3], [[1, 2, 3], 1], -1, 1.5])
def test_what_is_no_border(written: object) -> None:
    with pytest.raises(ValueError, match="padding"):
        registry.find("ZeroPadding2D").model_validate({"padding": written})


def test_cropping_leaves_something() -> None:
    crop = registry.find("Cropping1D")(cropping=2)
    assert infer(crop, [(symbol("T"), 3)]).outputs[""].shape == (symbol("T") - 4, 3)
    with pytest.raises(LayerError, match="takes 4 steps away of 4, which leaves none"):
        infer(crop, [(4, 3)])
