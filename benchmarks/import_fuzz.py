"""Changed Keras files, imported: each is a spec or a finding, never a bug, and costs little.

    python benchmarks/import_fuzz.py --count 10000 [--seed 0] [--only 17]

Each number is a mutant of a golden model: of its configuration as a structure, of its bytes, or of
the bytes of its weights. It is imported as the command does it, weights included. Printed are the
outcomes, and each kind of failure with its smallest mutant. A mutant that takes longer than 2 s of
CPU or 1 GB fails too.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import h5py

from modelspec import lint
from modelspec.diagnostics import Report, SpecError
from modelspec.keras.import_model import from_keras
from modelspec.runner.checkpoint.keras_weights import load_keras_weights

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "keras"
MODELS = sorted([*GOLDEN.glob("*.keras"), *GOLDEN.glob("legacy/*.h5")])
MOST_CPU, MOST_MEMORY = 2.0, 2**30
"""Seconds and bytes that a mutant may take."""
CONFIG, WEIGHTS = "config.json", "model.weights.h5"

VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2, 10**9, 2**63, 1e308, 0.5, "", "x", "relu", "None", "../x",
    [], {}, [0], [None], [[]], [1, 2, 3], ["a", 0, 0], [["a", 0, 0]], {"class_name": "Dense"},
    {"class_name": "Dense", "config": {}}, {"class_name": 3, "config": []}, {"config": None},
    {"class_name": "__keras_tensor__", "config": {}}, {"a": 1}, "\x00", "é" * 300,
]  # fmt: skip
"""What a value of a configuration may become."""


def main() -> None:
    """Make mutants, import them, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="run this one, and show its traceback")
    options = parser.parse_args()
    warnings.simplefilter("error")
    numbers = [options.only] if options.only is not None else range(options.count)
    outcomes: Counter[str] = Counter()
    failures: dict[str, list[int]] = {}
    slowest, began = 0.0, time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        for number in numbers:
            start = time.process_time()
            outcome = outcome_of(options.seed * 10**9 + number, Path(folder))
            seconds = time.process_time() - start
            slowest = max(slowest, seconds)
            if seconds > MOST_CPU:
                outcome = f"FAILED: {seconds:.1f} s of CPU"
            outcomes[outcome if not outcome.startswith("FAILED") else "failed"] += 1
            if outcome.startswith("FAILED"):
                failures.setdefault(outcome, []).append(number)
    for outcome, count in outcomes.most_common():
        print(f"{count:8,}  {outcome}")
    for failure, found in sorted(failures.items(), key=lambda each: -len(each[1])):
        print(f"{len(found):8,}  {failure}\n          numbers {found[:6]}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    total = time.process_time() - began
    print(f"{total:.0f} s of CPU, the slowest {slowest:.2f} s; at most {memory / 2**20:.0f} MiB")
    if failures or memory > MOST_MEMORY:
        sys.exit(1)


def outcome_of(number: int, folder: Path) -> str:
    """What comes of a mutant, in a word or two; `FAILED: ...` is a bug."""
    try:
        return imported(mutant(number, folder), folder)
    except SpecError as error:
        return f"refused: {min(finding.code for finding in error.diagnostics)}"
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = next(
            (
                f"{Path(each.filename).name}:{each.lineno}"
                for each in reversed(traceback.extract_tb(error.__traceback__))
                if "modelspec" in each.filename
            ),
            f"{frame.filename}:{frame.lineno}",
        )
        return f"FAILED: {type(error).__name__} at {place}: {str(error)[:80]}"


def imported(file: str, folder: Path) -> str:
    """Import a file as the command does."""
    report = Report()
    found = from_keras(file, report)
    if found is None:
        return "findings on layers"
    with closing(found):
        for name, text in found.texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        examined = lint.examine(str(folder / "model.yaml"))
        if examined.report.failed:
            texts = found.without(("metrics", "loss", "weight"), ["it does not fit"])
            for name, text in texts.items():
                (folder / name).write_text(text, encoding="utf-8")
            examined = lint.examine(str(folder / "model.yaml"))
        if examined.report.failed or examined.graph is None:
            return "findings of lint"
        if found.arrays is not None:
            load_keras_weights(examined.graph, found.weights, found.arrays.of)
    return "imported"


def mutant(number: int, folder: Path) -> str:
    """A changed copy of a golden model."""
    dealt = random.Random(number)
    model = dealt.choice(MODELS)
    kind = dealt.choices(("structure", "file", "weights"), (8, 1, 1))[0]
    copy = folder / f"mutant{model.suffix}"
    if kind == "structure":
        changed(model, copy, lambda config: edited(config, dealt))
    elif kind == "file" or model.suffix == ".h5":
        copy.write_bytes(flipped(model.read_bytes(), dealt))
    else:
        with zipfile.ZipFile(model) as old, zipfile.ZipFile(copy, "w") as new:
            new.writestr(CONFIG, old.read(CONFIG))
            new.writestr(WEIGHTS, flipped(old.read(WEIGHTS), dealt))
    return str(copy)


def changed(model: Path, copy: Path, change: Callable[[Any], Any]) -> None:
    """Copy a model with another configuration."""
    if model.suffix == ".h5":
        shutil.copy(model, copy)
        with h5py.File(copy, "r+") as file:
            name = "model_config"
            file.attrs[name] = json.dumps(change(json.loads(file.attrs[name])))
        return
    with zipfile.ZipFile(model) as old, zipfile.ZipFile(copy, "w") as new:
        new.writestr(CONFIG, json.dumps(change(json.loads(old.read(CONFIG)))))
        new.writestr(WEIGHTS, old.read(WEIGHTS))


def edited(config: Any, dealt: random.Random) -> Any:
    """A configuration with one to three parts that are others."""
    for _ in range(dealt.choice((1, 1, 1, 2, 3))):
        places = list(walk(config))
        parent, key = dealt.choice(places)
        edit = dealt.randrange(6)
        if edit == 0:
            del parent[key]
        elif edit == 1 and isinstance(parent, dict):
            parent[dealt.choice(("name", "config", "layers", "dtype", "axis", "new"))] = parent[key]
        elif edit == 2:
            source, other = dealt.choice(places)
            present = other in source if isinstance(source, dict) else other < len(source)
            parent[key] = json.loads(json.dumps(source[other])) if present else None
        elif edit == 3 and isinstance(parent, list):
            parent.insert(key, json.loads(json.dumps(parent[key])))
        elif edit == 4 and isinstance(parent[key], int):
            parent[key] = parent[key] + dealt.choice((-1, 1, 1000))
        else:
            parent[key] = json.loads(json.dumps(dealt.choice(VALUES)))
    return config


def walk(value: Any) -> Iterator[tuple[Any, Any]]:
    """All places in a structure, each by what holds it and its key."""
    items: Any = ()
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for key, item in items:
        yield value, key
        yield from walk(item)


def flipped(data: bytes, dealt: random.Random) -> bytes:
    """Bytes with some bits flipped, and sometimes cut off."""
    broken = bytearray(data)
    for _ in range(dealt.choice((1, 3, 20))):
        broken[dealt.randrange(len(broken))] ^= 1 << dealt.randrange(8)
    return bytes(broken[: dealt.choice((len(broken), len(broken), dealt.randrange(len(broken))))])


if __name__ == "__main__":
    main()
