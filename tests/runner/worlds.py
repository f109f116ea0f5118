"""Small worlds for the tests of runs: a spec, its data, and a training of it."""

from __future__ import annotations

from itertools import count
from textwrap import dedent
from typing import TYPE_CHECKING

import numpy as np
import torch

from modelspec import lint
from modelspec.diagnostics import Report
from modelspec.runner.checkpoint.safetensors_file import read_tensors
from modelspec.runner.checkpoint.states import newest_state
from modelspec.runner.loop.trainer import Trainer
from modelspec.runner.run.directory import CHECKPOINTS
from modelspec.runner.run.options import TrainOptions
from modelspec.runner.setup.prepare import Prepared, prepare
from modelspec.runner.train import train

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from modelspec.runner.run.result import RunResult

FLOWERS = """\
    name: flowers
    inputs: {petals: [4]}
    layers:
      hidden: {type: Dense, units: 8, activation: tanh}
      drop: {type: Dropout, rate: 0.3}
      species: {type: Dense, units: 3, activation: softmax}
    outputs:
      species: {loss: categorical_crossentropy, metrics: [accuracy]}
    data:
      file: flowers.npz
      split: {validation: 0.2, test: 0.1}
    train:
      optimizer: adam
      learning_rate: 0.01
      epochs: 3
      batch_size: 16
      callbacks: CALLBACKS
"""
ROWS = 100
STEPS_AN_EPOCH = 5


def write_flowers(folder: Path, callbacks: str = "[]", spec: str = FLOWERS) -> Path:
    """Rows whose class can be told, and a spec that learns it; the spec's path."""
    generator = np.random.default_rng(7)
    species = generator.integers(0, 3, ROWS)
    petals = generator.normal(size=(ROWS, 4)) + species[:, None] * 2.0
    np.savez(folder / "flowers.npz", petals=petals.astype(np.float32), species=species)
    return write_spec(folder, spec.replace("CALLBACKS", callbacks))


def write_spec(folder: Path, text: str) -> Path:
    path = folder / "spec.yaml"
    path.write_text(dedent(text), encoding="utf-8")
    return path


def prepared(spec: Path, *overrides: str, resume: Path | None = None) -> Prepared:
    """The training of a spec that has nothing wrong with it."""
    examined = lint.examine(str(spec), overrides=overrides, training=True)
    examined.report.raise_if_failed()
    assert examined.spec
    assert examined.graph
    report = Report()
    found = prepare(examined.spec, examined.graph, report, resume=resume)
    report.raise_if_failed()
    assert found
    return found


def run(
    spec: Path, *overrides: str, resume: Path | None = None, runs: Path | None = None
) -> RunResult:
    """Train a spec on the CPU, without a word."""
    options = TrainOptions(
        runs=runs or spec.parent / "runs", device="cpu", quiet=True, say=lambda text: None
    )
    return train(prepared(spec, *overrides, resume=resume), options)


def same_weights(left: Path, right: Path, name: str = "last") -> bool:
    """Whether two runs have the same weights, bit for bit."""
    one, other = (read_tensors(folder / f"{name}.safetensors")[0] for folder in (left, right))
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


def same_end(left: Path, right: Path) -> bool:
    """Whether two runs ended alike: weights, history, and all that a resume would need."""
    states = [newest_state(folder / CHECKPOINTS, print) for folder in (left, right)]
    assert states[0]
    assert states[1]
    return (
        same_weights(left, right)
        and same_weights(left, right, "best")
        and (left / "history.csv").read_text() == (right / "history.csv").read_text()
        and all(
            torch.equal(states[0].rest["optimizer"][key], states[1].rest["optimizer"][key])
            for key in states[0].rest["optimizer"]
        )
        and states[0].rest["position"] == states[1].rest["position"]
        and states[0].rest["callbacks"] == states[1].rest["callbacks"]
    )


def interrupt_at(question: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer yes when a run asks for the n-th time whether it is interrupted."""
    train = Trainer.train

    def interrupted(self: Trainer, _: object) -> bool:
        answers = (number >= question for number in count(1))
        return train(self, lambda: next(answers))

    monkeypatch.setattr(Trainer, "train", interrupted)


def interrupted_run(
    question: int, monkeypatch: pytest.MonkeyPatch, spec: Path, *overrides: str
) -> Path:
    """The directory of a run that is interrupted when it asks for the n-th time."""
    with monkeypatch.context() as patch:
        interrupt_at(question, patch)
        folder = run(spec, *overrides, runs=spec.parent / "interrupted").folder
    assert folder
    return folder
