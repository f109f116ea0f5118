"""Small tables, and runs that were trained on them."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import numpy as np

import modelspec
from modelspec.data import encode_file
from modelspec.diagnostics import Report
from modelspec.ensembles.combine import combine
from modelspec.ensembles.members import read_members
from modelspec.ensembles.weighting.result import Weighting
from modelspec.ensembles.write import write_ensemble
from modelspec.runner.inference.predict import predict
from modelspec.runner.inference.trained_model import TrainedModel
from tests.runner.worlds import write_spec

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.data import Labelled
    from modelspec.data.table.table import Array

ROWS = 60

WIDE = """\
    name: wide
    inputs: {x: [2]}
    layers: {kind: {type: Dense, units: 3, activation: softmax}}
    outputs: {kind: {loss: categorical_crossentropy, metrics: [accuracy]}}
    data:
      file: trees.csv
      split: {validation: 0.2, test: 0.2}
      features: {x: {columns: [a, b], normalize: standard}, kind: {type: category}}
    train: {epochs: 2, batch_size: 16}
"""
DEEP = """\
    name: deep
    inputs: {x: [2], c: [1]}
    layers:
      both: Concatenate
      hidden: {type: Dense, units: 4, activation: tanh}
      norm: BatchNormalization
      kind: {type: Dense, units: 3}
    edges: ["x, c -> both -> hidden -> norm -> kind"]
    outputs:
      kind:
        loss: {type: categorical_crossentropy, from_logits: true}
        metrics: [accuracy]
    data:
      file: trees.csv
      split: {validation: 0.2, test: 0.2}
      features: {x: {columns: [a, b], normalize: standard}, kind: {type: category}}
    train: {epochs: 2, batch_size: 16}
"""
PRICE = """\
    name: price
    inputs: {x: [2]}
    layers:
      hidden: {type: Dense, units: 4, activation: tanh}
      price: {type: Dense, units: 1}
      tall: {type: Dense, units: 1, activation: sigmoid}
    edges: ["x -> hidden -> price, tall"]
    outputs:
      price: {loss: mse, metrics: [mae]}
      tall: {loss: binary_crossentropy, metrics: [accuracy]}
    data:
      file: trees.csv
      split: {test: 0.2}
      features:
        x: {columns: [a, b], normalize: standard}
        price: {normalize: NORMALIZE}
        tall: {type: category}
    train: {epochs: 2, batch_size: 16}
"""


def write_trees(folder: Path) -> None:
    """A table of numbers, classes of three kinds and of two, and prices."""
    draw = np.random.default_rng(0)
    with open(folder / "trees.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["a", "b", "c", "kind", "tall", "price", "words"])
        for number in range(ROWS):
            a, b, c = draw.normal(size=3)
            kind = ("ash", "elm", "oak")[number % 3]
            tall = ("no", "yes")[int(a + b > 0)]
            words = " ".join(("soft", "hard", "green", "old")[: number % 4 + 1])
            writer.writerow([a + number % 3, b, c, kind, tall, 100 + 20 * a + 5 * b, words])


def train(folder: Path, text: str, **settings: Any) -> Path:
    """A run directory of a spec."""
    spec = write_spec(folder, text)
    done = modelspec.train(
        str(spec), runs_dir=str(folder / "runs"), quiet=True, device="cpu", **settings
    )
    assert done.result.folder
    return done.result.folder


def said(folder: Path, file: Path) -> dict[str, Array]:
    """What the model of a run directory predicts, by column."""
    trained = TrainedModel.from_run(folder)
    report = Report()
    arrays = encode_file(
        trained.preprocessing, trained.spec.data, trained.graph, file, report, targets=False
    )
    assert arrays, list(report)
    found: dict[str, Array | Labelled] = predict(trained, arrays, device="cpu")
    return {name: getattr(each, "values", each) for name, each in found.items()}


def joined(folder: Path, runs: list[Path], weightings: dict[str, Weighting] | None = None) -> Path:
    """The run directory of an ensemble."""
    members = read_members(runs)
    combined = combine(members, weightings)
    found = weightings or {
        name: Weighting((1 / len(runs),) * len(runs)) for name in combined.outputs
    }
    return write_ensemble(combined, found, None, runs=folder / "made")
