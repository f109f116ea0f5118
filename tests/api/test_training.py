"""Training from Python is what `modelspec train` does."""

from __future__ import annotations

import inspect
import shutil
from typing import TYPE_CHECKING

import pytest

import modelspec
from modelspec.cli import main
from modelspec.runner.run.directory import find
from tests.runner.worlds import interrupt_at, same_end, write_flowers

if TYPE_CHECKING:
    from pathlib import Path


def test_python_and_the_command_leave_the_same_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = str(write_flowers(tmp_path))
    assert main(["train", spec, "--runs-dir", "by_command", "--quiet"]) == 0
    printed = capsys.readouterr().out.splitlines()
    trained = modelspec.train(spec, runs_dir="by_python", quiet=True)
    assert trained.result.folder is not None
    by_command = find("flowers", tmp_path / "by_command")
    names = {path.name for path in by_command.iterdir()}
    assert names == {path.name for path in trained.result.folder.iterdir()}
    assert "report.html" in names
    assert same_end(by_command, trained.result.folder)
    assert [line.split()[0] for line in trained.lines()] == [line.split()[0] for line in printed]
    assert trained.ending() == ""


def test_what_is_wrong_is_raised_before_torch_and_shown_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = str(write_flowers(tmp_path))
    with pytest.raises(modelspec.SpecError, match="`epoch` is not a key"):
        modelspec.train(spec, overrides=["train.epoch=3"])
    assert main(["train", spec, "--set", "train.epoch=3"]) == 1
    assert capsys.readouterr().err.count("`epoch` is not a key") == 1


def test_an_interrupted_run_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = str(write_flowers(tmp_path))
    with monkeypatch.context() as patch:
        interrupt_at(4, patch)
        first = modelspec.train(spec, quiet=True, overrides=["train.epochs=2"], device="cpu")
    command = first.resume_command
    assert command is not None
    assert command.startswith(f"modelspec train {spec} --resume {first.result.folder}")
    assert command.endswith("--set train.epochs=2 --device cpu")
    assert command in first.ending()
    assert main([*command.split()[1:], "--quiet"]) == 0
    again = modelspec.train(
        spec, resume=str(first.result.folder), overrides=["train.epochs=2"], quiet=True
    )
    assert again.ending().startswith("all 2 epochs were done already")


def test_a_spec_in_no_file_goes_on_from_what_its_run_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_flowers(tmp_path)
    text = path.read_text()
    path.unlink()
    spec = modelspec.load("none.yaml", text=text, overrides=["train.epochs=2"])
    said: list[str] = []
    with monkeypatch.context() as patch:
        interrupt_at(4, patch)
        run = spec.fit(quiet=True, device="cpu", say=said.append)
    copy, _, command = said[-1].partition("go on with: ")[2].partition(" && ")
    assert copy == f"cp {run.folder / 'source' / 'none.yaml'} none.yaml"
    shutil.copy(*copy.split()[1:])
    assert main([*command.split()[1:], "--quiet"]) == 0
    assert len(run.history) == 2
    with pytest.raises(ValueError, match="in no file"):
        modelspec.tune(spec)


def test_train_says_what_it_takes() -> None:
    taken, prepared = (
        inspect.signature(function) for function in (modelspec.train, modelspec.prepare_training)
    )
    assert taken.parameters == prepared.parameters
    assert taken.return_annotation == "TrainedRun"


def test_dir_shows_the_public_names() -> None:
    assert set(modelspec.__all__) <= set(dir(modelspec))
    for name in modelspec.__all__:
        assert getattr(modelspec, name) is not None
