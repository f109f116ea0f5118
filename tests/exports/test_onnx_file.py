"""ONNX, as onnxruntime computes it."""

from pathlib import Path

import pytest

from modelspec.exports.write import write
from tests.exports.specs import MASKED_GRU, model_of

onnx = pytest.importorskip("onnx")


def test_a_masked_gru_and_the_names_of_its_axes(tmp_path: Path) -> None:
    text = MASKED_GRU.replace("units: 3", "units: 3, return_sequences: true")
    done = write(model_of(text, tmp_path), tmp_path / "m.onnx")
    assert done.difference < 1e-6
    graph = onnx.load(tmp_path / "m.onnx").graph

    def axes(value: object) -> list[object]:
        return [each.dim_param or each.dim_value for each in value.type.tensor_type.shape.dim]

    assert [(each.name, axes(each)) for each in graph.input] == [("words", ["batch", "T"])]
    assert [(each.name, axes(each)) for each in graph.output] == [("read", ["batch", "T", 3])]
