"""HDF5 files of Keras 2 and 3 become specs that compute what Keras does."""

import shutil
from contextlib import closing
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from yaml import safe_load

from modelspec import lint
from modelspec.diagnostics import Report
from modelspec.keras.import_model import from_keras
from modelspec.runner.checkpoint.keras_weights import load_keras_weights
from modelspec.summary import summarize
from tests.cli.running import Run
from tests.keras.legacy.files import SAVED

NAMES = sorted(path.stem for path in SAVED.glob("*.h5"))


@pytest.mark.parametrize("name", NAMES)
def test_it_computes_what_keras_does(name: str, tmp_path: Path) -> None:
    check(SAVED / f"{name}.h5", name, tmp_path)


def check(file: Path, name: str, folder: Path) -> None:
    """Compare what a file computes with what is kept under a name."""
    imported = from_keras(str(file), Report())
    assert imported
    assert imported.arrays
    for each, text in imported.texts.items():
        (folder / each).write_text(text)
    examined = lint.examine(str(folder / "model.yaml"))
    assert not list(examined.report), [each.message for each in examined.report]
    assert examined.graph
    kept = np.load(SAVED / f"{name}.npz")
    assert summarize(examined.graph).parameters == int(kept["parameters"])
    with closing(imported):
        module = load_keras_weights(examined.graph, imported.weights, imported.arrays.of).eval()
    given = [torch.from_numpy(kept[key]) for key in kept if key.startswith("in.")]
    with torch.inference_mode():
        found = module(dict(zip(examined.graph.inputs, given, strict=True)))
    wanted = [kept[key] for key in kept if key.startswith("out.")]
    for value, known in zip(found.values(), wanted, strict=True):
        np.testing.assert_allclose(value, known, atol=2e-6, rtol=1e-5)


def test_there_are_files_of_both_versions() -> None:
    versions = set()
    for name in NAMES:
        with h5py.File(SAVED / f"{name}.h5") as file:
            versions.add(file.attrs["keras_version"][0])
    assert versions == {"2", "3"}


def test_lists_of_names_in_pieces(tmp_path: Path) -> None:
    """What does not fit one attribute lies in several, `weight_names0`, `weight_names1`."""
    file = tmp_path / "pieces.h5"
    shutil.copy(SAVED / "siamese.h5", file)
    with h5py.File(file, "r+") as opened:
        attributes = opened["model_weights/encoder"].attrs
        names = attributes["weight_names"]
        del attributes["weight_names"]
        for place, piece in enumerate(np.array_split(names, 3)):
            attributes[f"weight_names{place}"] = piece
    check(file, "siamese", tmp_path)


def test_the_command(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    result = run("import", "keras", str(SAVED / "s2s.h5"), "-o", str(folder))
    assert result.code == 0, result.err
    kept = np.load(SAVED / "s2s.npz")
    np.savez(tmp_path / "in.npz", read=kept["in.read"], told=kept["in.told"])
    spec, weights = str(folder / "model.yaml"), str(folder / "model.safetensors")
    given, out = str(tmp_path / "in.npz"), str(tmp_path / "out.npz")
    result = run("predict", spec, "--weights", weights, "--data", given, "-o", out)
    assert result.code == 0, result.err
    np.testing.assert_allclose(np.load(out)["say"], kept["out.0"], atol=1e-6)


def test_what_it_was_compiled_with(tmp_path: Path) -> None:
    imported = from_keras(str(SAVED / "cnn.h5"), Report())
    assert imported
    imported.close()
    spec = safe_load(imported.texts["model.yaml"])
    assert spec["outputs"]["dense"] == {
        "loss": {"type": "categorical_crossentropy", "label_smoothing": 0.1},
        "metrics": ["accuracy", {"type": "top_k_categorical_accuracy", "k": 2}],
    }
    schedule = {"type": "exponential_decay", "initial_learning_rate": 0.01, "decay_steps": 100}
    assert spec["train"] == {"optimizer": "adam", "learning_rate": {**schedule, "decay_rate": 0.9}}
