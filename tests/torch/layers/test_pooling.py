"""The poolings against what Keras computes (`tests/golden/make_pooling.py`), and random ones."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.layers import registry
from modelspec.layers.values import LayerError
from modelspec.shapes import symbol
from tests.golden.kept import Kept
from tests.layers.check_layer import attempt, check_outputs, check_symbols, infer, make, run

KEPT = Kept("pooling")


@pytest.mark.parametrize("entry", KEPT.titles())
def test_keras_computes_the_same(entry: dict[str, Any]) -> None:
    example = KEPT.example(entry)
    layer = registry.find(entry["type"])(**example.arguments)
    assert entry["weights"] == []
    found = run(layer, example.shapes, make(layer, example.shapes), *KEPT.arrays(entry, "x"))[""]
    torch.testing.assert_close(found, KEPT.arrays(entry, "y")[0], rtol=1e-5, atol=1e-6)


def test_every_example_is_covered() -> None:
    assert not KEPT.missing(), "run tests/golden/make_pooling.py"


SMALL = st.integers(1, 3)
CUBE = st.tuples(SMALL, SMALL, SMALL)


@settings(max_examples=20)
@given(
    kind=st.sampled_from(["Max", "Average"]),
    size=st.tuples(*(st.integers(1, 5),) * 3),
    pool_size=CUBE,
    strides=st.none() | CUBE,
    padding=st.sampled_from(["valid", "same"]),
)
def test_pooling3d(kind: str, size: tuple[int, int, int], **arguments: Any) -> None:
    layer = registry.find(f"{kind}Pooling3D")(**arguments)
    shapes = [(*size, 2)]
    inference = attempt(layer, shapes, "float32")
    if isinstance(inference, LayerError):
        assert inference.code == "MS502"
        return
    check_outputs(layer, shapes, "float32", inference, make(layer, shapes))
    check_symbols(layer, shapes, "float32")


def test_adaptive_sizes_do_not_depend_on_the_operand() -> None:
    layer = registry.find("AdaptiveMaxPooling2D")(output_size=[2, 3])
    sizes = (symbol("H"), symbol("W"), symbol("C"))
    assert infer(layer, [sizes]).outputs[""].shape == (2, 3, symbol("C"))


@pytest.mark.parametrize("name", ["MaxPooling3D", "GlobalAveragePooling3D", "GlobalMaxPooling3D"])
def test_volumes_have_four_axes(name: str) -> None:
    with pytest.raises(LayerError, match="needs `\\[depth, height, width, channels\\]`"):
        infer(registry.find(name)(), [(4, 4, 2)])
