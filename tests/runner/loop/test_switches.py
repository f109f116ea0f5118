"""What makes a step faster changes no numbers."""

from pathlib import Path

import numpy as np
import pytest
import torch

from modelspec.runner.assemble import assemble
from modelspec.runner.distributed.process_group import ProcessGroup
from modelspec.runner.input.batches import InMemoryRows
from modelspec.runner.run.options import TrainOptions
from modelspec.torch import switches
from tests.runner.worlds import prepared, write_spec

SPEC = """
    name: kinds
    inputs: {x: [6, 4]}
    layers:
      hidden: {type: Dense, units: 8, activation: tanh}
      more: {type: Dense, units: 6, activation: relu}
      drop: {type: Dropout, rate: 0.3}
      kind: {type: Dense, units: 3, activation: softmax}
    outputs:
      kind: OUTPUT
    data:
      file: kinds.npz
      split: {validation: 0.2}
    train: {optimizer: rmsprop, learning_rate: 0.01, epochs: 2, batch_size: 16}
"""
PLAIN = "{loss: categorical_crossentropy, metrics: [accuracy, top_k_categorical_accuracy]}"
CLASS_WEIGHTS = "{loss: categorical_crossentropy, class_weight: {0: 2.0, 1: 1.0, 2: 0.5}}"
OTHERS = {
    "a metric that compares numbers": "{loss: categorical_crossentropy, metrics: [mae]}",
    "smoothed": "{loss: {type: categorical_crossentropy, label_smoothing: 0.1}}",
    "another loss": "{loss: kl_divergence}",
}


def trained(folder, output, softened=False):
    draws = np.random.default_rng(3)
    kinds = draws.integers(0, 3, (60, 6))
    rows = np.eye(3, dtype=np.float32)[kinds]
    if softened:
        rows[0, 0] = [0.5, 0.5, 0.0]
    x = draws.normal(size=(60, 6, 4)) + kinds[..., None]
    np.savez(folder / "kinds.npz", x=x.astype(np.float32), kind=rows)
    spec = prepared(write_spec(folder, SPEC.replace("OUTPUT", output)))
    options = TrainOptions(runs=None, quiet=True)
    trainer, _ = assemble(spec, options, torch.device("cpu"), None, ProcessGroup())
    assert trainer.train(lambda: False)
    return trainer


def has_indices(trainer):
    rows = trainer.plan.rows
    assert isinstance(rows, InMemoryRows)
    return rows.targets["kind"].dtype == torch.int64


def shares_memory(trainer):
    weights = list(trainer.train_state.module.parameters())
    return len({each.untyped_storage().data_ptr() for each in weights}) < len(weights)


@pytest.mark.parametrize("output", [PLAIN, CLASS_WEIGHTS])
@pytest.mark.parametrize(
    "name", ["INDEX_TARGETS", "DIRECT_FORWARD", "FLAT_OPTIMIZER", "FEW_CLASSES"]
)
def test_a_training_without_it_has_the_same_numbers(name: str, output: str, tmp_path: Path) -> None:
    fast = trained(tmp_path, output)
    assert has_indices(fast)
    with getattr(switches, name).off():
        plain = trained(tmp_path, output)
    assert shares_memory(fast)
    assert shares_memory(plain) == (name != "FLAT_OPTIMIZER")
    assert has_indices(plain) == (name != "INDEX_TARGETS")
    for row, wanted in zip(fast.history, plain.history, strict=True):
        assert row == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("output", OTHERS.values(), ids=list(OTHERS))
def test_what_needs_the_rows_has_them(output: str, tmp_path: Path) -> None:
    assert not has_indices(trained(tmp_path, output))


def test_rows_that_are_not_one_hot_stay(tmp_path: Path) -> None:
    assert not has_indices(trained(tmp_path, PLAIN, softened=True))
