"""Commands on models whose outputs have masks: what is padded counts for nothing."""

from pathlib import Path

import numpy as np
import pytest

from modelspec.data import Arrays
from modelspec.diagnostics import Report
from modelspec.runner.inference.evaluate import evaluate
from modelspec.runner.inference.predict import predict
from modelspec.runner.inference.trained_model import TrainedModel, load_splits
from modelspec.runner.run.result import RunResult
from tests.runner.worlds import run, same_end, write_spec

TAGGER = """\
    name: tagger
    inputs: {words: {shape: [T], dtype: int64}}
    layers:
      embed: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true}
      read: {type: Bidirectional, layer: {type: GRU, units: 3, return_sequences: true}}
      tags: {type: Dense, units: 3, activation: softmax}
    outputs:
      tags: {loss: sparse_categorical_crossentropy, metrics: [sparse_categorical_accuracy]}
    data: {file: tagged.npz, split: {validation: 0.25}}
    train: {optimizer: adam, learning_rate: 0.02, epochs: 2, batch_size: 8}
"""
ROWS = 32


def write_tagger(folder: Path, padding: int = 0) -> Path:
    """Sentences with padding, whose tags there are all `padding`."""
    folder.mkdir(exist_ok=True)
    generator = np.random.default_rng(3)
    words = generator.integers(1, 9, (ROWS, 6))
    words[np.arange(6) >= generator.integers(1, 7, (ROWS, 1))] = 0
    np.savez(folder / "tagged.npz", words=words, tags=np.where(words > 0, words % 3, padding))
    return write_spec(folder, TAGGER)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    return run(write_tagger(tmp_path_factory.mktemp("zeros")))


def test_the_targets_of_padding_change_nothing(trained: RunResult, tmp_path: Path) -> None:
    assert trained.folder
    other = run(write_tagger(tmp_path, padding=2))
    assert other.history == trained.history
    assert other.folder
    assert same_end(other.folder, trained.folder)


def test_a_resumed_run_ends_as_if_it_had_gone_on(trained: RunResult, tmp_path: Path) -> None:
    spec = write_tagger(tmp_path)
    first = run(spec, "train.epochs=1")
    second = run(spec, resume=first.folder)
    assert second.history == trained.history


def test_evaluation_leaves_padding_out_too(trained: RunResult) -> None:
    assert trained.folder
    model = TrainedModel.from_run(trained.folder, "last")
    splits = load_splits(model, Report())
    assert splits
    assert splits.validation
    found = evaluate(model, splits.validation, "cpu")
    logs = trained.history[-1]
    assert found.loss == pytest.approx(logs["val_loss"], rel=1e-5)
    accuracy = found.outputs["tags"]["sparse_categorical_accuracy"]
    assert accuracy == pytest.approx(logs["val_sparse_categorical_accuracy"])


def test_predictions_come_without_masks(trained: RunResult) -> None:
    assert trained.folder
    words = np.array([[1, 2, 0], [3, 0, 0]])
    found = predict(
        TrainedModel.from_run(trained.folder), Arrays({"words": words}, {}, 2), device="cpu"
    )
    assert list(found) == ["tags", "tags_probability"]
    assert len(found["tags_probability"]) == 2
