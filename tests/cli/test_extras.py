"""Each feature that needs a package of an extra says which, where the package is not there."""

import ast
import sys
import tomllib
import zipfile
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import modelspec
from modelspec.diagnostics.extras import EXTRAS, MissingPackageError, help_for
from tests.cli.running import Run

ROOT = Path(__file__).parents[2]
KERAS = ROOT / "tests" / "golden" / "keras"
CHECKED_BEFORE = {
    "serving/bounded_http.py",
    "keras/hdf5.py",
    "sklearn/classifier.py",
    "sklearn/estimator.py",
    "sklearn/parameters.py",
    "sklearn/regressor.py",
    "sklearn/targets.py",
    "training/events.py",
    "tuning/proposing/distributions.py",
    "tuning/proposing/local.py",
    "tuning/proposing/samplers.py",
    "tuning/quiet_optuna.py",
    "tuning/proposing/view.py",
    "tuning/proposing/pruning.py",
    "tuning/storage/board.py",
    "tuning/storage/connect.py",
    "tuning/storage/shared_study.py",
}
"""Files that import such a package: what imports them looks first."""
CHECKED_ROOMS = ("lsp/",)
"""Rooms of such files."""


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the packages can be imported, as if no extra was installed."""
    for package in EXTRAS:
        for name in [*sys.modules]:
            if name == package or name.startswith(f"{package}."):
                monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, package, None)
    for name in ("modelspec.keras.hdf5", "modelspec.training.events"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def photos(folder: Path) -> None:
    """A table of pictures, and a spec that reads it."""
    (folder / "photos").mkdir()
    rows = ["photo,kind"]
    for row in range(12):
        Image.new("RGB", (8, 8), (row, 0, 0)).save(folder / "photos" / f"{row}.png")
        rows.append(f"photos/{row}.png,{'ab'[row % 2]}")
    (folder / "photos.csv").write_text("\n".join(rows) + "\n")
    (folder / "photos.yaml").write_text(
        """\
version: 1
name: photos
inputs: {photo: [8, 8, 3]}
layers: {flatten: Flatten, kind: {type: Dense, units: 2, activation: softmax}}
outputs: {kind: categorical_crossentropy}
data: {train: photos.csv, features: {photo: {type: image}}}
train: {epochs: 1}
"""
    )


def table(folder: Path) -> None:
    """A table of texts and numbers, and specs that read it."""
    rows = "\n".join(f"{row} words,{row}" for row in range(12))
    (folder / "t.csv").write_text(f"text,y\n{rows}\n")
    (folder / "tokens.json").write_text("{}")
    (folder / "words.yaml").write_text(
        """\
version: 1
name: words
inputs: {text: {shape: [4], dtype: int32}}
layers:
  embed: {type: Embedding, input_dim: 9, output_dim: 2}
  pool: Flatten
  y: {type: Dense, units: 1}
outputs: {y: mse}
data: {train: t.csv, features: {text: {type: text, tokenizer: tokens.json}}}
"""
    )
    (folder / "board.yaml").write_text(
        """\
version: 1
name: board
inputs: {x: [1]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mse}
data: {train: t.csv, features: {x: {column: y}}}
train: {epochs: 1, callbacks: [tensorboard]}
"""
    )


DENSE = """\
version: 1
name: d
inputs: {x: [2]}
layers: {d: {type: Dense, units: 1}}
outputs: [d]
"""
SAYS = {
    "ensemble": "pip install 'modelspec[ensemble]'",
    "excel": "pip install 'modelspec[excel]'",
    "images": "pip install 'modelspec[images]'",
    "lsp": "pip install 'modelspec[lsp]'",
    "keras": "pip install 'modelspec[keras]'",
    "onnx": "pip install 'modelspec[onnx]'",
    "serve": "pip install 'modelspec[serve]'",
    "sklearn": "pip install 'modelspec[sklearn]'",
    "storage": "pip install 'modelspec[storage]'",
    "tensorboard": "pip install 'modelspec[tensorboard]'",
    "tokenizers": "pip install 'modelspec[tokenizers]'",
    "tune": "pip install 'modelspec[tune]'",
    "zstd": "pip install 'modelspec[zstd]'",
}


@pytest.mark.parametrize(
    ("extra", "code", "command"),
    [
        ("images", 2, "init photos.csv --target kind -o new.yaml"),
        ("images", 1, "lint photos.yaml --data"),
        ("images", 1, "train photos.yaml"),
        ("keras", 2, f"import keras {KERAS / 'nested.keras'} -o out"),
        ("keras", 2, f"import keras {KERAS / 'legacy' / 's2s.h5'} -o out"),
        ("keras", 2, "predict dense.yaml --weights w.weights.h5 --data x.npz -o out.npz"),
        ("lsp", 2, "lsp"),
        ("onnx", 2, "export dense.yaml -o dense.onnx"),
        ("serve", 2, "serve board"),
        ("tensorboard", 1, "train board.yaml"),
        ("tokenizers", 1, "lint words.yaml --data"),
        ("tokenizers", 1, "train words.yaml"),
        ("excel", 1, "init book.xlsx --target y"),
        ("zstd", 1, "init t.csv.zst --target y"),
        ("excel", 1, "lint board.yaml --data --set data.train=book.xlsx"),
        ("zstd", 1, "lint board.yaml --data --set data.train=t.csv.zst"),
    ],
)
def test_what_is_missing_is_said(
    extra: str, code: int, command: str, run: Run, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    photos(tmp_path)
    table(tmp_path)
    (tmp_path / "dense.yaml").write_text(DENSE)
    (tmp_path / "t.csv.zst").write_bytes(b"\x28\xb5\x2f\xfd")
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as book:
        book.writestr("[Content_Types].xml", "")
    np.savez(tmp_path / "x.npz", x=np.zeros((3, 2), "f4"))
    (tmp_path / "w.weights.h5").write_bytes((KERAS / "weights" / "cnn.weights.h5").read_bytes())
    request.getfixturevalue("hidden")
    request.getfixturevalue("monkeypatch").chdir(tmp_path)
    result = run(*command.split())
    assert result.code == code, result.err
    said = result.out + result.err
    assert SAYS[extra] in said
    assert "Traceback" not in said


def test_pictures_for_a_trained_model(
    run: Run, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    photos(tmp_path)
    request.getfixturevalue("monkeypatch").chdir(tmp_path)
    assert run("train", "photos.yaml").code == 0
    request.getfixturevalue("hidden")
    result = run("predict", "photos", "--data", "photos.csv", "-o", "out.csv")
    assert (result.code, SAYS["images"] in result.err) == (2, True), result.err


def test_weights_of_an_ensemble(run: Run, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    table(tmp_path)
    spec = (tmp_path / "board.yaml").read_text().replace("tensorboard", "")
    (tmp_path / "board.yaml").write_text(spec.replace("{y: mse}", "{y: mae}"))
    request.getfixturevalue("monkeypatch").chdir(tmp_path)
    held = ("--set", "data.split={validation: 0.3, test: 0.2}")
    assert run("train", "board.yaml", "--name", "board", "--seeds", "2", *held).code == 0
    request.getfixturevalue("hidden")
    result = run("ensemble", "board", "--weights", "fit")
    assert (result.code, SAYS["ensemble"] in result.err) == (2, True), result.err
    assert run("ensemble", "board", "--weights", "greedy").code == 0


def test_a_configuration_alone_needs_no_extra(run: Run, tmp_path: Path, hidden: None) -> None:
    with zipfile.ZipFile(KERAS / "attention.keras") as archive:
        (tmp_path / "config.json").write_bytes(archive.read("config.json"))
    result = run("import", "keras", str(tmp_path / "config.json"), "-o", str(tmp_path / "out"))
    assert result.code == 0, result.err


@pytest.mark.parametrize("sampler", ["tpe", "cmaes"])
def test_a_search_asks_for_its_packages(
    sampler: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    table(tmp_path)
    spec = tmp_path / "search.yaml"
    search = f"search: {{train.learning_rate: {{float: [0.1, 0.2]}}}}, sampler: {sampler}"
    text = (tmp_path / "board.yaml").read_text().replace(", callbacks: [tensorboard]", "")
    spec.write_text(f"{text}tune: {{{search}}}\n")
    request.getfixturevalue("hidden")
    with pytest.raises(MissingPackageError, match=r"needs the package") as raised:
        modelspec.prepare_study(str(spec), dry_run=True)
    assert SAYS["tune"] in raised.value.help


def test_estimators_ask_for_scikit_learn(request: pytest.FixtureRequest) -> None:
    monkeypatch = request.getfixturevalue("monkeypatch")
    for name in [each for each in sys.modules if each.startswith("modelspec.sklearn")]:
        monkeypatch.delitem(sys.modules, name)
    request.getfixturevalue("hidden")
    with pytest.raises(MissingPackageError, match="`scikit-learn`") as raised:
        import_module("modelspec.sklearn")
    assert SAYS["sklearn"] in raised.value.help


def test_extras_are_those_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].keys() - {"all", "demo", "dev", "docs"}
    assert set(EXTRAS.values()) == extras
    assert set(SAYS) == extras
    for package, extra in EXTRAS.items():
        assert SAYS[extra] in help_for(package)
    assert help_for("wandb") == "install it: `pip install 'wandb'`"


def test_whoever_imports_one_looks_first() -> None:
    """No package of an extra is imported without `require`, or what does the same before."""
    folder = Path(modelspec.__file__).parent
    for file in folder.rglob("*.py"):
        text = file.read_text()
        found = imported(ast.parse(text)) & EXTRAS.keys()
        name = str(file.relative_to(folder))
        if found and name not in CHECKED_BEFORE and not name.startswith(CHECKED_ROOMS):
            for package in found:
                asked = (f'require("{package}"', f'is_missing("{package}"')
                assert any(each in text for each in asked), f"{name} imports {package}"


def imported(tree: ast.AST) -> set[str]:
    """The packages that a file imports, but for those that only type checkers look at."""
    found = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            found |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
        found |= imported(node)
    return found
