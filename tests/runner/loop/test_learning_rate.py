"""Callbacks that change how a run learns, and losses that are no numbers."""

from pathlib import Path

import pytest

from modelspec.diagnostics import SpecError
from modelspec.runner.run.errors import TrainingError
from modelspec.runner.run.options import TrainOptions
from modelspec.runner.train import train
from modelspec.training.callback import Callback, Logs, Training
from tests.runner.worlds import prepared, run, same_end, write_flowers

PLATEAU = "[{type: reduce_lr_on_plateau, monitor: loss, min_delta: 9, patience: 1, factor: 0.5}]"


class Halving(Callback):
    """One of a user's, of which a spec cannot say what it does."""

    def on_epoch_end(self, run: Training, logs: Logs) -> None:
        run.set_learning_rate(run.learning_rate / 2)


def test_the_rate_is_lowered_also_after_a_resume(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for folder in (whole, parts):
        folder.mkdir()
        write_flowers(folder, PLATEAU)
    ended = run(whole / "spec.yaml", "train.epochs=4")
    first = run(parts / "spec.yaml", "train.epochs=2")
    second = run(parts / "spec.yaml", "train.epochs=4", resume=first.folder)
    assert second.history == ended.history
    assert [row["learning_rate"] for row in ended.history] == [0.01, 0.01, 0.005, 0.0025]
    assert ended.folder
    assert second.folder
    assert same_end(second.folder, ended.folder)
    plain = tmp_path / "plain"
    plain.mkdir()
    write_flowers(plain)
    assert run(plain / "spec.yaml", "train.epochs=4").history != ended.history


def test_a_schedule_rules_the_rate_alone(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path, PLATEAU)
    rate = "train.learning_rate={type: cosine_decay, initial_learning_rate: 0.1, decay_steps: 900}"
    with pytest.raises(SpecError, match="MS206 the callback changes the learning rate"):
        run(spec, rate)
    ready = prepared(spec, rate, "train.callbacks=[]")
    options = TrainOptions(runs=tmp_path / "runs", device="cpu", quiet=True, callbacks=(Halving(),))
    with pytest.raises(TrainingError, match="follows a schedule"):
        train(ready, options)


def test_the_node_where_a_loss_stops_being_a_number_is_named(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path, "[terminate_on_nan]")
    wild = "wild: {type: Elementwise, function: log}\n  hidden: {"
    spec.write_text(spec.read_text().replace("hidden: {", wild))
    with pytest.raises(TrainingError, match="the first value that is not finite is that of `wild`"):
        run(spec)


def test_a_sound_run_is_the_same_with_the_guard(tmp_path: Path) -> None:
    found = []
    for name, callbacks in (("plain", "[]"), ("guarded", "[terminate_on_nan]")):
        (tmp_path / name).mkdir()
        found.append(run(write_flowers(tmp_path / name, callbacks)).history)
    assert found[0] == found[1]
