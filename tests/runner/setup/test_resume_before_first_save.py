"""A run that was killed before its first save begins anew as it began: with its own weights."""

from __future__ import annotations

from shutil import rmtree
from typing import TYPE_CHECKING

import pytest

from modelspec.runner.run.directory import CHECKPOINTS, weights_file
from tests.runner.worlds import run, same_end, write_flowers

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("start", ["", "best"])
def test_it_ends_as_one_that_was_not_killed(start: str, tmp_path: Path) -> None:
    spec = write_flowers(tmp_path)
    settings = ["train.epochs=2"]
    if start:
        first = run(spec, "train.seed=5", runs=tmp_path / "first").folder
        assert first
        settings.append(f"train.weights={weights_file(first, start)}")
    whole, killed = (run(spec, *settings, runs=tmp_path / name).folder for name in ("a", "b"))
    assert whole
    assert killed
    for path in (killed / CHECKPOINTS, killed / "history.csv"):
        rmtree(path) if path.is_dir() else path.unlink()
    for name in ("best", "last"):
        weights_file(killed, name).unlink()
    run(spec, *settings, resume=killed)
    assert same_end(killed, whole)
