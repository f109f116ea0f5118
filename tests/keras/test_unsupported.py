"""Files that are no Keras models, damaged ones, and layers that are not known."""

import json
import random
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from modelspec.diagnostics import Report, SpecError
from modelspec.keras.import_model import from_keras
from modelspec.runner.checkpoint.keras_weights import load_keras_weights
from tests.cli.running import Run
from tests.keras.test_models import SAVED

CONFIG, WEIGHTS = "config.json", "model.weights.h5"


def changed(folder: Path, *, config: Any = None, weights: bytes | None = None) -> str:
    """A saved model with other content."""
    file = folder / "changed.keras"
    with zipfile.ZipFile(SAVED / "nested.keras") as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == CONFIG and config is not None:
                data = config(json.loads(data)) if callable(config) else config
                data = data if isinstance(data, bytes) else json.dumps(data).encode()
            if name == WEIGHTS and weights is not None:
                data = weights
            new.writestr(name, data)
    return str(file)


def test_python_code_is_not_run(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    result = run("import", "keras", str(SAVED / "lambda.keras"), "-o", str(folder))
    assert result.code == 1
    assert "`twice` is a `Lambda`: it holds Python code" in result.err
    assert not folder.exists()


def _own_class(config: dict[str, Any]) -> dict[str, Any]:
    layer = next(each for each in config["config"]["layers"] if each["name"] == "shared")
    layer |= {"class_name": "Sparkle", "module": "mine.layers"}
    return config


def _own_model(config: dict[str, Any]) -> dict[str, Any]:
    return config | {"class_name": "MyModel", "module": "mine"}


def _unknown_argument(config: dict[str, Any]) -> dict[str, Any]:
    layer = next(each for each in config["config"]["layers"] if each["name"] == "shared")
    layer["config"]["lora_rank"] = 4
    return config


def _channels_first(config: dict[str, Any]) -> dict[str, Any]:
    layer = next(each for each in config["config"]["layers"] if each["name"] == "shared")
    layer["config"]["data_format"] = "channels_first"
    return config


def _shared(config: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(
        each for each in config["config"]["layers"] if each["name"] == "shared"
    )
    return found


def _own_regularizer(config: dict[str, Any]) -> dict[str, Any]:
    own: dict[str, Any] = {
        "module": None,
        "class_name": "L2",
        "config": {},
        "registered_name": "mine>L2",
    }
    _shared(config)["config"]["kernel_regularizer"] = own
    return config


def _history(config: dict[str, Any]) -> list[Any]:
    (tensor,) = _shared(config)["inbound_nodes"][0]["args"]
    history: list[Any] = tensor["config"]["keras_history"]
    return history


def _no_such_call(config: dict[str, Any]) -> dict[str, Any]:
    _history(config)[1] = 7
    return config


def _no_such_output(config: dict[str, Any]) -> dict[str, Any]:
    _history(config)[2] = 3
    return config


def _cycle(config: dict[str, Any]) -> dict[str, Any]:
    _history(config)[0] = "shared"
    return config


def _of_keras_2(config: dict[str, Any]) -> dict[str, Any]:
    _shared(config)["inbound_nodes"] = [[["left", 0, 0, {}]]]
    return config


def _masked(config: dict[str, Any]) -> dict[str, Any]:
    """A mask that no layer starts."""
    node = _shared(config)["inbound_nodes"][0]
    node["kwargs"]["mask"] = node["args"][0]
    return config


def _called_oddly(config: dict[str, Any]) -> dict[str, Any]:
    _shared(config)["inbound_nodes"][0]["kwargs"]["temperature"] = 2.0
    return config


def _cell_of_somebody(config: dict[str, Any]) -> dict[str, Any]:
    own = _shared(config)
    own["class_name"] = "RNN"
    own["config"] = {"name": "shared", "cell": {"class_name": "MyCell", "config": {"units": 2}}}
    return config


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_called_oddly, "`shared` is called with `temperature=2.0`, which is not known"),
        (_cell_of_somebody, "`shared` is an RNN of `MyCell`, a cell that is not known"),
        (_own_regularizer, '(Dense) has `kernel_regularizer: "mine>L2"`, which is not known'),
        (_no_such_call, "has no call 7"),
        (_no_such_output, "has no output 3"),
        (_cycle, "`shared` reads what it gives"),
        (_of_keras_2, "the model was saved by Keras 2"),
        (_masked, "`shared` is given a mask of its own"),
        (_own_class, "`shared` is a `Sparkle` of somebody's own, which is not known"),
        (_own_model, "the model is a `MyModel`, a class of its own"),
        (_unknown_argument, "`shared` (Dense) has `lora_rank: 4`, which is not known"),
        (_channels_first, "`shared` (Dense) has channels first"),
        (b"[1, 2", "neither a `.keras` archive nor JSON"),
        (b"[1, 2]", "its JSON is not that of a saved model"),
        (b"[" * 100_000, "neither a `.keras` archive nor JSON"),
    ],
)
def test_what_is_not_known(change: Any, words: str, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    result = run("import", "keras", changed(tmp_path, config=change), "-o", str(folder))
    assert result.code == 1
    assert words in result.err
    assert not folder.exists()


def hdf5(folder: Path, fill: Callable[[h5py.File], None]) -> bytes:
    with h5py.File(folder / "w.h5", "w") as file:
        fill(file)
    return (folder / "w.h5").read_bytes()


def _linked(file: h5py.File) -> None:
    file["layers/dense/vars/0"] = h5py.ExternalLink("/etc/hosts.h5", "/x")


def _soft(file: h5py.File) -> None:
    file["layers/dense/vars/0"] = h5py.SoftLink("/other")


def _external(file: h5py.File) -> None:
    group = file.create_group("layers/dense/vars")
    group.create_dataset("0", (3, 3), "f4", external=[("/etc/passwd", 0, 36)])


def _virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((3, 3), "f4")
    layout[:] = h5py.VirtualSource("/etc/other.h5", "x", (3, 3))
    file.create_group("layers/dense/vars").create_virtual_dataset("0", layout)


def _bomb(file: h5py.File) -> None:
    group = file.create_group("layers/dense/vars")
    group.create_dataset("0", (1 << 20, 1 << 12), "f8", chunks=(1 << 10, 1 << 5), compression=9)


def _text(file: h5py.File) -> None:
    file["layers/dense/vars/0"] = "text"


@pytest.mark.parametrize("fill", [_linked, _soft, _external, _virtual, _bomb, _text])
def test_weights_that_are_not_plain_numbers(
    fill: Callable[[h5py.File], None], run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    file = changed(tmp_path, weights=hdf5(tmp_path, fill))
    result = run("import", "keras", file, "-o", str(folder))
    assert result.code == 1, result.err
    assert "error[keras" in result.err
    assert not folder.exists() or not list(folder.iterdir())


def test_a_bare_configuration(run: Run, tmp_path: Path) -> None:
    with zipfile.ZipFile(SAVED / "states.keras") as archive:
        (tmp_path / "config.json").write_bytes(archive.read(CONFIG))
    folder = tmp_path / "out"
    result = run("import", "keras", str(tmp_path / "config.json"), "-o", str(folder))
    assert result.code == 0, result.err
    assert [path.name for path in folder.iterdir()] == ["model.yaml"]


def _bits(data: bytes, seed: int) -> bytes:
    dealt = random.Random(seed)
    broken = bytearray(data)
    for _ in range(dealt.choice((1, 3, 20))):
        place = dealt.randrange(len(broken))
        broken[place] ^= 1 << dealt.randrange(8)
    return bytes(broken[: dealt.choice((len(broken), dealt.randrange(len(broken))))])


@pytest.mark.parametrize("seed", range(40))
def test_damaged_files_are_findings(seed: int, tmp_path: Path) -> None:
    """Whatever is wrong, it is said; what is still read is a spec whose weights fit or do not."""
    with zipfile.ZipFile(SAVED / "nested.keras") as archive:
        config, weights = archive.read(CONFIG), archive.read(WEIGHTS)
    if seed % 3 == 0:
        file = tmp_path / "broken.keras"
        file.write_bytes(_bits((SAVED / "nested.keras").read_bytes(), seed))
        name = str(file)
    elif seed % 3 == 1:
        name = changed(tmp_path, config=_bits(config, seed))
    else:
        name = changed(tmp_path, weights=_bits(weights, seed))
    try:
        imported = from_keras(name, Report())
    except SpecError:
        return
    if imported is None:
        return
    try:
        from modelspec import lint

        for text_name, text in imported.texts.items():
            (tmp_path / text_name).write_text(text)
        graph = lint.examine(str(tmp_path / "model.yaml"))
        if not graph.report.failed and graph.graph and imported.arrays:
            load_keras_weights(graph.graph, imported.weights, imported.arrays.of)
    except SpecError:
        pass
    finally:
        imported.close()


def test_arrays_of_other_shapes(tmp_path: Path, run: Run) -> None:
    def fill(file: h5py.File) -> None:
        file["layers/dense/vars/0"] = np.zeros((3, 4), np.float32)

    result = run(
        "import",
        "keras",
        changed(tmp_path, weights=hdf5(tmp_path, fill)),
        "-o",
        str(tmp_path / "o"),
    )
    assert result.code == 1
    assert not (tmp_path / "o").exists()


def test_a_model_that_makes_no_spec(tmp_path: Path, run: Run) -> None:
    def widen(config: dict[str, Any]) -> dict[str, Any]:
        layers = config["config"]["layers"]
        inputs = [each for each in layers if each["class_name"] == "InputLayer"]
        for each in inputs:
            each["config"]["batch_shape"] = [None, None]
        return config

    folder = tmp_path / "out"
    result = run("import", "keras", changed(tmp_path, config=widen), "-o", str(folder))
    assert result.code == 1
    assert result.err.startswith(f"{folder / 'model.yaml'}:")
    assert "nothing is written" in result.err
    assert not folder.exists()


def test_directions_that_differ(tmp_path: Path, run: Run) -> None:
    """Both layers of a Bidirectional are alike here; in Keras they need not be."""

    def differ(config: dict[str, Any]) -> dict[str, Any]:
        layer = {"class_name": "LSTM", "module": "keras.layers", "config": {"units": 3}}
        back = {**layer, "config": {"units": 3, "go_backwards": True, "activation": "relu"}}
        own = {"name": "shared", "layer": layer, "backward_layer": back}
        _shared(config).update(class_name="Bidirectional", config=own)
        return config

    folder = tmp_path / "out"
    result = run("import", "keras", changed(tmp_path, config=differ), "-o", str(folder))
    assert result.code == 1
    assert "has a `backward_layer` that is another than its `layer`" in result.err


def test_a_layer_larger_than_its_weights_takes_no_memory(tmp_path: Path, run: Run) -> None:
    """No module is made before the file is known to have what it needs."""

    def large(config: dict[str, Any]) -> dict[str, Any]:
        _shared(config)["config"]["units"] = 10**9
        return config

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = run("import", "keras", changed(tmp_path, config=large), "-o", str(tmp_path / "out"))
    assert result.code == 1
    assert "are needed" in result.err
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000


def test_no_more_bytes_than_the_file_can_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setattr("modelspec.keras.hdf5.MOST_FREE", 10)
    monkeypatch.setattr("modelspec.keras.hdf5.MOST_RATIO", 0.001)
    file = str(SAVED / "nested.keras")
    result = run("import", "keras", file, "-o", str(tmp_path / "out"))
    assert result.code == 1
    assert "its weights would be more than" in result.err
