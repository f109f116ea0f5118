"""What training a job comes to, in the process of the test."""

from __future__ import annotations

import json
import signal
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
import torch

from modelspec.runner.loop.trainer import Trainer
from modelspec.runner.process.time_limit import TimeLimit
from modelspec.runner.run.compare import history_of
from modelspec.runner.run.directory import CHECKPOINTS, RECORD
from modelspec.runner.run.lock import locked
from modelspec.tuning.workers import train_job
from modelspec.tuning.workers.launch import Place
from modelspec.tuning.workers.train_job import JobTrainer
from tests.runner.worlds import run, same_weights, write_flowers, write_spec
from tests.tuning.workers.jobs import Study, job

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.tuning.jobs import Job, JobDone

BEST_BY = "[{type: checkpoint, monitor: loss}]"


def train(study: Study, *jobs: Job) -> list[JobDone]:
    trainer = JobTrainer(Place(0), study)  # type: ignore[arg-type]
    return [trainer.train(each) for each in jobs]


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return write_flowers(tmp_path)


def test_a_trial_is_the_run_that_training_by_itself_leaves(spec: Path) -> None:
    other = write_flowers(spec.parent, spec=spec.read_text().replace("adam", "sgd"))
    others = [job(other, number, "train.batch_size=32") for number in (1, 2)]
    third = job(write_flowers(spec.parent), 3)
    done = train(Study(), *others, third)[-1]
    alone = run(write_flowers(spec.parent), "train.seed=3").folder
    assert alone
    assert (done.status, done.why) == ("complete", "")
    assert done.history == history_of(alone)
    assert same_weights(third.folder, alone)
    assert same_weights(third.folder, alone, "best")
    records = [json.loads((each / RECORD).read_text()) for each in (third.folder, alone)]
    assert records[0] == records[1]
    assert not (third.folder / CHECKPOINTS).exists()


def test_each_epoch_is_asked_for_and_no_ends_it(spec: Path) -> None:
    study = Study(lambda row: "no hope" if row["epoch"] == 2 else None)
    (done,) = train(study, job(spec, 1))
    assert (done.status, done.why) == ("pruned", "no hope")
    assert [row["epoch"] for row in study.asked] == [1, 2]
    assert study.asked == done.history == history_of(job(spec, 1).folder)


def test_an_interrupted_job_goes_on_as_if_it_had_not_been(spec: Path) -> None:
    first, second = Study(), Study()

    def interrupt(row: dict[str, float]) -> None:
        first.received = signal.SIGINT if row["epoch"] == 2 else None

    first = Study(interrupt)
    (left,) = train(first, job(spec, 1))
    assert (left.status, len(left.history)) == ("running", 2)
    (done,) = train(second, job(spec, 1))
    assert [row["epoch"] for row in second.asked] == [3]
    (whole,) = train(Study(), job(spec, 2, "train.seed=1"))
    assert (done.status, done.history) == ("complete", whole.history)
    assert same_weights(job(spec, 1).folder, job(spec, 2).folder)
    assert same_weights(job(spec, 1).folder, job(spec, 2).folder, "best")


def test_a_pruned_job_that_goes_on_stays_pruned(spec: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("modelspec.training.callbacks.checkpoint.SECONDS_BETWEEN_SAVES", 0.0)
    study = Study(lambda row: "no hope")
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "_check_weights", _killed_at(2))
        assert train(study, job(spec, 1))[0].status == "failed"
    (done,) = train(study, job(spec, 1))
    assert (done.status, done.why, len(done.history)) == ("pruned", "no hope", 1)
    assert len(study.asked) == 1


def _killed_at(call: int) -> Any:
    calls = iter(range(1, 100))

    def check(self: Trainer, weights: object) -> None:
        assert self
        assert weights
        if next(calls) == call:
            raise KeyError("killed")

    return check


def test_files_that_are_edited_meanwhile_change_no_trial(spec: Path) -> None:
    """The texts of a job are what is trained, those of its blocks too."""
    block = spec.parent / "body.yaml"
    block.write_text("inputs: {x: [3]}\nlayers: {d: {type: Dense, units: 5}}\noutputs: {d: {}}\n")
    texts = {str(spec): spec.read_text(), str(block): block.read_text()}
    replaced = "blocks.body=body.yaml"
    before = replace(job(spec, 1, replaced), texts=texts)
    spec.write_text(spec.read_text().replace("adam", "sgd"))
    block.write_text("no spec")
    assert [each.status for each in train(Study(), before)] == ["complete"]
    left = before.folder / "source"
    assert (left / spec.name).read_text() == texts[str(spec)]
    assert (left / block.name).read_text() == texts[str(block)]


def test_data_that_is_changed_meanwhile_is_refused(spec: Path) -> None:
    """Trials are compared on the same rows."""
    data = spec.parent / "flowers.npz"
    state = {str(data): [data.stat().st_size, data.stat().st_mtime_ns]}
    assert train(Study(), replace(job(spec, 1), data=state))[0].status == "complete"
    data.write_bytes(data.read_bytes() + b"\0")
    (done,) = train(Study(), replace(job(spec, 2), data=state))
    assert (done.status, str(data) in done.why, "was changed" in done.why) == ("failed", True, True)


def test_one_that_is_asked_to_leave_before_it_begins_leaves_nothing(spec: Path) -> None:
    study = Study()
    study.received = signal.SIGINT
    (done,) = train(study, job(spec, 1))
    assert (done.status, done.history) == ("running", [])
    assert not (job(spec, 1).folder / RECORD).exists()


def test_the_best_weights_are_those_of_the_objective(spec: Path) -> None:
    rising = job(spec, 1, "train.epochs=2", monitor="val_accuracy")
    train(Study(), rising)
    state = rising.folder / "best.safetensors"
    assert state.is_file()
    own = write_flowers(spec.parent, BEST_BY)
    done = train(Study(), job(own, 2, monitor="val_accuracy"))
    assert done[0].status == "complete"


def test_what_is_in_the_folder_stays_and_what_was_half_begun_is_begun_again(spec: Path) -> None:
    folder = job(spec, 1).folder
    (folder / "source").mkdir(parents=True)
    (folder / "source" / "spec.yaml").write_text("torn")
    (folder / "trial.json").write_text("{}")
    (folder / "environment.json").write_text("{")
    (done,) = train(Study(), job(spec, 1))
    assert done.status == "complete"
    assert (folder / "trial.json").read_text() == "{}"
    assert [path.name for path in (folder / "source").iterdir()] == ["spec.yaml"]


def test_a_time_limit_completes_a_trial_with_what_it_has(spec: Path, monkeypatch: Any) -> None:
    asked, limit = count(1), 16
    monkeypatch.setattr(TimeLimit, "is_over", lambda _: next(asked) > limit)
    (done,) = train(Study(), job(spec, 1, "train.time_limit=50s"))
    assert done.status == "complete"
    assert done.why == "its time limit of 50 s was reached after 2 epochs"
    assert len(done.history) == 2
    (failed,) = train(Study(), job(spec, 2, "train.time_limit=50s"))
    assert failed.status == "failed"
    assert failed.why == "no epoch had ended when its time limit of 50 s was reached"


@pytest.mark.parametrize(
    ("overrides", "why"),
    [
        (
            ["train.learning_rate=1e38", "train.optimizer=sgd"],
            "the loss of output `species` became",
        ),
        (["data.file=none.npz"], "MS801: "),
        (["layers.hidden.units=0"], "MS"),
    ],
)
def test_what_fails_says_why_in_a_line(spec: Path, overrides: list[str], why: str) -> None:
    (done, after) = train(Study(), job(spec, 1, *overrides), job(spec, 2))
    assert done.status == "failed"
    assert done.why.startswith(why)
    assert "\n" not in done.why
    assert after.status == "complete"


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (OSError(28, "No space left on device", "x/last.safetensors"), "the run cannot be saved: "),
        (MemoryError(), "the memory is full"),
        (ZeroDivisionError("at\nlast"), "ZeroDivisionError: at last"),
    ],
)
def test_an_error_is_one_trial_and_its_traceback_lies_in_a_file(
    spec: Path, error: Exception, why: str, monkeypatch: Any
) -> None:
    def check_weights(self: Trainer, weights: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "_check_weights", check_weights)
        (done,) = train(Study(), job(spec, 1, "train.epochs=1"))
    assert done.status == "failed"
    assert done.why.startswith(why)
    assert len(done.history) == 1
    if not isinstance(error, OSError):
        log = (job(spec, 1).folder / "error.log").read_text()
        assert type(error).__name__ in log
        assert "--set train.seed=1" in log


def test_a_full_disk_fails_one_trial(spec: Path) -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600, before[1]))
    try:
        (done,) = train(Study(), job(spec, 1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (done.status, done.why) == ("failed", "the run cannot be saved: File too large")
    assert train(Study(), job(spec, 2))[0].status == "complete"


def test_what_is_printed_lies_in_a_file_of_the_run(
    spec: Path, monkeypatch: Any, capfd: Any
) -> None:
    def batch(self: Trainer) -> None:
        print("hello")

    monkeypatch.setattr(Trainer, "guard", batch)
    (done,) = train(Study(), job(spec, 1, "train.callbacks=[terminate_on_nan]"))
    assert done.status == "complete"
    assert (job(spec, 1).folder / "output.log").read_text() == "hello\n"
    assert capfd.readouterr() == ("", "")


def test_what_the_study_is_told(tmp_path: Path) -> None:
    spec = write_spec(
        tmp_path,
        """\
        inputs: {x: [1]}
        layers: {y: {type: Dense, units: 1}}
        outputs: {y: {loss: mse, metrics: [mae]}}
        data:
          file: rows.csv
          split: {validation: 0.5}
          features: {y: {normalize: standard}, x: {missing: mean}}
        train: {epochs: 1}
        """,
    )
    rows = "".join(f"{'' if row == 3 else row},{row * 2}\n" for row in range(20))
    (tmp_path / "rows.csv").write_text("x,y\n" + rows)
    study = Study()
    (done,) = train(study, job(spec, 1))
    assert done.status == "complete", done.why
    assert "mae: in the data's units; loss: of the normalised target" in study.said
    assert any(line.startswith("x: 1 of 20 values was missing") for line in study.said)


def test_data_is_read_once_and_read_again_when_it_has_changed(spec: Path, monkeypatch: Any) -> None:
    from modelspec import data

    loaded = []
    load = data.load

    def counted(*args: Any) -> Any:
        loaded.append(args)
        return load(*args)

    monkeypatch.setattr(data, "load", counted)
    trainer = JobTrainer(Place(0), Study())  # type: ignore[arg-type]
    for number, overrides in enumerate(
        ([], ["train.batch_size=8"], ["layers.hidden.units=5"], ["data.split.seed=3"], [])
    ):
        assert trainer.train(job(spec, number + 1, "train.epochs=1", *overrides)).why == ""
    assert len(loaded) == 3
    write_flowers(spec.parent)
    trainer.train(job(spec, 6, "train.epochs=1"))
    assert len(loaded) == 4


def test_data_out_of_core_is_not_kept(spec: Path, monkeypatch: Any) -> None:
    rows = "".join(f"{row},{row % 3}\n" for row in range(4000))
    (spec.parent / "rows.csv").write_text("petals,species\n" + rows)
    monkeypatch.setenv("MODELSPEC_CACHE", str(spec.parent / "cache"))
    trainer = JobTrainer(Place(0), Study())  # type: ignore[arg-type]
    overrides = ["data.file=rows.csv", "data.memory=1KB", "inputs.petals=[1]", "train.epochs=1"]
    done = trainer.train(job(spec, 1, *overrides))
    assert done.status == "complete", done.why
    assert trainer._cache._kept is None


def test_the_threads_are_what_the_job_says_or_what_the_model_is_worth(spec: Path) -> None:
    before = torch.get_num_threads()
    try:
        train(Study(), job(spec, 1, "train.epochs=1"))
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


def test_a_run_that_is_held_is_waited_for(spec: Path, monkeypatch: Any) -> None:
    folder = job(spec, 1).folder
    folder.mkdir(parents=True)
    monkeypatch.setattr(train_job, "PATIENCE", 0.1)
    with locked(folder):
        (done,) = train(Study(), job(spec, 1))
    assert done.why == "MS807: another process is working on this run"
