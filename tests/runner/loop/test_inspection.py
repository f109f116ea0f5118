"""Callbacks that look inside a model: what they write is what the run was."""

import csv
import sys
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import PrivateAttr
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.summary.writer import event_file_writer

from modelspec.diagnostics import SpecError
from modelspec.diagnostics.plugin_error import PluginError
from modelspec.language.plugins import load_plugin
from modelspec.runner.checkpoint.safetensors_file import read_tensors
from modelspec.runner.inference.evaluate import evaluate
from modelspec.runner.inference.predict import predict
from modelspec.runner.inference.trained_model import TrainedModel
from modelspec.training import callbacks
from modelspec.training.callback import Callback, Logs, Training
from tests.plugging import unplugged
from tests.runner.worlds import (
    STEPS_AN_EPOCH,
    interrupted_run,
    prepared,
    run,
    same_end,
    same_weights,
    write_flowers,
    write_spec,
)

BOARD = (
    "[{type: tensorboard, histogram_freq: 2, update_freq: 2, write_diagram: false},"
    " {type: checkpoint, every_epochs: 1}]"
)


def _board(folder: Path, part: str) -> EventAccumulator:
    found = EventAccumulator(
        str(folder.parent / "tensorboard" / folder.name / part), size_guidance={"histograms": 0}
    )
    found.Reload()
    return found


def _scalars(folder: Path, part: str) -> dict[str, list[tuple[int, float]]]:
    found = _board(folder, part)
    return {
        tag: [(event.step, event.value) for event in found.Scalars(tag)]
        for tag in found.Tags()["scalars"]
    }


def test_tensorboard_reads_back_what_the_run_measured(tmp_path: Path) -> None:
    done = run(write_flowers(tmp_path, BOARD))
    assert done.folder
    train, validation = (_scalars(done.folder, part) for part in ("train", "validation"))
    steps = [STEPS_AN_EPOCH * epoch for epoch in (1, 2, 3)]
    for tag, found in (("loss", train), ("accuracy", train), ("val_loss", validation)):
        read = found[f"epoch_{tag.removeprefix('val_')}"]
        assert [step for step, _ in read] == steps
        assert [value for _, value in read] == pytest.approx([row[tag] for row in done.history])
    assert [step for step, _ in train["batch_loss"]] == [2, 4, 6, 8, 10, 12, 14]
    assert train["learning_rate"] == [(step, pytest.approx(0.01)) for step in steps]


def test_tensorboard_has_histograms_and_the_graph(tmp_path: Path) -> None:
    done = run(write_flowers(tmp_path, BOARD), "train.epochs=2")
    assert done.folder
    board = _board(done.folder, "train")
    (event,) = board.Histograms("weights/hidden.weight")
    weights = read_tensors(done.folder / "last.safetensors")[0]["hidden.weight"]
    assert event.step == 2 * STEPS_AN_EPOCH
    found = event.histogram_value
    assert found.num == sum(found.bucket) == weights.numel()
    assert (found.min, found.max) == (weights.min().item(), weights.max().item())
    assert found.sum == pytest.approx(weights.double().sum().item())
    tags = board.Tags()["histograms"]
    assert {"gradients/hidden.weight", "activations/hidden", "activations/species"} <= {*tags}
    nodes = {node.name: (node.op, list(node.input)) for node in board.Graph().node}
    assert nodes == {
        "petals": ("Input", []),
        "hidden": ("Dense", ["petals"]),
        "drop": ("Dropout", ["hidden"]),
        "species": ("Dense", ["drop"]),
    }


def test_a_resumed_run_has_no_event_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Files of one process and second are told apart by this number, and read in the order of names.
    monkeypatch.setattr(event_file_writer, "_global_uid", event_file_writer.AtomicCounter(1000))
    spec = write_flowers(tmp_path, BOARD)
    whole = run(spec)
    first = interrupted_run(9, monkeypatch, spec)
    second = run(spec, resume=first)
    assert whole.folder
    assert second.folder
    assert same_end(second.folder, whole.folder)
    for part in ("train", "validation"):
        assert _scalars(second.folder, part) == _scalars(whole.folder, part)


WORDS = """\
    name: words
    inputs: {words: {shape: [4], dtype: int64}}
    layers:
      embed: {type: Embedding, input_dim: 6, output_dim: 3}
      flat: Flatten
      price: {type: Dense, units: 1}
    outputs: {price: mse}
    data:
      file: words.csv
      features: {words: {column: text, type: text, length: 4}}
    train:
      callbacks: [{type: tensorboard, embeddings_freq: 1, write_diagram: false}]
"""


def test_embeddings_are_labelled_by_their_vocabulary(tmp_path: Path) -> None:
    (tmp_path / "words.csv").write_text("text,price\nred blue,1\nblue green,2\nblue,3\n")
    done = run(write_spec(tmp_path, WORDS))
    assert done.folder
    folder = done.folder.parent / "tensorboard" / done.folder.name / "train"
    labels = (folder / "embed-labels.tsv").read_text().splitlines()
    assert labels == ["(padding)", "(unknown)", "blue", "green", "red", "(5)"]
    vectors = np.loadtxt(folder / "embed-000001.tsv", delimiter="\t")
    table = read_tensors(done.folder / "last.safetensors")[0]["embed.weight"]
    np.testing.assert_allclose(vectors, table.numpy(), rtol=1e-6)
    config = (folder / "projector_config.pbtxt").read_text()
    assert 'tensor_path: "embed-000001.tsv"' in config
    assert 'metadata_path: "embed-labels.tsv"' in config


def test_what_is_not_installed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(SpecError, match="needs the package `tensorboard`"):
        prepared(write_flowers(tmp_path, "[tensorboard]"))


def test_activations_are_what_predict_gives(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path, "[{type: activation_logger, nodes: [hidden, species]}]")
    done = run(spec, "train.epochs=1")
    assert done.folder
    rows = prepared(spec).splits.validation
    assert rows
    trained = TrainedModel.from_run(done.folder, "last")
    wanted = predict(trained, rows.take(np.array([0])), nodes=["hidden"], device="cpu")["hidden"]
    with np.load(done.folder / "activations" / "epoch-0001.npz") as found:
        assert sorted(found) == ["hidden", "species"]
        np.testing.assert_allclose(found["hidden"], np.asarray(wanted)[0], rtol=1e-5, atol=1e-7)
        assert found["species"].sum() == pytest.approx(1, rel=1e-5)


def test_a_node_that_there_is_not_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="no node is `hiden`"):
        prepared(write_flowers(tmp_path, "[{type: activation_logger, nodes: [hiden]}]"))


def test_looking_changes_nothing(tmp_path: Path) -> None:
    every = "[{type: tensorboard, histogram_freq: 1, update_freq: batch}, activation_logger]"
    plain = run(write_flowers(tmp_path)).folder
    looked = run(write_flowers(tmp_path, every), runs=tmp_path / "looked").folder
    assert plain
    assert looked
    assert same_weights(plain, looked)


def test_gradient_norms_are_those_of_the_steps_of_sgd(tmp_path: Path) -> None:
    class Before(Callback):
        """Keeps the weights before each batch."""

        _weights: list[dict[str, Any]] = PrivateAttr(default_factory=list)

        def on_batch_begin(self, run: Training) -> None:
            self._weights.append({k: v.copy() for k, v in run.inspection.weights().items()})

        def on_train_end(self, run: Training) -> None:
            self.on_batch_begin(run)

    before = Before()
    monkeypatch = pytest.MonkeyPatch()
    from modelspec.runner import assemble

    plain = assemble._callbacks
    monkeypatch.setattr(assemble, "_callbacks", lambda *given: [*plain(*given), before])
    spec = write_flowers(tmp_path, "[{type: gradient_norms, every_steps: 2}]")
    done = run(spec, "train.optimizer=sgd", "train.learning_rate=0.5", "train.epochs=1")
    monkeypatch.undo()
    assert done.folder
    with open(done.folder / "gradient_norms.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == ["2", "4"]
    for row in rows:
        step = int(row["step"])
        left, right = before._weights[step - 1], before._weights[step]
        norms = {name: np.linalg.norm(left[name] - right[name]) / 0.5 for name in left}
        for name, norm in norms.items():
            assert float(row[name]) == pytest.approx(norm, rel=1e-3)
        whole = np.sqrt(sum(norm**2 for norm in norms.values()))
        assert float(row["all"]) == pytest.approx(whole, rel=1e-3)


class Following(Callback):
    """Averages the weights by itself."""

    _average: dict[str, Any] = PrivateAttr(default_factory=dict)

    def on_batch_end(self, run: Training) -> None:
        """Take in the weights after a step."""
        for name, array in run.inspection.weights().items():
            known = self._average.get(name)
            self._average[name] = array.copy() if known is None else 0.9 * known + 0.1 * array


def test_the_average_is_measured_and_ended_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from modelspec.runner import assemble

    following, plain = Following(), assemble._callbacks
    monkeypatch.setattr(assemble, "_callbacks", lambda *given: [*plain(*given), following])
    spec = write_flowers(tmp_path, "[{type: ema, momentum: 0.9}]")
    done = run(spec)
    assert done.folder
    weights = read_tensors(done.folder / "last.safetensors")[0]
    for name, tensor in weights.items():
        average = torch.as_tensor(following._average[name])
        torch.testing.assert_close(tensor, average, rtol=1e-4, atol=1e-6)
    assert same_weights(done.folder, done.folder, "best")
    validation = prepared(spec).splits.validation
    assert validation
    measured = evaluate(TrainedModel.from_run(done.folder, "last"), validation, "cpu")
    assert measured.loss == pytest.approx(done.history[-1]["val_loss"], rel=1e-5)


@pytest.mark.parametrize("question", [3, 8, 12])
def test_a_resume_keeps_averages_and_norms(
    question: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = write_flowers(tmp_path, "[{type: ema, momentum: 0.9}, {type: gradient_norms}]")
    whole = run(spec)
    first = interrupted_run(question, monkeypatch, spec)
    second = run(spec, resume=first)
    assert whole.folder
    assert second.folder
    assert same_end(second.folder, whole.folder)
    one, other = (f / "gradient_norms.csv" for f in (whole.folder, second.folder))
    assert one.read_text() == other.read_text()


def test_several_checkpoints_keep_their_own_best(tmp_path: Path) -> None:
    spec = write_flowers(
        tmp_path,
        "[{type: checkpoint, keep: 3, every_epochs: 1},"
        " {type: checkpoint, monitor: val_accuracy, name: most_accurate}]",
    )
    done = run(spec, "train.epochs=5", "train.learning_rate=0.1")
    assert done.folder
    assert len(list((done.folder / "checkpoints").iterdir())) == 3
    validation = prepared(spec).splits.validation
    assert validation
    for name, key, best in (("best", "val_loss", min), ("most_accurate", "val_accuracy", max)):
        weights = str(done.folder / f"{name}.safetensors")
        measured = evaluate(TrainedModel.from_run(done.folder, weights), validation, "cpu")
        found = measured.loss if key == "val_loss" else measured.outputs["species"]["accuracy"]
        assert found == pytest.approx(best(row[key] for row in done.history), rel=1e-5)


class ShoutLoudly(Callback):
    """A user's own."""

    words: str = "hey"
    """What to say."""

    def on_epoch_end(self, run: Training, logs: Logs) -> None:
        """Say it into a file."""
        assert run.folder
        with open(run.folder / "said.txt", "a", encoding="utf-8") as file:
            file.write(f"{self.words} {run.epoch}\n")


def test_a_plugin_adds_callbacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = f"{__name__}:ShoutLoudly"
    point = EntryPoint("mine", target, "modelspec.callbacks")
    monkeypatch.setattr(
        "importlib.metadata.entry_points",
        lambda **given: EntryPoints([point]).select(**given),
    )
    unplugged(monkeypatch)
    assert callbacks.find("shout_loudly") is None
    assert load_plugin("mine") == ["shout_loudly"]
    assert "shout_loudly" in callbacks.names()
    done = run(write_flowers(tmp_path, "[{type: shout_loudly, words: ho}]"))
    assert done.folder
    assert (done.folder / "said.txt").read_text() == "ho 1\nho 2\nho 3\n"
    with pytest.raises(LookupError, match="no plugin `yours`"):
        load_plugin("yours")


def test_a_plugin_cannot_replace_a_callback(monkeypatch: pytest.MonkeyPatch) -> None:
    class Checkpoint(Callback):
        """Called like one that is there."""

    monkeypatch.setattr(
        "importlib.metadata.entry_points",
        lambda **given: EntryPoints([EntryPoint("mine", "x:y", "modelspec.callbacks")]).select(
            **given
        ),
    )
    monkeypatch.setattr(EntryPoint, "load", lambda self: Checkpoint)
    with pytest.raises(
        PluginError, match="declares the callback `checkpoint`, which is there already"
    ):
        load_plugin("mine")
