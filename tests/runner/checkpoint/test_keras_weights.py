"""Weights of a Keras file for the nodes of a spec: each is that of its own layer, or it is said."""

import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from torch import nn

from modelspec import lint
from modelspec.diagnostics import Report, SpecError
from modelspec.graph.graph import Graph
from modelspec.keras.import_model import from_keras
from modelspec.runner.checkpoint.keras_weights import load_keras_weights, read_keras_tensors
from modelspec.runner.checkpoint.load_weights import load_weights, matching_weights
from modelspec.torch import build
from tests.cli.running import Run, run_here

SAVED = Path(__file__).parents[2] / "golden" / "keras"
WHOLE = sorted([*SAVED.glob("*.keras"), *SAVED.glob("legacy/*.h5")])
ALONE = sorted(SAVED.glob("weights/*.h5"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process."""
    return partial(run_here, capsys)


def imported(file: Path, folder: Path) -> tuple[Graph, nn.Module] | None:
    """The graph and module that a saved model becomes."""
    found = from_keras(str(file), Report())
    if found is None:
        return None
    with closing(found):
        for name, text in found.texts.items():
            (folder / name).write_text(text)
        graph = lint.examine(str(folder / "model.yaml")).graph
        assert graph
        assert found.arrays
        return graph, load_keras_weights(graph, found.weights, found.arrays.of)


def without_names(file: Path, folder: Path) -> Path:
    """The weights of a file as Keras 2 and early Keras 3 saved them."""
    bare = folder / "bare.weights.h5"
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            bare.write_bytes(archive.read("model.weights.h5"))
    else:
        shutil.copy(file, bare)
    with h5py.File(bare, "r+") as opened:
        groups = [opened]
        opened.visititems(lambda name, item: groups.append(item))
        for group in groups:
            if "name" in group.attrs:
                del group.attrs["name"]
    return bare


NOT_BY_NAME = {
    "transfer": ("base.stage",),
    "cells": ("rnn_1.", "rnn_2."),
    "two_homes": ("base.", "common."),
}
"""Nodes that the names of layers do not find: blocks that repeat, the cells of a stack, and copies
of a layer that Keras has in two models."""


def check(graph: Graph, module: nn.Module, file: Path) -> set[str]:
    """See to it that what is read of a file is right; what is missing."""
    wanted = module.state_dict()
    found = read_keras_tensors(graph, file)
    assert found.tensors.keys() <= wanted.keys()
    for name, tensor in found.tensors.items():
        assert torch.equal(tensor, wanted[name]), name
    assert not found.other_shapes
    return wanted.keys() - found.tensors.keys()


@pytest.mark.parametrize("file", WHOLE, ids=lambda file: file.name)
def test_the_weights_of_a_model_for_its_own_spec(file: Path, tmp_path: Path) -> None:
    made = imported(file, tmp_path)
    if made is None:
        assert file.stem == "lambda"
        return
    missing = check(*made, file)
    assert all(name.startswith(NOT_BY_NAME.get(file.stem, ())) for name in missing)


@pytest.mark.parametrize("file", WHOLE, ids=lambda file: file.name)
def test_without_names_they_are_right_or_refused(file: Path, tmp_path: Path) -> None:
    made = imported(file, tmp_path)
    if made is None:
        return
    try:
        check(*made, without_names(file, tmp_path))
    except SpecError as error:
        (finding,) = error.diagnostics
        assert re.search("alike, and the file does not say which is which", finding.message)


@pytest.mark.parametrize("file", ALONE, ids=lambda file: file.name)
def test_weights_alone(file: Path, tmp_path: Path) -> None:
    made = imported(SAVED / "legacy" / f"{file.name.split('.')[0]}.h5", tmp_path)
    assert made
    assert not check(*made, file)


DENSE = """
    version: 1
    name: m
    inputs: {{x: [4]}}
    layers:
      first: {{type: Dense, units: {units}}}
      last: {{type: Dense, units: 2}}
    outputs: [last]
"""


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    (tmp_path / "spec.yaml").write_text(DENSE.format(units=3))
    found = lint.examine(str(tmp_path / "spec.yaml")).graph
    assert found
    return found


def weights_file(folder: Path, layers: dict[str, tuple[int, int]]) -> Path:
    """A file of dense layers, by name."""
    file = folder / "w.weights.h5"
    with h5py.File(file, "w") as opened:
        for number, (name, shape) in enumerate(layers.items()):
            group = opened.create_group(f"layers/dense{f'_{number}' * bool(number)}/vars")
            group.attrs["name"] = name
            group["0"], group["1"] = np.ones(shape, "f4"), np.zeros(shape[1], "f4")
    return file


def messages(graph: Graph, file: Path) -> Iterator[str]:
    with pytest.raises(SpecError) as caught:
        load_weights(build(graph, seed=0), file, graph)
    for finding in caught.value.diagnostics:
        assert finding.code == "MS806"
        yield finding.message


def test_other_names(graph: Graph, tmp_path: Path) -> None:
    file = weights_file(tmp_path, {"first": (4, 3), "later": (3, 2)})
    assert list(messages(graph, file)) == [
        "the file lacks `last.weight` and `last.bias`",
        "the model has no `later`",
    ]


def test_other_shapes(graph: Graph, tmp_path: Path) -> None:
    file = weights_file(tmp_path, {"first": (4, 5), "last": (3, 2)})
    assert list(messages(graph, file)) == [
        "`first` is [[4, 5], [5]] in the file and [[4, 3], [3]] in the model"
    ]


def test_a_training_takes_what_fits(graph: Graph, tmp_path: Path) -> None:
    file = weights_file(tmp_path, {"first": (4, 3), "last": (3, 9), "more": (2, 2)})
    found = matching_weights(build(graph, seed=0), file, graph)
    assert found.taken.keys() == {"first.weight", "first.bias"}
    assert found.new == ["last.weight", "last.bias"]
    assert found.left == ["more"]
    (said,) = found.other_shapes
    assert said == "`last` is [[3, 9], [9]] in the file and [[3, 2], [2]] in the model"


def test_the_command(run: Run, tmp_path: Path) -> None:
    """Weights that Keras 2 saved alone, for a spec that somebody wrote."""
    made = imported(SAVED / "legacy" / "cnn.h5", tmp_path)
    assert made
    kept = np.load(SAVED / "legacy" / "cnn.npz")
    np.savez(tmp_path / "in.npz", image=kept["in.image"])
    spec, data = str(tmp_path / "model.yaml"), str(tmp_path / "in.npz")
    for file in ("cnn.weights.h5", "cnn.h5"):
        weights, out = str(SAVED / "weights" / file), str(tmp_path / "out.npz")
        result = run("predict", spec, "--weights", weights, "--data", data, "-o", out)
        assert result.code == 0, result.err
        np.testing.assert_allclose(np.load(out)["dense"], kept["out.0"], atol=1e-6)


def test_a_damaged_file(graph: Graph, tmp_path: Path) -> None:
    file = tmp_path / "w.h5"
    file.write_bytes(b"\x89HDF\r\n\x1a\n" + b"\0" * 90)
    with pytest.raises(SpecError) as caught:
        load_weights(build(graph, seed=0), file, graph)
    assert "it is not HDF5" in caught.value.diagnostics[0].message
