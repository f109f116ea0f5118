"""What an HDF5 file holds that has no meaning here is refused by name."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from yaml import safe_load

from modelspec.diagnostics import Report
from modelspec.keras.import_model import from_keras
from tests.cli.running import Run
from tests.keras.legacy.files import changed, layer_of


def _lambda(config: dict[str, Any]) -> None:
    code = {"function": ["4wEAAAAAAAAA", None, None], "function_type": "lambda", "name": "far"}
    layer_of(config, "far").update(class_name="Lambda", config=code)


def _hard(config: dict[str, Any]) -> None:
    layer_of(config, "far")["config"]["activation"] = "hard_sigmoid"


def _own(config: dict[str, Any]) -> None:
    layer_of(config, "far")["class_name"] = "Mine>Sparkle"


def _own_model(config: dict[str, Any]) -> None:
    config["class_name"] = "MyModel"


def _function(config: dict[str, Any]) -> None:
    own = {"name": "far", "function": "signal.fft"}
    layer_of(config, "far").update(class_name="TFOpLambda", config=own)


def _argument(config: dict[str, Any]) -> None:
    saved = layer_of(config, "far")
    saved.update(class_name="TFOpLambda", config={"name": "far", "function": "reduce_sum"})
    saved["inbound_nodes"] = [["concatenate", 0, 0, {"axis": 1, "strange": 3}]]


def _time_major(config: dict[str, Any]) -> None:
    own = {"name": "far", "units": 2, "time_major": True}
    layer_of(config, "far").update(class_name="LSTM", config=own)


def _graph(config: dict[str, Any]) -> None:
    own = {"name": "far", "node_def": "name: 'AddV2'", "constants": {}}
    layer_of(config, "far").update(class_name="TensorFlowOpLayer", config=own)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_lambda, "`far` is a `Lambda`: it holds Python code, which is not run"),
        (_hard, "`far` has the `hard_sigmoid` of Keras 2"),
        (_own, "`far` is a `Mine>Sparkle` of somebody's own"),
        (_own_model, "the model is a `MyModel`, a class of its own"),
        (_function, "`far` is the function `tf.signal.fft`, which is not known"),
        (_argument, "`far` calls `tf.reduce_sum` with `strange`, which is not known"),
        (_time_major, "`far` reads time before the batch (`time_major`)"),
        (_graph, "`far` is a `TensorFlowOpLayer`, which is not known"),
    ],
)
def test_what_is_not_known(change: Any, words: str, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    file = changed(tmp_path, "siamese", change)
    result = run("import", "keras", file, "-o", str(folder))
    assert result.code == 1
    assert words in result.err
    assert not folder.exists()


def test_older_forms(tmp_path: Path) -> None:
    """A sequence that is a bare list and begins without an input; a GRU that says nothing."""

    def change(config: dict[str, Any]) -> None:
        first, *rest = config["config"]["layers"]
        rest[0]["config"]["batch_input_shape"] = first["config"]["batch_input_shape"]
        config["config"] = rest

    def older(config: dict[str, Any]) -> None:
        del layer_of(config, "before")["config"]["reset_after"]

    for name, each in (("cnn", change), ("recurrent", older)):
        imported = from_keras(changed(tmp_path, name, each), Report())
        assert imported
        imported.close()
        spec = safe_load(imported.texts["model.yaml"])
        if name == "cnn":
            assert spec["inputs"] == {"conv2d_input": [8, 8, 2]}
        else:
            assert spec["layers"]["before"]["reset_after"] is False


def test_inputs_of_embeddings_are_whole_numbers(tmp_path: Path) -> None:
    """Keras calls them floats by default, and rounds them."""

    def change(config: dict[str, Any]) -> None:
        layer_of(config, "words")["config"]["dtype"] = "float32"

    imported = from_keras(changed(tmp_path, "recurrent", change), Report())
    assert imported
    imported.close()
    spec = safe_load(imported.texts["model.yaml"])
    assert spec["inputs"]["words"] == {"shape": [7], "dtype": "int32"}


def test_weights_alone_are_no_model(run: Run, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file["dense/dense/kernel:0"] = np.zeros(3)
    result = run("import", "keras", str(tmp_path / "w.h5"), "-o", str(tmp_path / "out"))
    assert result.code == 1
    assert "it holds no model" in result.err


def test_arrays_that_are_missing(run: Run, tmp_path: Path) -> None:
    file = changed(tmp_path, "siamese", lambda config: None)
    with h5py.File(file, "r+") as opened:
        names = opened["model_weights/encoder"].attrs["weight_names"]
        opened["model_weights/encoder"].attrs["weight_names"] = names[:-1]
    result = run("import", "keras", file, "-o", str(tmp_path / "out"))
    assert result.code == 1
    assert "`encoder` has 13 arrays in the file, and 14 are needed" in result.err


def test_no_more_numbers_than_needed(run: Run, tmp_path: Path) -> None:
    """A small file may say that an array is large; it is not unpacked."""
    file = changed(tmp_path, "siamese", lambda config: None)
    with h5py.File(file, "r+") as opened:
        group = opened["model_weights/far/far"]
        del group["kernel:0"]
        group.create_dataset("kernel:0", (1 << 20, 1 << 8), "f4", chunks=(1 << 10, 1 << 8))
    result = run("import", "keras", file, "-o", str(tmp_path / "out"))
    assert result.code == 1
    assert "268,435,457 numbers, and at most 74 are needed" in result.err


def test_links_lead_nowhere(run: Run, tmp_path: Path) -> None:
    file = changed(tmp_path, "siamese", lambda config: None)
    with h5py.File(file, "r+") as opened:
        del opened["model_weights/far"]
        opened["model_weights/far"] = h5py.ExternalLink("other.h5", "/far")
    result = run("import", "keras", file, "-o", str(tmp_path / "out"))
    assert result.code == 1
    assert "`/model_weights/far` are a link" in result.err
