"""`.keras`: a model of Keras 3, which the importer reads back."""

import json
import zipfile
from pathlib import Path

import pytest
import torch

from modelspec import data
from modelspec.exports.errors import ExportError
from modelspec.exports.keras_file import read
from modelspec.exports.model import ExportModel
from modelspec.exports.write import write
from tests.torch.specs import graph_of

SHARED = """
    inputs: {left: [T, 5], right: [T, 5]}
    shared: {encoder: {type: LSTM, units: 3}}
    layers:
      a: {use: encoder}
      b: {use: encoder}
      merge: Concatenate
      same: {type: Dense, units: 1, activation: sigmoid, kernel_regularizer: l2}
    edges: [left -> a, right -> b, "a, b -> merge -> same"]
    outputs: [same]
    """
BLOCK = """
    inputs: {x: [6, 4]}
    blocks:
      mix:
        inputs: [x]
        layers:
          deep: {type: Dense, units: 4, activation: relu}
          norm: BatchNormalization
          sum: Add
        edges: [x -> deep -> norm -> sum, x -> sum]
        outputs: [sum]
      mix2:
        inputs: [x]
        layers: {deep: {type: Dense, units: 3}}
        outputs: [deep]
    layers:
      first: mix
      again: mix
      each: {type: TimeDistributed, layer: {type: Dense, units: 2}}
      rows: {type: Reshape, target_shape: [3, 2, 2]}
      steps: {type: TimeDistributed, layer: {type: mix2}}
    outputs: [steps]
    """
STATES = """
    inputs: {source: [T, 3], target: [S, 3]}
    layers:
      encode: {type: Bidirectional, layer: {type: GRU, units: 2}}
      decode: {type: GRU, units: 4, return_sequences: true}
      said: {type: Dense, units: 2}
    edges: [source -> encode, target -> decode -> said, encode.h -> decode.state]
    outputs: [said]
    """
MASKED = """
    inputs: {words: {shape: [T], dtype: int32}}
    layers:
      embed: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true}
      read: {type: Bidirectional, layer: {type: LSTM, units: 3, return_sequences: true}}
      attend: {type: MultiHeadAttention, num_heads: 2, key_dim: 3}
      pool: GlobalAveragePooling1D
    outputs: [pool]
    """
RESIDUAL = """
    inputs: {words: {shape: [T], dtype: int32}, seen: {shape: [T, T], dtype: bool}}
    blocks:
      layer:
        inputs: [x]
        layers:
          attend: {type: MultiHeadAttention, num_heads: 2, key_dim: 3}
          add: Add
          norm: LayerNormalization
        edges: [x -> attend, "x, attend -> add -> norm"]
        outputs: [norm]
    layers:
      embed: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true}
      one: layer
      two: layer
      look: {type: MultiHeadAttention, num_heads: 1, key_dim: 2}
      pool: GlobalAveragePooling1D
      read: {type: LSTM, units: 2}
    edges:
      - words -> embed -> one -> two
      - two -> look -> pool
      - seen -> look.attention_mask
      - two -> read
    outputs: [pool, read]
    """
OPERATIONS = """
    inputs: {x: [4, 6]}
    layers:
      half: {type: Arithmetic, function: multiply, constant: 0.5}
      size: {type: Elementwise, function: absolute}
      parts: {type: Split, indices_or_sections: 2}
      first: {type: GetItem, key: "[:, 0]"}
      mean: {type: Mean, axis: -1}
      both: {type: Average, operand_weights: [2, 1]}
    edges: [x -> half -> size -> parts, parts.part_0 -> first, parts.part_1 -> mean]
    outputs: [first, mean]
    """
WEIGHTED = """
    inputs: {x: [3]}
    layers:
      a: {type: Dense, units: 2}
      b: {type: Dense, units: 2}
      both: {type: Average, operand_weights: [2, 1]}
    edges: ["x -> a, b", "a, b -> both"]
    outputs: [both]
    """


def exported(text, folder):
    graph = graph_of(text)
    model = ExportModel.with_new_weights(graph, data.plain(graph))
    with torch.no_grad():
        for tensor in model.module.parameters():
            tensor += 0.1 * torch.rand(tensor.shape, generator=torch.Generator().manual_seed(0))
    return write(model, folder / "model.keras"), model


@pytest.mark.parametrize("text", [SHARED, BLOCK, STATES, MASKED, RESIDUAL, WEIGHTED])
def test_what_is_read_back_says_the_same(text: str, tmp_path: Path) -> None:
    done, model = exported(text, tmp_path)
    assert done.difference < 1e-6
    assert [file.name for file in done.files] == ["model.keras", "model.json"]
    graph, _ = read(tmp_path / "model.keras")
    assert list(graph.inputs) == list(model.graph.inputs)
    assert list(graph.outputs) == list(model.graph.outputs)
    if text is not WEIGHTED:
        kinds = {node.type for node in model.graph.nodes.values() if node.kind == "layer"}
        assert kinds <= {node.type for node in graph.nodes.values()}


def test_operations_and_parts(tmp_path: Path) -> None:
    text = OPERATIONS.replace("      both: {type: Average, operand_weights: [2, 1]}\n", "")
    assert exported(text, tmp_path)[0].difference < 1e-6


def test_a_shared_layer_is_one_with_two_calls(tmp_path: Path) -> None:
    exported(SHARED, tmp_path)
    layers = {each["name"]: each for each in config(tmp_path)["layers"]}
    assert len(layers["encoder"]["inbound_nodes"]) == 2
    regularizer = layers["same"]["config"]["kernel_regularizer"]
    assert (regularizer["class_name"], regularizer["config"]) == ("L2", {"l2": 0.01})


def test_attention_is_given_copies_of_what_others_read(tmp_path: Path) -> None:
    exported(RESIDUAL, tmp_path)
    names = [each["name"] for each in config(tmp_path)["layers"]]
    assert "two_masked" in names  # for it takes the mask off, and `read` needs it
    exported(RESIDUAL.replace(", mask_zero: true", ""), tmp_path)
    assert not [each["name"] for each in config(tmp_path)["layers"] if "masked" in each["name"]]


def test_layers_stand_in_the_order_of_keras(tmp_path: Path) -> None:
    text = """
        inputs: {x: [3], y: [3]}
        layers:
          late: {type: Dense, units: 2}
          early: {type: Dense, units: 2}
          later: {type: Dense, units: 2}
          join: Add
        edges: [x -> late -> join, y -> early -> later -> join]
        outputs: [join]
        """
    exported(text, tmp_path)
    names = [each["name"] for each in config(tmp_path)["layers"]]
    assert names == ["y", "x", "early", "late", "later", "join"]


def test_what_keras_does_not_have_is_refused(tmp_path: Path) -> None:
    text = """
        inputs: {x: [3]}
        layers:
          kind: {type: Dense, units: 2}
          warm: {type: TemperatureScaling, temperature: 2.0}
        outputs: [warm]
        """
    with pytest.raises(ExportError, match=r"`warm` \(TemperatureScaling, test.yaml:5\) has no"):
        exported(text, tmp_path)
    assert not list(tmp_path.iterdir())


def test_masks_that_keras_would_lay_out_otherwise_are_refused(tmp_path: Path) -> None:
    text = """
        inputs: {x: [T, 3]}
        layers:
          dense: {type: Dense, units: 2}
          valid: Masking
          read: {type: LSTM, units: 2}
        outputs: [read]
        """
    with pytest.raises(ExportError, match="only a Masking of an input"):
        exported(text, tmp_path)


def test_the_same_model_is_the_same_file(tmp_path: Path) -> None:
    found = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        exported(BLOCK, tmp_path / name)
        found.append((tmp_path / name / "model.keras").read_bytes())
    assert found[0] == found[1]


def config(folder):
    with zipfile.ZipFile(folder / "model.keras") as archive:
        return json.loads(archive.read("config.json"))["config"]
