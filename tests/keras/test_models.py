"""Saved Keras models become specs that compute what Keras does (`make_keras_models.py`)."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import torch
from yaml import safe_load

from modelspec import lint
from modelspec.diagnostics import Report
from modelspec.keras.import_model import from_keras
from modelspec.runner.checkpoint.keras_weights import load_keras_weights
from modelspec.runner.loop.objective import objective_of
from modelspec.summary import summarize
from modelspec.torch import build
from tests.cli.running import Run

SAVED = Path(__file__).parents[1] / "golden" / "keras"
NAMES = [
    "sequential", "operations", "nested", "states", "attention", "images", "text", "wrapped",
    "transfer", "transformer", "functions", "cells", "language", "attention_siblings",
    "zero_output_for_mask", "dict_inputs", "two_inputs_shared_encoder", "unused_input",
    "masked_attention_seq2seq", "two_homes", "tagger",
]  # fmt: skip

OF_TWO_HOMES = 12 + 12 + 8
"""The parameters of layers that Keras has once and a spec has twice."""


def written(name: str, folder: Path) -> Path:
    """The spec that a saved model becomes."""
    imported = from_keras(str(SAVED / f"{name}.keras"), Report())
    assert imported
    with closing(imported):
        for file, text in imported.texts.items():
            (folder / file).write_text(text)
    return folder / "model.yaml"


@pytest.mark.parametrize("name", NAMES)
def test_it_computes_what_keras_does(name: str, tmp_path: Path) -> None:
    imported = from_keras(str(SAVED / f"{name}.keras"), Report())
    assert imported
    assert imported.arrays
    examined = lint.examine(str(written(name, tmp_path)))
    codes = [each.code for each in examined.report]
    assert codes == (["MS510"] if name == "tagger" else []), list(examined.report)
    assert examined.graph
    kept = np.load(SAVED / f"{name}.npz")
    own = OF_TWO_HOMES if name == "two_homes" else 0
    assert summarize(examined.graph).parameters == int(kept["parameters"]) + own
    with closing(imported):
        module = load_keras_weights(examined.graph, imported.weights, imported.arrays.of).eval()
    given = {key[3:]: torch.from_numpy(kept[key]) for key in kept if key.startswith("in.")}
    named = {name.replace("-", "_"): value for name, value in given.items()}
    if len(named) == 1:
        named = dict.fromkeys(examined.graph.inputs, *named.values())
    named = {name: named[name] for name in examined.graph.inputs}
    with torch.inference_mode():
        found = module(named)
    wanted = {key[4:]: kept[key] for key in kept if key.startswith("out.")}
    if wanted.keys() != found.keys():
        wanted = dict(zip(found, wanted.values(), strict=True))
    for key, value in wanted.items():
        np.testing.assert_allclose(found[key], value, atol=1e-5, rtol=1e-4)


SEQUENTIAL = """\
# From sequential.keras.
version: 1
name: a_sequence

inputs:
  input_layer: [6, 2]

layers:
  conv1d: {type: Conv1D, filters: 4, kernel_size: 3, padding: causal, kernel_regularizer: {type: l2, l2: 0.02}}
  batch_norm: BatchNormalization    # `batch-norm` in Keras
  leaky_re_lu: {type: LeakyReLU, negative_slope: 0.1}
  global_max_pooling1d: GlobalMaxPooling1D
  dropout: {type: Dropout, rate: 0.3}
  _3_classes: {type: Dense, units: 3, activation: softmax, kernel_initializer: he_normal}    # `3 classes` in Keras

outputs:
  _3_classes:
    loss: {type: categorical_crossentropy, label_smoothing: 0.1}
    metrics: [accuracy, {type: top_k_categorical_accuracy, k: 2}]

train:
  optimizer:     adamw
  learning_rate: {type: cosine_decay, initial_learning_rate: 0.01, decay_steps: 100}
"""  # noqa: E501


def test_a_person_would_have_written_it_so(tmp_path: Path) -> None:
    assert written("sequential", tmp_path).read_text() == SEQUENTIAL


def test_shared_layers_and_nested_models(tmp_path: Path) -> None:
    spec = safe_load(written("nested", tmp_path).read_text())
    assert spec["shared"] == {"shared": {"type": "Dense", "units": 3}, "outer": "outer"}
    assert spec["blocks"].keys() == {"outer", "own"}
    assert spec["blocks"]["outer"]["blocks"].keys() == {"pair"}
    assert "left -> shared_1 -> outer_1" in spec["edges"]
    assert spec["outputs"]["u"] == {"from": "own.dense_2", "loss": "mae", "weight": 0.2}
    assert spec["train"] == {"optimizer": {"type": "sgd", "momentum": 0.9}, "learning_rate": 0.1}


def test_the_command(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    result = run("import", "keras", str(SAVED / "nested.keras"), "-o", str(folder))
    assert result.code == 0, result.err
    assert sorted(path.name for path in folder.iterdir()) == ["model.safetensors", "model.yaml"]
    kept = np.load(SAVED / "nested.npz")
    data = {key[3:]: kept[key] for key in kept if key.startswith("in.")}
    np.savez(tmp_path / "in.npz", **data)
    spec, weights = str(folder / "model.yaml"), str(folder / "model.safetensors")
    out = str(tmp_path / "out.npz")
    data_file = str(tmp_path / "in.npz")
    result = run("predict", spec, "--weights", weights, "--data", data_file, "-o", out)
    assert result.code == 0, result.err
    found = np.load(out)
    np.testing.assert_allclose(found["v"], kept["out.v"], atol=1e-5)
    np.testing.assert_allclose(found["score"], kept["out.score"], atol=1e-5)
    again = run("import", "keras", str(SAVED / "nested.keras"), "-o", str(folder))
    assert (again.code, "is there already" in again.err) == (2, True)


def test_what_no_output_needs_is_left_out_and_said(run: Run, tmp_path: Path) -> None:
    done = run("import", "keras", str(SAVED / "unused_input.keras"), "-o", str(tmp_path))
    note = "`b` of `functional_4` is left out: no output needs it."
    assert f"note  {note}" in done.out
    text = (tmp_path / "model.yaml").read_text()
    assert f"# {note}" in text
    assert safe_load(text)["inputs"] == {"a": [3]}


def test_the_loss_counts_the_steps_that_it_counts_in_keras(tmp_path: Path) -> None:
    kept = np.load(SAVED / "tagger.npz")
    imported = from_keras(str(SAVED / "tagger.keras"), Report())
    assert imported
    assert imported.arrays
    examined = lint.examine(str(written("tagger", tmp_path)))
    graph = examined.graph
    assert graph
    with closing(imported):
        loaded = load_keras_weights(graph, imported.weights, imported.arrays.of)
    module = build(graph, masks=True).eval()
    module.load_state_dict(loaded.state_dict())
    given = {"words": torch.from_numpy(kept["in.words"])}
    objective = objective_of(graph, torch.device("cpu"), {}, {}, frozenset(graph.outputs))
    targets = [torch.from_numpy(kept[f"target.{place}"]).float() for place in range(2)]
    with torch.no_grad():
        objective.add(module(given), dict(zip(graph.outputs, targets, strict=True)), 3)
    found = objective.logs()
    assert found["loss"] == pytest.approx(kept["log.loss"].item(), rel=1e-5)
    assert found["tag_loss"] == pytest.approx(kept["log.tag_loss"].item(), rel=1e-5)


def test_a_layer_in_two_models_is_told_of(run: Run, tmp_path: Path) -> None:
    done = run("import", "keras", str(SAVED / "two_homes.keras"), "-o", str(tmp_path))
    assert done.code == 0, done.err
    for name in ("common", "own"):
        assert f"note  `{name}` is one layer in two models of the Keras file;" in done.out


def test_lost_masks_are_said(tmp_path: Path) -> None:
    text = written("transformer", tmp_path).read_text()
    assert "\n# `use_masks: false`, `..._unmasked`: Keras's MultiHeadAttention takes" in text
    assert text.count(", use_masks: false}") == 2


def test_the_imported_spec_of_the_example_is_up_to_date(tmp_path: Path) -> None:
    specs = Path(__file__).parents[2] / "specs" / "mobilenet"
    assert written("mobilenet", tmp_path).read_text() == (specs / "model.yaml").read_text()
