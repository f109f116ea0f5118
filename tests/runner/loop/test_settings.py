"""What `train` says beside optimizer and epochs."""

import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import PrivateAttr

from modelspec.diagnostics import SpecError
from modelspec.runner.checkpoint.safetensors_file import read_tensors
from modelspec.runner.inference.evaluate import evaluate
from modelspec.runner.inference.trained_model import TrainedModel
from modelspec.runner.process.time_limit import TimeLimit
from modelspec.runner.run.errors import TrainingError
from modelspec.training.callback import Callback, Logs, Training
from tests.runner.worlds import (
    FLOWERS,
    STEPS_AN_EPOCH,
    interrupted_run,
    prepared,
    run,
    same_end,
    write_flowers,
)

PLAIN = FLOWERS.replace("rate: 0.3", "rate: 0.0")


def _weights(folder: Path | None) -> dict[str, torch.Tensor]:
    assert folder
    return read_tensors(folder / "last.safetensors")[0]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("train.gradient_clip=0.1", "train.optimizer={type: adam, global_clipnorm: 0.1}"),
        ("train.accumulate=2", "train.optimizer={type: adam, gradient_accumulation_steps: 2}"),
    ],
)
def test_what_is_short_for_an_argument_of_the_optimizer(
    short: str, long: str, tmp_path: Path
) -> None:
    spec = write_flowers(tmp_path)
    one, other = _weights(run(spec, short).folder), _weights(run(spec, long).folder)
    plain = _weights(run(spec).folder)
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert not torch.equal(one["species.weight"], plain["species.weight"])


def test_nodes_learn_at_their_own_rates_as_in_groups_of_torch(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path, spec=PLAIN)
    rates = "train.learning_rate_multipliers={hid*: 0.1, '*': 3}"
    settings = ("train.optimizer=sgd", "train.shuffle=false", "train.epochs=1")
    start = prepared(spec, *settings)
    trained = _weights(run(spec, *settings, rates).folder)

    from modelspec.torch import build

    module = build(start.graph, seed=0)
    slow = [p for name, p in module.named_parameters() if name.startswith("hidden")]
    fast = [p for name, p in module.named_parameters() if not name.startswith("hidden")]
    groups = [{"params": slow, "lr": 0.001}, {"params": fast, "lr": 0.03}]
    optimizer = torch.optim.SGD(groups, lr=0.01)
    rows = start.splits.train
    x, y = (
        torch.as_tensor(np.asarray(v)) for v in (rows.inputs["petals"], rows.targets["species"])
    )
    for begin in range(0, rows.rows, 16):
        probabilities = module({"petals": x[begin : begin + 16]})["species"]
        loss = torch.nn.functional.nll_loss(probabilities.log(), y[begin : begin + 16])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for name, tensor in module.state_dict().items():
        torch.testing.assert_close(trained[name], tensor, rtol=1e-4, atol=1e-6)


def test_a_multiplier_for_nothing_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="no node is `hiden`"):
        prepared(write_flowers(tmp_path), "train.learning_rate_multipliers={hiden: 2}")


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_low_precision_learns_about_the_same_in_float32_weights(
    precision: str, tmp_path: Path
) -> None:
    spec = write_flowers(tmp_path, spec=PLAIN)
    low, plain = run(spec, f"train.precision={precision}"), run(spec)
    weights = _weights(low.folder)
    assert {tensor.dtype for tensor in weights.values()} == {torch.float32}
    assert low.history != plain.history
    assert low.history[-1]["val_loss"] == pytest.approx(plain.history[-1]["val_loss"], rel=0.05)


def test_a_resume_keeps_the_scale_of_float16(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, half = write_flowers(tmp_path), "train.precision=float16"
    whole = run(spec, half)
    first = interrupted_run(7, monkeypatch, spec, half)
    second = run(spec, half, resume=first)
    assert second.folder
    assert whole.folder
    assert same_end(second.folder, whole.folder)


def test_what_cannot_be_deterministic_ends_the_run_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Undetermined(Callback):
        def on_batch_end(self, run: Training) -> None:
            torch.empty(3).put_(torch.tensor([0]), torch.tensor([1.0]))

    spec = write_flowers(tmp_path)
    monkeypatch.setattr("modelspec.runner.assemble._callbacks", lambda *_: [Undetermined()])
    assert run(spec).history
    with pytest.raises(TrainingError, match="put_ does not have a deterministic implementation"):
        run(spec, "train.deterministic=true")
    assert not torch.are_deterministic_algorithms_enabled()


class Watching(Callback):
    """Notes what validation measures, and when."""

    _seen: list[tuple[int, float]] = PrivateAttr(default_factory=list)

    def on_validation_end(self, run: Training, logs: Logs) -> None:
        """Note it, and keep the weights."""
        self._seen.append((run.step, logs["val_loss"]))
        run.save_weights(f"step-{run.step}")


def test_validation_within_an_epoch_measures_what_eval_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from modelspec.runner import assemble

    watching, plain = Watching(), assemble._callbacks
    monkeypatch.setattr(assemble, "_callbacks", lambda *given: [*plain(*given), watching])
    spec = write_flowers(tmp_path)
    done = run(spec, "train.validate_every=2", "train.epochs=2")
    assert [step for step, _ in watching._seen] == [2, 4, 5, 6, 8, 10]
    assert done.folder
    with open(done.folder / "validations-history.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["epoch"], row["step"]) for row in rows] == [
        ("1", "2"),
        ("1", "4"),
        ("2", "6"),
        ("2", "8"),
    ]
    validation = prepared(spec).splits.validation
    assert validation
    for row in rows:
        weights = str(done.folder / f"step-{row['step']}.safetensors")
        measured = evaluate(TrainedModel.from_run(done.folder, weights), validation, "cpu")
        assert float(row["val_loss"]) == pytest.approx(measured.loss, rel=1e-6)


@pytest.mark.parametrize("question", [2, 3, 4, 9, 12])
def test_a_run_interrupted_around_them_ends_as_if_it_had_not_been(
    question: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, often = write_flowers(tmp_path), "train.validate_every=2"
    whole = run(spec, often)
    first = interrupted_run(question, monkeypatch, spec, often)
    second = run(spec, often, resume=first)
    assert second.folder
    assert whole.folder
    assert same_end(second.folder, whole.folder)
    one, other = (f / "validations-history.csv" for f in (second.folder, whole.folder))
    assert one.read_text() == other.read_text()


def test_it_needs_validation_rows(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="no validation rows"):
        prepared(write_flowers(tmp_path), "train.validate_every=2", "data.split={test: 0.1}")


def test_a_run_out_of_time_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = write_flowers(tmp_path)
    whole = run(spec)
    answers = iter([False] * STEPS_AN_EPOCH)
    monkeypatch.setattr(TimeLimit, "is_over", lambda self: next(answers, True))
    first = run(spec, "train.time_limit=1m")
    monkeypatch.undo()
    assert first.out_of_time
    assert first.interrupted is None
    second = run(spec, "train.time_limit=1h 30m", resume=first.folder)
    assert not second.out_of_time
    assert second.folder
    assert whole.folder
    assert same_end(second.folder, whole.folder)


def test_a_clock_goes_by_the_time() -> None:
    assert TimeLimit(0.0).is_over()
    assert not TimeLimit(100.0).is_over()
    assert not TimeLimit(None).is_over()
