"""Random models that Keras has computed (`golden/make_random_keras.py`), imported and run."""

import io
import json
import lzma
import zipfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch

from modelspec import lint
from modelspec.diagnostics import Report
from modelspec.keras.import_model import from_keras
from modelspec.runner.checkpoint.keras_weights import load_keras_weights
from tests.golden.random_weights import drawn

FILE = Path(__file__).parents[1] / "golden" / "random_keras.json.xz"


@cache
def models(file: Path = FILE) -> list[dict[str, Any]]:
    """The models, one after the other."""
    found: list[dict[str, Any]] = json.loads(lzma.decompress(file.read_bytes()))
    return found


def save(model: dict[str, Any], file: Path) -> None:
    """Write a model as the `.keras` file that it was."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as weights:
        for path, shape in model["weights"].items():
            weights[path] = drawn(path, shape)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("config.json", json.dumps(model["config"]))
        archive.writestr("model.weights.h5", stream.getvalue())


def difference(model: dict[str, Any], folder: Path) -> str:
    """In what an imported model differs from Keras's; empty where in nothing."""
    file = folder / "model.keras"
    save(model, file)
    report = Report()
    imported = from_keras(str(file), report)
    if imported is None:
        return "refused: " + "; ".join(each.message for each in report)
    with closing(imported):
        for name, text in imported.texts.items():
            (folder / name).write_text(text)
        examined = lint.examine(str(folder / "model.yaml"))
        if examined.graph is None:
            return "lint: " + "; ".join(each.message for each in examined.report.errors)
        assert imported.arrays
        module = load_keras_weights(examined.graph, imported.weights, imported.arrays.of).eval()
    given = {name: torch.tensor(model["inputs"][name]) for name in examined.graph.inputs}
    with torch.inference_mode():
        found = module(given)
    if list(found) != model["names"]:
        return f"names: {list(found)} for {model['names']}"
    for (name, value), (shape, numbers) in zip(found.items(), model["outputs"], strict=True):
        wanted = np.array(numbers, "float32").reshape(shape)
        most = max(np.abs(wanted).max(), 1e-3)
        if value.shape != wanted.shape or np.abs(value.numpy() - wanted).max() > 1e-5 * most:
            return f"numbers: {name} is {np.abs(value.numpy() - wanted).max() / most:.2g} off"
    return ""
