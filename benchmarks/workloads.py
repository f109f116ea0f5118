"""Samples per CPU second, in training and predicting ten models of Keras's tutorials.

    python benchmarks/workloads.py [--models mlp,qa] [--contenders modelspec,tight] [--repeats 3]
                                   [--keras PYTHON | --make-keras FOLDER] [--quick]
    python benchmarks/workloads.py --quick --models mlp --tree . --tree ../other

`modelspec` is what `modelspec train` and `modelspec predict` run; `tight` and `best` are loops
written by hand in torch (`workloads/torch_loops.py`); `keras-jax`, `keras-tensorflow` and the same
with `-16`, for 16 steps in one call, are Keras's `fit` and `predict`. Those of Keras run where a
Python is named that has Keras, jax and tensorflow, or a folder to make such an environment in.

Each measurement is a process of its own on one core, the contenders take turns, and a number is the
median of the repeats of the median epoch. With `--tree`, once for each checkout of modelspec, they
are held against each other: `modelspec` is then a contender for each of them. With `--set`,
`modelspec` is one more contender with that change of every spec: `--set train.compile=true`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, TypeAlias

from workloads.definitions import WORKLOADS
from workloads.machine import processor

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "benchmarks" / "workloads"
PACKAGES = ("keras==3.15.1", "jax==0.10.2", "tensorflow-cpu==2.21.0")
HAND, KERAS = ("tight", "best"), ("keras-jax", "keras-tensorflow")
NAMES = ("modelspec", *HAND, *KERAS, *(f"{each}-16" for each in KERAS))
BASE = "tight"
SECONDS, QUICK_SECONDS = 1.5, 0.4
TIMEOUT = 900

Records: TypeAlias = dict[str, dict[str, list[dict[str, float]]]]
"""What the processes measured, by model and contender."""


class Contender(NamedTuple):
    """What trains a model: a command that the model's name is put after, and its environment."""

    command: list[str]
    environment: dict[str, str]


def contender(name: str, python: str | None) -> Contender:
    """One of `NAMES` but `modelspec`.

    Raises:
        SystemExit: It is one of Keras's, and there is no Python for it.
    """
    if name in HAND:
        return Contender([sys.executable, str(SCRIPTS / "run_torch.py"), "--mode", name], {})
    if python is None:
        sys.exit(f"`{name}` needs --keras PYTHON or --make-keras FOLDER")
    _, backend, *steps = name.split("-")
    command = [python, str(SCRIPTS / "run_keras.py"), "--mode", *(steps or ["1"])]
    return Contender(command, {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"})


def modelspec_contender(tree: Path, changes: str = "") -> Contender:
    """The modelspec of a checkout, each spec with some changes."""
    command = [sys.executable, str(SCRIPTS / "run_modelspec.py"), f"--mode={changes}"]
    return Contender(command, {"PYTHONPATH": str(tree.resolve())})


def make_keras(folder: Path) -> str:
    """The Python of an environment with Keras, made where it is not there yet."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *PACKAGES], check=True)
    return str(python)


def measured(chosen: Contender, model: str, seconds: float, core: int) -> dict[str, float] | str:
    """The record of one process; what it said where it failed."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"} | chosen.environment
    try:
        done = subprocess.run(
            ["taskset", "-c", str(core), *chosen.command, "--seconds", str(seconds), model],
            env=environment, capture_output=True, text=True, timeout=TIMEOUT,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"over {TIMEOUT} s"
    if done.returncode:
        return done.stderr.strip()[-800:]
    record: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return record


def table(key: str, title: str, records: Records, base: str) -> None:
    """Print a Markdown table of medians: a row a model, a column a contender."""
    names = list(dict.fromkeys(name for found in records.values() for name in found))
    print(f"\n| {title} | " + " | ".join(names) + " |")
    print("|---" * (len(names) + 1) + "|")
    for model, found in records.items():
        middle = {n: statistics.median(each[key] for each in found[n]) for n in names if found[n]}
        cells = []
        for name in names:
            value = middle.get(name)
            if value is None:
                cells.append("-")
            elif key == "start":
                cells.append(f"{value:.1f}")
            elif base in middle and name != base:
                cells.append(f"{value:,.0f} ({value / middle[base]:.2f})")
            else:
                cells.append(f"{value:,.0f}")
        print(f"| {model} | " + " | ".join(cells) + " |", flush=True)


def chosen_contenders(options: argparse.Namespace) -> dict[str, Contender]:
    """The contenders by the names of their columns."""
    python = options.keras or (make_keras(options.make_keras) if options.make_keras else None)
    default = NAMES if python else ("modelspec", *HAND)
    if options.tree or options.set:
        default = ("modelspec",)
    names = options.contenders.split(",") if options.contenders else default
    if unknown := [name for name in names if name not in NAMES]:
        sys.exit(f"no contender is called {', '.join(unknown)}; there are {', '.join(NAMES)}")
    found: dict[str, Contender] = {}
    trees = {f"modelspec {tree}": Path(tree) for tree in options.tree} or {"modelspec": ROOT}
    for name, tree in trees.items() if "modelspec" in names else ():
        found[name] = modelspec_contender(tree)
        for change in options.set:
            found[f"{name} {change}"] = modelspec_contender(tree, change)
    return found | {name: contender(name, python) for name in names if name != "modelspec"}


def main() -> None:
    """Measure in turns, and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", default=",".join(WORKLOADS))
    parser.add_argument("--contenders", help=", ".join(NAMES))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="shorter measurements")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    parser.add_argument("--keras", metavar="PYTHON")
    parser.add_argument("--make-keras", metavar="FOLDER", type=Path)
    parser.add_argument("--tree", metavar="FOLDER", action="append", default=[])
    parser.add_argument("--set", metavar="PATH=VALUE", action="append", default=[])
    options = parser.parse_args()
    models = options.models.split(",")
    if unknown := [model for model in models if model not in WORKLOADS]:
        sys.exit(f"no model is called {', '.join(unknown)}; there are {', '.join(WORKLOADS)}")
    contenders = chosen_contenders(options)
    records: Records = {model: {name: [] for name in contenders} for model in models}
    order = list(contenders)
    for model in models:
        for repeat in range(options.repeats):
            for name in order[repeat % len(order) :] + order[: repeat % len(order)]:
                seconds = QUICK_SECONDS if options.quick else SECONDS
                record = measured(contenders[name], model, seconds, options.core)
                if isinstance(record, str):
                    print(f"{name} failed on {model}: {record}", file=sys.stderr)
                else:
                    records[model][name].append(record)
                    print(f"{model} {name} {json.dumps(record)}", file=sys.stderr)
    base = BASE if BASE in contenders else order[0]
    print(f"{processor()}, one core, samples per CPU second; in brackets, of `{base}`.")
    table("train", "train", records, base)
    table("predict", "predict", records, base)
    table("start", "start, CPU s", records, base)


if __name__ == "__main__":
    main()
