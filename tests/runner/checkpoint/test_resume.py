import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from modelspec.diagnostics import SpecError
from modelspec.runner.checkpoint.states import newest_state
from modelspec.runner.run.directory import CHECKPOINTS
from modelspec.runner.run.result import RunResult
from tests.runner.worlds import STEPS_AN_EPOCH, interrupt_at, run, same_end, write_flowers

CALLBACKS = (
    "[{type: checkpoint, every_steps: 4},"
    " {type: early_stopping, patience: 9, restore_best_weights: true}]"
)


QUESTIONS_AN_EPOCH = STEPS_AN_EPOCH + 1
"""A run asks whether it is interrupted after each step, and after each batch of validation."""


class Killed(BaseException):
    """What a kill is to a process: nothing that it does after it."""


@pytest.fixture(scope="module")
def never_stopped(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    folder = tmp_path_factory.mktemp("whole")
    return run(write_flowers(folder, CALLBACKS))


@pytest.fixture
def whole(never_stopped: RunResult, tmp_path: Path) -> RunResult:
    """A run that never stopped; the same spec and data lie in `tmp_path`."""
    write_flowers(tmp_path, CALLBACKS)
    assert never_stopped.folder
    copy = tmp_path / "whole" / "flowers" / never_stopped.folder.name
    shutil.copytree(never_stopped.folder, copy)
    return replace(never_stopped, folder=copy)


@pytest.mark.parametrize("question", [1, 4, 5, 6, 9, 17])
def test_an_interrupted_run_ends_as_if_it_had_not_been(
    question: int, whole: RunResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tmp_path / "spec.yaml"
    interrupt_at(question, monkeypatch)
    first = run(spec)
    assert first.folder
    assert len(first.history) == (question - 1) // QUESTIONS_AN_EPOCH
    monkeypatch.undo()
    second = run(spec, resume=first.folder)
    assert second.folder == first.folder
    assert second.history == whole.history
    assert same_end(second.folder, whole.folder)


def test_it_can_be_interrupted_at_every_step(
    whole: RunResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tmp_path / "spec.yaml"
    folder = None
    interrupt_at(1, monkeypatch)
    for _ in range(3 * STEPS_AN_EPOCH):
        folder = run(spec, resume=folder).folder
    monkeypatch.undo()
    run(spec, resume=folder)
    assert folder
    assert same_end(folder, whole.folder)


def test_it_can_be_killed_at_every_write(
    whole: RunResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tmp_path / "spec.yaml"
    kills = 0
    for writes in range(3, 1000, 17):
        runs = tmp_path / f"runs-{writes}"
        _kill_at(writes, monkeypatch)
        try:
            run(spec, runs=runs)
        except Killed:
            kills += 1
        else:
            break
        finally:
            monkeypatch.undo()
        folders = [path for path in runs.glob("flowers/2*") if not path.is_symlink()]
        if folders:
            run(spec, resume=folders[0])
            assert same_end(folders[0], whole.folder)
    assert kills > 5


def _kill_at(writes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """End the run at its n-th call that changes the file system for good."""
    done = 0
    for name in ("fsync", "replace", "rename", "link", "unlink", "mkdir", "open"):
        call = getattr(os, name)

        def counted(*args: object, _call: object = call, **kwargs: object) -> object:
            nonlocal done
            done += 1
            if done >= writes:
                raise Killed
            return _call(*args, **kwargs)

        monkeypatch.setattr(os, name, counted)


@pytest.mark.parametrize("file", ["weights.safetensors", "tensors.safetensors", "state.json"])
@pytest.mark.parametrize("harm", ["cut", "flip", "remove"])
def test_a_damaged_state_is_noticed_and_the_one_before_is_used(
    file: str, harm: str, whole: RunResult, tmp_path: Path
) -> None:
    assert whole.folder
    states = sorted((whole.folder / CHECKPOINTS).iterdir())
    assert len(states) == 2
    _harm(states[-1] / file, harm)
    told: list[str] = []
    state = newest_state(whole.folder / CHECKPOINTS, told.append)
    assert state is not None
    assert state.rest["position"]["step"] == 12
    assert len(told) == 1
    assert file in told[0]
    again = run(tmp_path / "spec.yaml", resume=whole.folder)
    assert again.history == whole.history


def _harm(path: Path, harm: str) -> None:
    data = bytearray(path.read_bytes())
    if harm == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif harm == "flip":
        data[len(data) * 3 // 4] ^= 1
        path.write_bytes(data)
    else:
        path.unlink()


def test_where_no_state_is_whole_the_run_begins_anew(whole: RunResult, tmp_path: Path) -> None:
    assert whole.folder
    for state in (whole.folder / CHECKPOINTS).iterdir():
        _harm(state / "state.json", "cut")
    again = run(tmp_path / "spec.yaml", resume=whole.folder)
    assert again.history == whole.history
    assert again.resumed_after == 0


def test_more_epochs_are_as_if_they_had_been_asked_for_at_once(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path, CALLBACKS)
    short = run(spec)
    longer = run(spec, "train.epochs=5", resume=short.folder)
    whole = run(spec, "train.epochs=5", runs=tmp_path / "whole")
    assert (short.resumed_after, longer.resumed_after, len(longer.history)) == (0, 3, 5)
    assert same_end(longer.folder, whole.folder)


def test_a_run_that_is_over_stays_as_it_is(whole: RunResult, tmp_path: Path) -> None:
    assert whole.folder
    before = (whole.folder / "last.safetensors").read_bytes()
    again = run(tmp_path / "spec.yaml", resume=whole.folder)
    assert again.history == whole.history
    assert (whole.folder / "last.safetensors").read_bytes() == before


def test_a_run_that_was_stopped_early_stays_stopped(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path, "[{type: early_stopping, mode: max}]")
    first = run(spec)
    assert first.stopped
    assert len(first.history) == 2
    again = run(spec, "train.epochs=9", resume=first.folder)
    assert again.stopped == first.stopped
    assert len(again.history) == 2


@pytest.mark.parametrize(
    ("override", "named"),
    [
        ("train.batch_size=8", "`train.batch_size` was 16, is 8"),
        ("train.seed=1", "`train.seed` is new"),
        ("layers.hidden.units=9", "`layers.hidden.units` was 8, is 9"),
        ("data.split.validation=0.3", "`data.split.validation` was 0.2, is 0.3"),
    ],
)
def test_another_spec_is_refused(
    override: str, named: str, whole: RunResult, tmp_path: Path
) -> None:
    with pytest.raises(SpecError, match="MS807") as error:
        run(tmp_path / "spec.yaml", override, resume=whole.folder)
    assert named in str(error.value)


def test_other_data_is_refused(whole: RunResult, tmp_path: Path) -> None:
    file = tmp_path / "flowers.npz"
    arrays = dict(np.load(file))
    arrays["petals"][3, 2] += 1e-3
    np.savez(file, **arrays)
    with pytest.raises(SpecError, match="MS807") as error:
        run(tmp_path / "spec.yaml", resume=whole.folder)
    assert "inputs.petals.checksum" in str(error.value)


def test_data_may_have_moved(whole: RunResult, tmp_path: Path) -> None:
    (tmp_path / "flowers.npz").rename(tmp_path / "moved.npz")
    again = run(tmp_path / "spec.yaml", "data.file=moved.npz", resume=whole.folder)
    assert again.history == whole.history
