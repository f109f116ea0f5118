"""Asking a run's weights, of rows that are few enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import confusion_matrix

from modelspec.diagnostics import Report
from modelspec.report.contents import Classes
from modelspec.runner.inference import sample_rows
from modelspec.runner.inference.predict import predict
from modelspec.runner.inference.trained_model import TrainedModel, load_splits
from modelspec.runner.reporting.predictions import collect_predictions
from tests.runner.worlds import run, write_flowers

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_what_is_counted_is_what_predict_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run(write_flowers(tmp_path))
    assert done.folder
    trained = TrainedModel.from_run(done.folder)
    splits = load_splits(trained, Report())
    assert splits
    arrays = splits.train
    answers = collect_predictions(trained, arrays, "cpu")
    counted = answers.results["species"]
    assert answers.rows == arrays.rows == 70
    assert isinstance(counted, Classes)
    said = np.asarray(predict(trained, arrays, device="cpu")["species"])
    wanted = confusion_matrix(np.asarray(arrays.targets["species"]), said, labels=range(3))
    assert [
        [counted.pairs[true, each] for each in range(3)] for true in range(3)
    ] == wanted.tolist()

    monkeypatch.setattr(sample_rows, "MOST_ROWS", 30)
    fewer = collect_predictions(trained, arrays, "cpu")
    assert fewer.rows == 30 == sum(fewer.results["species"].pairs.values())  # type: ignore[union-attr]
    monkeypatch.setattr(sample_rows, "MOST_FLOPS", 1)
    assert collect_predictions(trained, arrays, "cpu").rows == 30
    monkeypatch.setattr(sample_rows, "FEW_ROWS", 7)
    assert collect_predictions(trained, arrays, "cpu").rows == 7
    monkeypatch.setattr(sample_rows, "MOST_FLOPS", 1e9)
    monkeypatch.setattr(sample_rows, "MOST_VALUES", 20)
    assert collect_predictions(trained, arrays, "cpu").rows == 20
    arrays.targets.clear()
    assert collect_predictions(trained, arrays, "cpu").results == {}


def test_steps_that_are_masked_do_not_count(tmp_path: Path) -> None:
    words = tmp_path / "words.csv"
    words.write_text("words,tags\n" + "a b c,x y x\nb a,y x\n" * 10)
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        """\
name: tags
inputs: {words: {shape: [T], dtype: int64}}
layers:
  embed: {type: Embedding, input_dim: 8, output_dim: 4, mask_zero: true}
  read:  {type: GRU, units: 4, return_sequences: true}
  tags:  {type: Dense, units: 6, activation: softmax}
outputs: {tags: {loss: sparse_categorical_crossentropy}}
data:
  file: words.csv
  features: {words: {type: text}, tags: {type: text}}
train: {batch_size: 4}
"""
    )
    done = run(spec)
    assert done.folder
    trained = TrainedModel.from_run(done.folder)
    splits = load_splits(trained, Report())
    assert splits
    counted = collect_predictions(trained, splits.train, "cpu").results["tags"]
    assert isinstance(counted, Classes)
    true = {counted.names[each]: 0 for each, _ in counted.pairs}
    for (each, _), count in counted.pairs.items():
        true[counted.names[each]] += count
    assert true == {"x": 30, "y": 20}
