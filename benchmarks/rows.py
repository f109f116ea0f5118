"""Predicting one row, 16 rows and 10,000 rows: modelspec beside scripts written by hand.

    pip install pandas
    python benchmarks/rows.py [--rounds 7] [--rows 1,16,10000]

A table like those of customers that leave (9 numbers, 10 classes, drawn with a seed), and the
model of `tables/churn.yaml`, trained for an epoch. Then the same rows again and again, in turns, on
one thread, each contestant from a list of dicts to a list of dicts:

- `run.predict`  modelspec: the table of the command `predict`, as dicts
- `Predictor`    modelspec: `encode`, `predict` and `prediction_rows`, without a data frame
- pandas         by hand: a data frame, `Categorical`, `get_dummies`, and the same weights in torch
- dicts          by hand: a loop over rows, a dict of each column's classes, and torch

What is by hand checks nothing: a class or a number that it does not know, or a column that is
missing, gives an answer too, or a traceback. All answers are compared first. Printed are rows
a CPU second: the best of the rounds.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

import modelspec
from modelspec.data import prediction_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

HERE = Path(__file__).parent
FLAGS = "female senior_citizen partner dependents phone_service paperless_billing".split()
NUMBERS = [*FLAGS, "tenure", "monthly_charges", "total_charges"]
CLASSES = {
    "multiple_lines": ["no", "no_phone_service", "yes"],
    "internet_service": ["dsl", "fiber_optic", "no"],
    "online_security": ["no", "no_internet_service", "yes"],
    "online_backup": ["no", "no_internet_service", "yes"],
    "device_protection": ["no", "no_internet_service", "yes"],
    "tech_support": ["no", "no_internet_service", "yes"],
    "streaming_tv": ["no", "no_internet_service", "yes"],
    "streaming_movies": ["no", "no_internet_service", "yes"],
    "contract": ["month_to_month", "one_year", "two_year"],
    "payment_method": ["bank_transfer", "credit_card", "electronic_check", "mailed_check"],
}
TRAINED = 8_000
"""So many rows are for training."""
Rows = list[dict[str, Any]]


def table(rows: int) -> pd.DataFrame:
    """Customers, drawn with a seed."""
    import pandas as pd

    draw = np.random.Generator(np.random.PCG64(0))
    columns: dict[str, Any] = {name: draw.integers(0, 2, rows) for name in FLAGS}
    columns["tenure"] = draw.integers(0, 73, rows)
    columns["monthly_charges"] = draw.uniform(18, 119, rows).round(2)
    columns["total_charges"] = (columns["tenure"] * columns["monthly_charges"]).round(2)
    columns |= {name: draw.choice(classes, rows) for name, classes in CLASSES.items()}
    leaves = columns["tenure"] / 72 + draw.normal(0, 0.3, rows) < 0.3
    columns["churn"] = np.where(leaves, "Yes", "No")
    return pd.DataFrame(columns)


class ByHand:
    """What a script keeps of the training: means, deviations and the module."""

    def __init__(self, frame: pd.DataFrame, module: torch.nn.Module) -> None:
        numbers = frame[NUMBERS].to_numpy(np.float64)
        self.mean, self.deviation = numbers.mean(axis=0), numbers.std(axis=0)
        width = len(NUMBERS) + sum(map(len, CLASSES.values()))
        self.module = torch.nn.Sequential(
            torch.nn.Linear(width, 32), torch.nn.ReLU(), torch.nn.Linear(32, 1), torch.nn.Sigmoid()
        )
        weights = list(module.state_dict().values())
        self.module.load_state_dict(dict(zip(self.module.state_dict(), weights, strict=True)))
        self.module.eval()
        self.places: dict[str, dict[str, int]] = {}
        place = len(NUMBERS)
        for name, classes in CLASSES.items():
            self.places[name] = {each: place + index for index, each in enumerate(classes)}
            place += len(classes)
        self.width = place

    def pandas(self, rows: Rows) -> Rows:
        """As one writes it in a notebook."""
        import pandas as pd

        frame = pd.DataFrame(rows)
        numbers = (frame[NUMBERS].to_numpy(np.float64) - self.mean) / self.deviation
        kinds = {name: pd.Categorical(frame[name], each) for name, each in CLASSES.items()}
        one_hot = pd.get_dummies(pd.DataFrame(kinds), dtype=np.float32).to_numpy()
        return self._answer(np.concatenate([numbers.astype(np.float32), one_hot], axis=1))

    def dicts(self, rows: Rows) -> Rows:
        """As one writes it where it has to be quick."""
        values = np.zeros((len(rows), self.width), np.float32)
        numbers = np.array([[row[name] for name in NUMBERS] for row in rows], np.float64)
        values[:, : len(NUMBERS)] = (numbers - self.mean) / self.deviation
        for index, row in enumerate(rows):
            for name, places in self.places.items():
                values[index, places[row[name]]] = 1
        return self._answer(values)

    def _answer(self, values: np.ndarray) -> Rows:
        with torch.inference_mode():
            found = self.module(torch.from_numpy(values))[:, 0].tolist()
        return [
            {"churn": "Yes" if each >= 0.5 else "No", "churn_probability_Yes": each}
            for each in found
        ]


def trained(folder: Path, frame: pd.DataFrame) -> modelspec.Run:
    """A run of one epoch."""
    spec = folder / "churn.yaml"
    spec.write_text((HERE / "tables" / "churn.yaml").read_text("utf-8"), "utf-8")
    loaded = modelspec.load(str(spec)).set("train.epochs", 1)
    runs = str(folder / "runs")
    return loaded.fit(frame[:TRAINED], validation=frame[TRAINED:], quiet=True, runs_dir=runs)


def contestants(run: modelspec.Run, frame: pd.DataFrame) -> dict[str, Callable[[Rows], Any]]:
    """What is measured."""
    predictor, by_hand = run.predictor, ByHand(frame[:TRAINED], run.module)
    return {
        "run.predict": lambda rows: run.predict(rows).to_dicts(),
        "Predictor": lambda rows: prediction_rows(predictor.predict(predictor.encode(rows))),
        "pandas": by_hand.pandas,
        "dicts": by_hand.dicts,
    }


def check(known: dict[str, Callable[[Rows], Any]], rows: Rows) -> None:
    """Whether all give the same answers."""
    wanted = known["run.predict"](rows)
    for name in ("Predictor", "pandas", "dicts"):
        for ours, theirs in zip(wanted, known[name](rows), strict=True):
            assert ours["churn"] == theirs["churn"], name
            off = abs(ours["churn_probability_Yes"] - theirs["churn_probability_Yes"])
            assert off < 1e-6, (name, off)


def rate(predict: Callable[[Rows], Any], rows: Rows, size: int) -> float:
    """Rows a CPU second."""
    parts = [rows[start : start + size] for start in range(0, len(rows), size)]
    start = time.process_time()
    for part in parts:
        predict(part)
    return len(rows) / (time.process_time() - start)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--rows", default="1,16,10000", help="rows at a time, with commas")
    options = parser.parse_args()
    torch.set_num_threads(1)
    sizes = [int(each) for each in options.rows.split(",")]
    frame = table(10_000)
    rows = frame.drop(columns="churn").to_dict("records")
    with tempfile.TemporaryDirectory() as temporary:
        run = trained(Path(temporary), frame)
        known = contestants(run, frame)
        check(known, rows[:500])
        print(f"| rows at a time | {' | '.join(known)} |\n|---|{'---|' * len(known)}")
        for size in sizes:
            some = rows[: max(size, min(len(rows), 400 * size))]
            best = dict.fromkeys(known, 0.0)
            for _ in range(options.rounds):
                for name, predict in known.items():
                    best[name] = max(best[name], rate(predict, some, size))
            print(f"| {size:,} | {' | '.join(f'{each:,.0f}' for each in best.values())} |")


if __name__ == "__main__":
    main()
