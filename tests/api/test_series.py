"""Training in folds, or with seeds, is training each, whatever happens in between."""

from __future__ import annotations

import csv
import json
from shutil import rmtree
from typing import TYPE_CHECKING

import numpy as np
import pytest

import modelspec
from modelspec.cli import main
from modelspec.data import encode_file
from modelspec.diagnostics import Report, SpecError
from modelspec.runner import train as runner
from modelspec.runner.inference.evaluate import evaluate
from modelspec.runner.inference.predict import predict
from modelspec.runner.inference.trained_model import TrainedModel, load_splits
from modelspec.runner.run.errors import SeriesError, TrainingError
from modelspec.runner.run.series import read_series, write_series
from tests.runner.worlds import interrupt_at, run, same_end, write_flowers, write_spec

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.api.trained_series import TrainedSeries

TREES = """\
    name: trees
    inputs: {x: [2]}
    layers: {kind: {type: Dense, units: 2, activation: softmax}}
    outputs: {kind: {loss: categorical_crossentropy, metrics: [accuracy]}}
    data:
      file: trees.csv
      split: {SPLIT}
      features: {x: {columns: [a, b], missing: drop}, kind: {type: category}}
    train: {epochs: 2, batch_size: 8}
"""


def _write(folder: Path, split: str = "test: 0.2, stratify: kind", odd: str = "") -> Path:
    draw = np.random.default_rng(0)
    with open(folder / "trees.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["a", "b", "kind"])
        for number in range(40):
            kind = odd if odd and number == 11 else "oak" if number % 3 else "elm"
            writer.writerow(["" if number == 4 else draw.normal(), draw.normal(), kind])
    return write_spec(folder, TREES.replace("SPLIT", split))


def _train(spec: Path, folds: int | None = 3, **settings: object) -> TrainedSeries:
    settings = {"quiet": True, "device": "cpu", "say": lambda text: None, **settings}
    return modelspec.train_folds(str(spec), folds, **settings)


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return _write(tmp_path)


def test_each_fold_is_the_run_of_that_fold_and_says_what_it_has_not_seen(spec: Path) -> None:
    done = _train(spec)
    assert done.resume_command is None
    assert done.predictions
    with open(done.predictions, encoding="utf-8") as file:
        said = list(csv.DictReader(file))
    rows = [int(row["row"]) for row in said]
    assert rows == sorted(set(rows))
    measured = []
    tested: set[int] = set()
    for fold in done.found.runs:
        folder = done.folder / fold.folder
        number = f"data.split.fold={fold.key}/3"
        alone = run(spec, number, runs=spec.parent / "alone").folder
        assert alone
        assert same_end(folder, alone)
        trained = TrainedModel.from_run(folder)
        splits = load_splits(trained, Report())
        assert splits
        assert splits.validation
        assert splits.test
        assert splits.test.kept is not None
        tested |= set(splits.test.kept.tolist())
        measured.append(
            evaluate(trained, splits.validation, "cpu").logs("val_")
            | evaluate(trained, splits.test, "cpu").logs("test_")
        )
        assert fold.values == measured[-1]
        arrays = encode_file(
            trained.preprocessing, trained.spec.data, trained.graph, "trees.csv", Report(), True
        )
        assert arrays
        assert arrays.kept is not None
        kinds = predict(trained, arrays, device="cpu")["kind"]
        own = {int(row["row"]): row["kind"] for row in said if int(row["fold"]) == fold.key}
        assert own == {row: kinds[place] for place, row in enumerate(arrays.kept) if row in own}
        assert splits.validation.kept is not None
        assert sorted(own) == splits.validation.kept.tolist()
    assert set(rows) | tested == set(range(40)) - {4}
    assert not set(rows) & tested
    for key, mean in done.found.means().items():
        values = [each[key] for each in measured]
        assert mean == pytest.approx(np.mean(values))
        assert done.found.deviations()[key] == pytest.approx(np.std(values, ddof=1))


@pytest.mark.parametrize("question", [2, 13, 24])
def test_what_was_interrupted_ends_as_what_never_stopped(
    question: int, spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _train(spec, runs_dir="whole")
    answered = 0

    with monkeypatch.context() as patch:
        train = runner.train
        calls = iter(range(3))

        def interrupted(prepared: object, options: object) -> object:
            nonlocal answered
            if next(calls) == question // 10:
                interrupt_at(question % 10, patch)
                answered += 1
            return train(prepared, options)  # type: ignore[arg-type]

        patch.setattr(runner, "train", interrupted)
        first = _train(spec)
    assert answered == 1
    assert first.resume_command
    assert len(first.found.done) == question // 10
    with pytest.raises(SeriesError, match="has 3 folds, not 4"):
        _train(spec, 4, resume=str(first.folder))
    done = _train(spec, None, resume="trees")
    assert done.folder.name == first.folder.name
    assert done.found.as_data()["folds"] == whole.found.as_data()["folds"]
    for fold in done.found.runs:
        assert same_end(done.folder / fold.folder, whole.folder / fold.folder)
    done.found.runs[0].status = "unfinished"  # killed after its last epoch, before it was measured
    write_series(done.folder, done.found)
    (done.folder / "fold-1" / "predictions.parquet").unlink()
    again = _train(spec, None, resume="trees")
    assert again.found.as_data()["folds"] == whole.found.as_data()["folds"]
    assert done.predictions
    assert whole.predictions
    assert done.predictions.read_text() == whole.predictions.read_text()


@pytest.mark.parametrize("lost", ["", "predictions.parquet", "run.json", "damaged"])
def test_a_fold_that_was_lost_is_done_again(lost: str, spec: Path) -> None:
    done = _train(spec, 2, overrides=["train.epochs=1"])
    assert done.predictions
    before, values = done.predictions.read_text(), done.found.as_data()["folds"]
    fold = done.folder / "fold-2"
    if lost == "damaged":
        (fold / "predictions.parquet").write_bytes(b"PAR1")
    elif lost:
        (fold / lost).unlink()
    else:
        rmtree(fold)
    said: list[str] = []
    settings = {"resume": "trees", "overrides": ["train.epochs=1"], "say": said.append}
    if lost == "run.json":
        with pytest.raises(SpecError, match=r"`run\.json` is missing"):
            _train(spec, None, **settings)
        return
    again = _train(spec, None, **settings)
    assert any("fold-2 is not whole" in line for line in said)
    assert again.found.as_data()["folds"] == values
    assert again.predictions
    assert again.predictions.read_text() == before


def test_thresholds_of_folds_are_said_to_be_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = _write(tmp_path)
    yes = "{kind: {loss: binary_crossentropy, metrics: [accuracy], decision: {best: f1}}}"
    layer = "{kind: {type: Dense, units: 1, activation: sigmoid}}"
    settings = [f"outputs={yes}", f"layers={layer}", "train.epochs=1"]
    done = _train(spec, 2, overrides=settings)
    assert done.found.notes == ["accuracy: yes from each run's own threshold on (best f1)"]


def test_a_fold_that_fails_leaves_the_others(
    spec: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    train, calls = runner.train, iter([False, True, False])

    def diverging(prepared: object, options: object) -> object:
        if next(calls):
            raise TrainingError("the loss became nan", "lower it", None)
        return train(prepared, options)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(runner, "train", diverging)
        assert main(["train", str(spec), "--folds", "3", "-q", "--device", "cpu"]) == 1
    captured = capsys.readouterr()
    assert "fold-2 failed: the loss became nan" in captured.err
    assert "--resume" in captured.err
    (folder,) = (path for path in (spec.parent / "runs" / "trees").iterdir() if path.is_dir()
                 and not path.is_symlink())  # fmt: skip
    found = read_series(folder)
    assert [fold.status for fold in found.runs] == ["done", "failed", "done"]
    assert len(found.deviations()) == len(found.runs[0].values)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "failed: the loss became nan" in page
    assert 'href="fold-1/report.html"' in page
    assert 'href="fold-2/report.html"' not in page
    assert main(["train", str(spec), "--resume", "trees", "-q", "--device", "cpu"]) == 0
    assert [fold.status for fold in read_series(folder).runs] == ["done"] * 3


def test_data_that_is_wrong_for_one_fold_is_no_matter_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = _write(tmp_path, odd="ash")  # which must be among the training rows
    done = _train(spec, 4, overrides=["layers.kind.units=3"])
    statuses = [fold.status for fold in done.found.runs]
    assert sorted(statuses) == ["done", "done", "done", "failed"]
    (failed,) = done.failed
    assert "classes" in failed.error
    assert not (done.folder / failed.folder).exists()


def test_what_is_wrong_for_all_leaves_nothing(spec: Path) -> None:
    with pytest.raises(SpecError, match="`epoch` is not a key"):
        _train(spec, overrides=["train.epoch=3"])
    with pytest.raises(SpecError, match=r"gone\.csv"):
        _train(spec, overrides=["data.file=gone.csv"])
    assert not (spec.parent / "runs").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--folds", "3", "--fold", "1/3"], 2, "`--folds K` all of them"),
        (["--folds", "1"], 2, "--folds"),
        (["--folds", "3", "--set", "data.split.time=a"], 1, "not by `time`"),
        (["--folds", "3", "--set", "data.validation=trees.csv"], 1, "have a file of their own"),
        (["--folds", "1000"], 1, "make fewer folds"),
        (["--folds", "3", "--resume", "gone"], 1, "there is no run `gone`"),
        (["--folds", "3", "--seeds", "3"], 2, "give one of them"),
        (["--seeds", "1"], 2, "--seeds"),
        (["--seeds", "3", "--set", "train.seed=-1"], 1, "seed"),
        (["--seeds", "3", "--set", "train.seed=4294967294"], 2, "one is below 4294967296"),
        (["--seeds", "3", "--resume", "gone"], 1, "there is no run `gone`"),
    ],
)
def test_what_cannot_be_is_said(
    arguments: list[str], code: int, said: str, spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", str(spec), *arguments]) == code
    assert said in " ".join(capsys.readouterr().err.split())


def test_what_is_wrong_is_said_once(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for wrong in ("train.epoch=3", "data.file=gone.csv"):
        assert main(["train", str(spec), "--folds", "3", "--set", wrong]) == 1
        assert capsys.readouterr().err.count("error[") == 1


def test_standard_input_is_no_spec_of_folds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "-", "--folds", "3"]) == 2
    assert "name a file" in " ".join(capsys.readouterr().err.split())


def test_several_processes_train_no_folds(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(SeriesError, match="`--fold I/K`"):
        _train(spec)


def test_the_folder_of_all_folds_is_spoken_of(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = _train(spec, 2)
    mean = done.found.means()["val_accuracy"]
    assert main(["eval", "trees", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["mean"]["val_accuracy"] == mean
    assert main(["eval", "trees"]) == 0
    assert f"{mean:.4f}" in capsys.readouterr().out
    assert main(["eval", "trees", "--data", "trees.csv"]) == 2
    assert "fold-1" in capsys.readouterr().err
    assert main(["predict", "trees", "--data", "trees.csv"]) == 1
    assert "fold-1" in capsys.readouterr().err
    assert main(["runs", "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["folds"], listed["epochs"], listed["wanted"]) == (2, 4, 4)
    assert listed["best"]["val_accuracy"] == mean
    assert main(["runs"]) == 0
    assert f"{mean:.4f} ± " in capsys.readouterr().out
    run(spec, "train.epochs=1", "data.split.validation=0.2", runs=spec.parent / "other")
    assert main(["runs", "compare", "trees", "other/trees", "--json"]) == 0
    compared = json.loads(capsys.readouterr().out)
    assert compared["spec"]["train.epochs"] == ["2", "1"]
    assert compared["results"]["val_accuracy"][0] == mean
    before = (done.folder / "report.html").read_text()
    assert main(["runs", "report", "trees"]) == 0
    assert (done.folder / "report.html").read_text() == before


def test_a_run_of_its_own_is_no_cross_validation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = write_flowers(tmp_path)
    run(spec, "train.epochs=1")
    with pytest.raises(SeriesError, match="a run of its own"):
        _train(spec, 3, resume="flowers")


def test_another_spec_is_not_gone_on_with(spec: Path) -> None:
    done = _train(spec, 2)
    done.found.runs[1].status = "failed"
    write_series(done.folder, done.found)
    with pytest.raises(SpecError, match=r"`train\.epochs` was 2, is 3") as error:
        _train(spec, 2, resume="trees", overrides=["train.epochs=3"])
    assert [each.code for each in error.value.diagnostics] == ["MS807"]


@pytest.mark.parametrize(
    "content", ["[]", "{}", '{"folds": [{"number": 2}]}', '{"folds": 3}', "nonsense"]
)
def test_damage_is_said(content: str, tmp_path: Path) -> None:
    (tmp_path / "folds.json").write_text(content)
    with pytest.raises(SpecError) as error:
        read_series(tmp_path)
    assert [each.code for each in error.value.diagnostics] == ["MS807"]


def test_each_seed_is_the_run_of_that_seed_on_the_same_rows(spec: Path) -> None:
    settings = ["data.split.validation=0.2", "train.seed=7"]
    done = modelspec.train_seeds(
        str(spec), 2, quiet=True, device="cpu", overrides=settings, say=lambda text: None
    )
    assert [run.key for run in done.found.runs] == [7, 8]
    assert sorted(path.name for path in done.folder.glob("seed-*")) == ["seed-7", "seed-8"]
    rows = []
    for each in done.found.runs:
        folder = done.folder / each.folder
        alone = run(spec, *settings[:1], f"train.seed={each.key}", runs=spec.parent / "alone")
        assert alone.folder
        assert same_end(folder, alone.folder)
        trained = TrainedModel.from_run(folder)
        splits = load_splits(trained, Report())
        assert splits
        assert splits.validation
        assert splits.test
        assert splits.validation.kept is not None
        assert each.values == (
            evaluate(trained, splits.validation, "cpu").logs("val_")
            | evaluate(trained, splits.test, "cpu").logs("test_")
        )
        rows.append(splits.validation.kept.tolist())
    assert rows[0] == rows[1]
    assert done.predictions
    with open(done.predictions, encoding="utf-8") as file:
        said = [(int(row["row"]), int(row["seed"])) for row in csv.DictReader(file)]
    assert said == [(row, seed) for row in rows[0] for seed in (7, 8)]
    values = [each.values["val_loss"] for each in done.found.runs]
    assert values[0] != values[1]
    assert done.found.means()["val_loss"] == pytest.approx(np.mean(values))


def test_seeds_that_were_interrupted_end_as_those_that_never_stopped(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"overrides": ["data.split.validation=0.2"], "quiet": True, "device": "cpu"}
    settings["say"] = lambda text: None
    whole = modelspec.train_seeds(str(spec), 2, runs_dir="whole", **settings)
    with monkeypatch.context() as patch:
        train, calls = runner.train, iter(range(2))

        def interrupted(prepared: object, options: object) -> object:
            if next(calls) == 1:
                interrupt_at(3, patch)
            return train(prepared, options)  # type: ignore[arg-type]

        patch.setattr(runner, "train", interrupted)
        first = modelspec.train_seeds(str(spec), 2, **settings)
    assert [each.status for each in first.found.runs] == ["done", "unfinished"]
    assert first.resume_command
    assert "train.seed" not in first.resume_command
    assert "data.split.validation=0.2" in first.resume_command
    with pytest.raises(SeriesError, match="differ in their seed, not their fold"):
        _train(spec, None, resume="trees")
    done = modelspec.train_seeds(str(spec), resume="trees", **settings)
    assert done.found.as_data()["seeds"] == whole.found.as_data()["seeds"]
    for each in done.found.runs:
        assert same_end(done.folder / each.folder, whole.folder / each.folder)


def test_the_folder_of_all_seeds_is_spoken_of(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With one fold for all of them, too."""
    given = ["--seeds", "2", "--fold", "2/4", "-q", "--device", "cpu"]
    assert main(["train", str(spec), *given]) == 0
    assert "seed 1" in capsys.readouterr().out
    assert main(["runs", "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["folds"], listed["seeds"], listed["epochs"]) == (0, 2, 4)
    assert main(["runs"]) == 0
    assert "2 seeds" in capsys.readouterr().out
    assert main(["eval", "trees"]) == 0
    assert "2 of 2 seeds, each on the same rows" in capsys.readouterr().out
    assert main(["eval", "trees", "--data", "trees.csv"]) == 2
    assert "seed-0" in capsys.readouterr().err
    assert main(["predict", "trees", "--data", "trees.csv"]) == 1
    assert "one for each seed" in capsys.readouterr().err
    folder = spec.parent / "runs" / "trees" / "latest"
    specs = [(folder / f"seed-{seed}" / "spec.yaml").read_text() for seed in (0, 1)]
    assert all("2/4" in text for text in specs)


def test_without_rows_that_are_held_out_seeds_are_trained_and_nothing_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = _write(tmp_path, split="seed: 1")
    done = modelspec.train_seeds(str(spec), 2, quiet=True, device="cpu", say=lambda text: None)
    assert [each.status for each in done.found.runs] == ["done", "done"]
    assert done.found.means() == {}
    assert done.predictions is None
    assert done.found.notes == ["no row was held out: nothing is measured"]
    assert done.report
    assert "over 2 of 2 seeds" in done.report.read_text(encoding="utf-8")


def test_what_stands_in_a_file_of_folds_is_what_others_read(tmp_path: Path) -> None:
    fold = {"number": 1, "status": "done", "values": {"val_mae": 1.0}, "rows": {"validation": 3},
            "error": "", "folder": "fold-1"}  # fmt: skip
    content = {"version": 1, "name": "n", "spec": "s.yaml", "overrides": ["a=1"],
               "notes": ["told"], "mean": {"val_mae": 1.0}, "std": {}, "folds": [fold]}  # fmt: skip
    (tmp_path / "folds.json").write_text(json.dumps(content))
    assert read_series(tmp_path).as_data() == content
