"""A search by modelspec, by hand with Optuna and torch, and by Keras Tuner.

    python benchmarks/tune.py [--data digits,breast_cancer,wide] [--trials 20] [--seeds 3]
                              [--keras keras-env/bin/python]

Keras Tuner wants an environment of its own:

    python -m venv keras-env && keras-env/bin/pip install keras-tuner keras torch six

For each seed the rows are dealt out anew (30 % for validation), and all search the same space of
the same network for the same number of trials of the same length, by the sampler that each has by
default, on one thread, without pruning: the widths of two dense layers, how often units are
dropped, the optimizer and its learning rate. `wide` is made up: 1,500 rows, 300 columns, 20 of
which say something, 5 classes.

Each is a process of its own. Printed are the best accuracy on the validation rows after a quarter,
a half and all of the trials (the mean over the seeds), failed trials, CPU seconds with imports, and
of modelspec how many times that is of what its trials took.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

BY_HAND = Path(__file__).parent / "by_hand"
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
EPOCHS = 15
SPEC = """\
name: searched
params: {{units: 32, width: 32, rate: 0.1}}
inputs: {{x: [{columns}]}}
layers:
  first: {{type: Dense, units: $units, activation: relu}}
  drop:  {{type: Dropout, rate: $rate}}
  next:  {{type: Dense, units: $width, activation: relu}}
  y:     {{type: Dense, units: {classes}, activation: softmax}}
outputs:
  y: {{loss: sparse_categorical_crossentropy, metrics: [accuracy]}}
data: {{train: train.npz, validation: validation.npz}}
train: {{epochs: {epochs}, batch_size: 32}}
tune:
  search:
    params.units:        {{int: [16, 128], log: true}}
    params.width:        {{int: [16, 128], log: true}}
    params.rate:         {{float: [0.0, 0.5]}}
    train.learning_rate: {{float: [0.0001, 0.1], log: true}}
    train.optimizer:     [adam, {{type: sgd, momentum: 0.9}}]
  objective: val_accuracy
  trials: {trials}
  pruner: none
  confirm: none
  seed: {seed}
"""


class Searched(NamedTuple):
    """What one search came to.

    Attributes:
        values: The best accuracy of each trial, in their order; NaN where it failed.
        cpu: Seconds, of all its processes.
        trained: CPU seconds that the trials took; 0 where it is not known.
    """

    values: list[float]
    cpu: float
    trained: float = 0.0


def rows(name: str, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The training rows and the validation rows of a table: x, y, x, y."""
    from sklearn import datasets
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    if name == "wide":
        x, y = datasets.make_classification(
            1500, 300, n_informative=20, n_classes=5, random_state=0, class_sep=2.0
        )
    else:
        x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    x_train, x_val, y_train, y_val = train_test_split(
        x, y, test_size=0.3, random_state=seed, stratify=y
    )
    scaler = StandardScaler().fit(x_train)
    return tuple(
        each.astype(kind)
        for each, kind in (
            (scaler.transform(x_train), "float32"),
            (y_train, "int64"),
            (scaler.transform(x_val), "float32"),
            (y_val, "int64"),
        )
    )  # type: ignore[return-value]


def measured(command: list[str], folder: Path) -> tuple[str, float]:
    """What a process prints, and its CPU seconds with those of its children."""
    environment = {**os.environ, **ONE_THREAD, "KERAS_BACKEND": "torch"}
    with (folder / "log").open("w") as log, (folder / "out").open("w") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit((folder / "log").read_text()[-2000:])
    return (folder / "out").read_text(), usage.ru_utime + usage.ru_stime


def by_modelspec(folder: Path, trials: int, seed: int) -> Searched:
    """Search with `modelspec tune`."""
    with np.load(folder / "train.npz") as file:
        columns, classes = file["x"].shape[1], int(file["y"].max()) + 1
    spec = SPEC.format(columns=columns, classes=classes, trials=trials, seed=seed, epochs=EPOCHS)
    (folder / "spec.yaml").write_text(spec)
    command = [sys.executable, "-m", "modelspec", "tune", "spec.yaml", "--threads", "1", "-q"]
    _, cpu = measured(command, folder)
    values, seconds = [], 0.0
    for path in sorted(folder.glob("runs/searched/2*/trials/*/trial.json")):
        trial = json.loads(path.read_text())
        values.append(trial["objectives"].get("val_accuracy", float("nan")))
        seconds += trial["cpu"]
    return Searched(values, cpu, seconds)


def by_script(program: str, script: str, folder: Path, trials: int, seed: int) -> Searched:
    """Search with a script, which prints the best accuracy of each trial as a list."""
    command = [program, str(BY_HAND / script), str(trials), str(seed), str(EPOCHS)]
    out, cpu = measured(command, folder)
    return Searched(json.loads(out.strip().splitlines()[-1]), cpu)


def shown(name: str, searches: list[Searched], trials: int) -> str:
    """A line of the table."""
    cells = []
    for count in (trials // 4, trials // 2, trials):
        best = [np.nanmax(each.values[:count]) for each in searches]
        spread = statistics.stdev(best) if len(best) > 1 else 0.0
        cells.append(f"{statistics.fmean(best):.4f} ± {spread:.4f}")
    failed = sum(int(np.isnan(each.values).sum()) for each in searches)
    cpu = statistics.fmean(each.cpu for each in searches)
    trained = statistics.fmean(each.trained for each in searches)
    ratio = f"{cpu / trained:.2f}" if trained else ""
    return f"| {name} | {' | '.join(cells)} | {failed} | {cpu:.1f} | {ratio} |"


def main() -> None:
    """Search, and print a table for each of the data."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default="digits,breast_cancer,wide")
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--keras", help="a Python that has Keras Tuner")
    options = parser.parse_args()
    trials = options.trials
    for name in options.data.split(","):
        contestants: dict[str, list[Searched]] = {}
        for seed in range(options.seeds):
            with tempfile.TemporaryDirectory() as made:
                folder = Path(made)
                x_train, y_train, x_val, y_val = rows(name, seed)
                np.savez(folder / "train.npz", x=x_train, y=y_train)
                np.savez(folder / "validation.npz", x=x_val, y=y_val)
                found = {
                    "modelspec": by_modelspec(folder, trials, seed),
                    "Optuna, torch": by_script(
                        sys.executable, "tune_optuna.py", folder, trials, seed
                    ),
                }
                if options.keras:
                    found["Keras Tuner"] = by_script(
                        options.keras, "tune_keras.py", folder, trials, seed
                    )
            for who, searched in found.items():
                contestants.setdefault(who, []).append(searched)
        heads = f"{name} | after {trials // 4} | after {trials // 2} | after {trials}"
        print(f"\n| {heads} | failed | CPU s | of the trials' |")
        print("|---|---|---|---|---|---|---|")
        for who, searches in contestants.items():
            print(shown(who, searches, trials))


if __name__ == "__main__":
    main()
