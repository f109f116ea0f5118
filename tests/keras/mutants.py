"""Changed Keras files, and what comes of importing them."""

from __future__ import annotations

import json
import random
import shutil
import traceback
import zipfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py

from modelspec import lint
from modelspec.diagnostics import Report, SpecError
from modelspec.keras.import_model import from_keras
from modelspec.runner.checkpoint.keras_weights import load_keras_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GOLDEN = Path(__file__).parents[1] / "golden" / "keras"
MODELS = sorted([*GOLDEN.glob("*.keras"), *GOLDEN.glob("legacy/*.h5")])
CONFIG, WEIGHTS = "config.json", "model.weights.h5"
FAILED = "FAILED"
"""How the outcome of a bug begins."""

VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2, 10**9, 2**63, 1e308, 0.5, "", "x", "relu", "None", "../x",
    [], {}, [0], [None], [[]], [1, 2, 3], ["a", 0, 0], [["a", 0, 0]], {"class_name": "Dense"},
    {"class_name": "Dense", "config": {}}, {"class_name": 3, "config": []}, {"config": None},
    {"class_name": "__keras_tensor__", "config": {}}, {"a": 1}, "\x00", "é" * 300,
]  # fmt: skip
"""What a value of a configuration may become."""


def outcome_of(file: str, folder: Path) -> str:
    """What comes of importing a file, in a word or two; `FAILED: ...` is a bug.

    Args:
        file: The file.
        folder: Takes the spec.
    """
    try:
        return _imported(file, folder)
    except SpecError as error:
        return f"refused: {min(finding.code for finding in error.diagnostics)}"
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if "modelspec" in frame.filename]
        place = f"{Path(own[-1].filename).name}:{own[-1].lineno}"
        return f"{FAILED}: {type(error).__name__} at {place}: {str(error)[:80]}"


def _imported(file: str, folder: Path) -> str:
    """Import a file as the command does."""
    found = from_keras(file, Report())
    if found is None:
        return "findings on layers"
    with closing(found):
        examined = None
        for keys in ((), ("metrics", "loss", "weight")):
            texts = found.without(keys, ["it does not fit"]) if keys else found.texts
            for name, text in texts.items():
                (folder / name).write_text(text, encoding="utf-8")
            examined = lint.examine(str(folder / "model.yaml"))
            if not examined.report.failed:
                break
        assert examined
        if examined.report.failed or examined.graph is None:
            return "findings of lint"
        if found.arrays is not None:
            load_keras_weights(examined.graph, found.weights, found.arrays.of)
    return "imported"


def mutant(number: int, folder: Path) -> str:
    """A changed copy of a golden model; the same number gives the same mutant."""
    dealt = random.Random(number)
    model = dealt.choice(MODELS)
    kind = dealt.choices(("structure", "file", "weights"), (8, 1, 1))[0]
    copy = folder / f"mutant{model.suffix}"
    if kind == "structure":
        write(model, copy, edited(configuration(model), dealt))
    elif kind == "file" or model.suffix == ".h5":
        copy.write_bytes(_flipped(model.read_bytes(), dealt))
    else:
        with zipfile.ZipFile(model) as old, zipfile.ZipFile(copy, "w") as new:
            new.writestr(CONFIG, old.read(CONFIG))
            new.writestr(WEIGHTS, _flipped(old.read(WEIGHTS), dealt))
    return str(copy)


def configuration(model: Path) -> Any:
    """The configuration of a file; of an HDF5 file by attribute."""
    if model.suffix != ".h5":
        with zipfile.ZipFile(model) as archive:
            return json.loads(archive.read(CONFIG))
    with h5py.File(model) as file:
        names = [name for name in ("model_config", "training_config") if name in file.attrs]
        return {name: json.loads(file.attrs[name]) for name in names}


def write(model: Path, copy: Path, config: Any) -> None:
    """Write a copy of a model that has another configuration."""
    if model.suffix == ".h5":
        shutil.copy(model, copy)
        with h5py.File(copy, "r+") as file:
            for name in ("model_config", "training_config"):
                file.attrs.pop(name, None)
                if name in config:
                    file.attrs[name] = json.dumps(config[name])
        return
    with zipfile.ZipFile(model) as old, zipfile.ZipFile(copy, "w") as new:
        new.writestr(CONFIG, json.dumps(config))
        new.writestr(WEIGHTS, old.read(WEIGHTS))


def edited(config: Any, dealt: random.Random) -> Any:
    """A configuration with one to three parts that are others."""
    for _ in range(dealt.choice((1, 1, 1, 2, 3))):
        places = list(walk(config))
        if not places:
            break
        parent, key = dealt.choice(places)
        edit = dealt.randrange(6)
        if edit == 0:
            del parent[key]
        elif edit == 1 and isinstance(parent, dict):
            parent[dealt.choice(("name", "config", "layers", "dtype", "axis", "new"))] = parent[key]
        elif edit == 2:
            source, other = dealt.choice(places)
            parent[key] = _copied(source[other])
        elif edit == 3 and isinstance(parent, list):
            parent.insert(key, _copied(parent[key]))
        elif edit == 4 and isinstance(parent[key], int):
            parent[key] = parent[key] + dealt.choice((-1, 1, 1000))
        else:
            parent[key] = _copied(dealt.choice(VALUES))
    return config


def walk(value: Any) -> Iterator[tuple[Any, Any]]:
    """All places in a structure, each by what holds it and its key."""
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for key, item in items:
        yield value, key
        yield from walk(item)


def reduced(config: Any, fails: Callable[[Any], bool], tries: int = 400) -> Any:
    """A configuration without what its failure does not need.

    Args:
        config: One that fails.
        fails: Whether one still does.
        tries: How often that may be asked.
    """
    place = 0
    while tries:
        places = list(walk(config))
        if place >= len(places):
            return config
        parent, key = places[place]
        before = parent.copy()
        del parent[key]
        tries -= 1
        if not fails(config):
            parent.clear()
            parent.update(before) if isinstance(parent, dict) else parent.extend(before)
            place += 1
    return config


def _copied(value: Any) -> Any:
    return json.loads(json.dumps(value))


def _flipped(data: bytes, dealt: random.Random) -> bytes:
    """Bytes with some bits flipped, and sometimes cut off."""
    broken = bytearray(data)
    for _ in range(dealt.choice((1, 3, 20))):
        broken[dealt.randrange(len(broken))] ^= 1 << dealt.randrange(8)
    return bytes(broken[: dealt.choice((len(broken), len(broken), dealt.randrange(len(broken))))])
