"""Study directories as a study leaves them, written without training anything."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from modelspec.tuning.record import (
    Confirmation,
    Rejected,
    Study,
    Trial,
    confirm_folder,
    trial_folder,
    write_confirmation,
    write_study,
    write_trial,
)

SPEC = """\
# Digits, searched over.
name: digits
params: {filters: 32, depth: 2}
inputs: {image: [8, 8, 1]}
layers:
  conv: {type: Conv2D, filters: "${filters}", kernel_size: 3, activation: relu}
  flat: {type: Flatten}
  out: {type: Dense, units: 10, activation: softmax}
outputs: {out: sparse_categorical_crossentropy}
train: {epochs: 9, learning_rate: 0.001, optimizer: adam}
tune:
  search:
    params.filters: {int: [16, 128], log: true}
    train.learning_rate: {float: [1.0e-4, 1.0e-2], log: true}
    train.optimizer: [adam, {type: sgd, momentum: 0.9}]
    layers.conv.type:
      Conv2D: {}
      SeparableConv2D: {params.depth: {int: [1, 4]}}
  objective: val_accuracy
  limits: {parameters: 200000}
  trials: 12
"""
SGD = {"type": "sgd", "momentum": 0.9}


def study(**changes: Any) -> Study:
    """A study of one objective."""
    given: dict[str, Any] = {
        "name": "digits",
        "spec": "/specs/digits.yaml",
        "objective": ["val_accuracy"],
        "higher": [True],
    }
    return Study(**given | changes)


def trial(number: int, value: float | None = None, **changes: Any) -> Trial:
    """A trial that came to its end; of no value, one that is under way."""
    given: dict[str, Any] = {
        "number": number,
        "values": {
            "params.filters": 16 + number,
            "train.learning_rate": 10 ** (-4 + (number * 7 % 20) / 10),
            "train.optimizer": "adam" if number % 3 else SGD,
            "layers.conv.type": "Conv2D",
        },
        "seed": 1000 + number,
        "parameters": 1000 * number,
        "flops": 20_000 * number,
        "status": "running" if value is None else "complete",
        "objectives": {} if value is None else {"val_accuracy": value},
        "epoch": None if value is None else 2,
        "epochs": 0 if value is None else 3,
        "seconds": 1.5 * number,
    }
    return Trial(**given | changes)


def history(value: float, epochs: int = 3) -> list[dict[str, float]]:
    """Epochs of which the last but one is best."""
    return [
        {
            "epoch": epoch,
            "loss": 1 / epoch,
            "val_loss": 1.1 / epoch,
            "val_accuracy": value - 0.05 * abs(max(1, epochs - 1) - epoch),
        }
        for epoch in range(1, epochs + 1)
    ]


def write_history(run: Path, rows: list[dict[str, float]]) -> None:
    """The `history.csv` of a run directory."""
    with open(run / "history.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def put_trial(folder: Path, each: Trial, rows: list[dict[str, float]] | None = None) -> None:
    """A trial in a study directory, with what its epochs measured."""
    run = trial_folder(folder, each.number)
    run.mkdir(parents=True)
    write_trial(run, each)
    value = each.objectives.get("val_accuracy")
    if rows is None and value is not None and each.epochs:
        rows = history(value, each.epochs)
    if rows:
        write_history(run, rows)


def put_confirmation(folder: Path, each: Confirmation) -> None:
    """A trial that was trained again."""
    run = confirm_folder(folder, each.trial, each.repeat)
    run.mkdir(parents=True)
    write_confirmation(run, each)


def make_study(folder: Path, trials: list[Trial], spec: str = SPEC, **changes: Any) -> Path:
    """A study directory with some trials."""
    (folder / "source").mkdir(parents=True)
    given = study(**changes)
    (folder / "source" / Path(given.spec).name).write_text(spec, encoding="utf-8")
    write_study(folder, given)
    for each in trials:
        put_trial(folder, each)
    return folder


def mixed(folder: Path) -> Path:
    """A study with something of everything: pruned, failed, rejected, conditional, confirmed."""
    deep = trial(4, 0.97)
    deep.values |= {"layers.conv.type": "SeparableConv2D", "params.depth": 3}
    over = Rejected(
        values=dict(deep.values), over={"parameters": 0.5}, why="300,000 parameters, over 200,000"
    )
    unsound = Rejected(values=dict(deep.values), why="MS502: `conv` has nothing left to slide on")
    trials = [
        trial(1, 0.9),
        trial(2, 0.95, rejected=[over, unsound, over]),
        trial(3, 0.6, status="pruned", why="worse than the median at epoch 1", epochs=1),
        deep,
        trial(5, status="failed", why="the loss became nan in epoch 1"),
        trial(6, 0.93),
        trial(7),
    ]
    make_study(folder, trials)
    for number, repeat, value in ((4, 1, 0.96), (4, 2, 0.94), (2, 1, 0.97), (2, 2, 0.96)):
        test = {"test_accuracy": 0.955, "test_loss": 0.25} if (number, repeat) == (2, 1) else {}
        put_confirmation(
            folder,
            Confirmation(
                trial=number,
                repeat=repeat,
                seed=repeat,
                status="complete",
                objectives={"val_accuracy": value},
                test=test,
            ),
        )
    return folder
