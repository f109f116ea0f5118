"""`.py`: code, and its weights beside it."""

import runpy

import pytest
import torch
from safetensors.torch import load_file

from modelspec import data
from modelspec.exports.errors import ExportError
from modelspec.exports.model import ExportModel
from modelspec.exports.write import write
from tests.torch.specs import graph_of

SPEC = """
    inputs: {words: {shape: [T], dtype: int64}}
    layers:
      embed: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true}
      read: {type: LSTM, units: 3, dropout: 0.5}
      said: {type: Dense, units: 2, activation: softmax}
    outputs: [said]
    """


def exported(text=SPEC):
    graph = graph_of(text)
    return ExportModel.with_new_weights(graph, data.plain(graph))


def test_it_says_what_the_model_says(tmp_path):
    done = write(exported(), tmp_path / "words.py")
    assert done.difference == 0
    assert [file.name for file in done.files] == ["words.py", "words.safetensors", "words.json"]
    assert "modelspec" not in (tmp_path / "words.py").read_text()


def test_it_can_be_trained_on(tmp_path):
    write(exported(), tmp_path / "words.py")
    model = runpy.run_path(str(tmp_path / "words.py"))["load"]().train()
    model(torch.tensor([[1, 2, 0]]))["said"][:, 0].sum().backward()
    assert all(each.grad is not None for each in model.parameters())


def test_weights_of_something_else_are_left_alone(tmp_path):
    (tmp_path / "best.safetensors").write_bytes(b"of a run")
    with pytest.raises(ExportError, match=r"best\.safetensors`, which goes with"):
        write(exported(), tmp_path / "best.py")
    assert [file.name for file in tmp_path.iterdir()] == ["best.safetensors"]


def test_a_second_export_replaces_the_first(tmp_path):
    for seed in (0, 1):
        graph = graph_of(SPEC)
        model = ExportModel.with_new_weights(graph, data.plain(graph), seed=seed)
        write(model, tmp_path / "words.py")
    found = load_file(tmp_path / "words.safetensors")
    assert torch.equal(found["said.weight"], model.module.state_dict()["said.weight"])
