"""Ensembles from Python, of what lies in one directory each: a study, another ensemble."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

import modelspec
from modelspec.tuning.record import trial_folder
from tests.ensembles.runs import DEEP, WIDE, said, train, write_trees
from tests.tuning.studies import SPEC, make_study, trial

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def trees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_trees(tmp_path)
    return tmp_path


def test_a_study_is_the_best_of_its_trials(trees: Path) -> None:
    trials = [trial(1, 0.7), trial(2, 0.9), trial(3, 0.8), trial(4, status="failed", why="nan")]
    spec = SPEC + "  confirm: {top: 2, seeds: 1}\n"
    study = make_study(trees / "runs" / "digits" / "first", trials, spec)
    run = train(trees, WIDE)
    for each in trials:
        shutil.copytree(run, trial_folder(study, each.number), dirs_exist_ok=True)
    done = modelspec.ensemble([str(study)], device="cpu")
    assert [each.name for each in done.record.members] == ["trial_2", "trial_3"]


def test_an_ensemble_is_a_member_like_any_other(trees: Path) -> None:
    for text in (WIDE, DEEP):
        train(trees, text)
    inner = modelspec.ensemble(["wide", "deep"], name="inner", device="cpu")
    outer = modelspec.ensemble(["inner", "wide"], "outer", device="cpu")
    assert outer.notes == ("`kind_spread` of `inner` has no part in the ensemble",)
    table = trees / "trees.csv"
    found = said(outer.folder, table)["kind_probability"]
    own = [said(each, table)["kind_probability"] for each in (inner.folder, wide(trees))]
    np.testing.assert_allclose(found, np.mean(own, axis=0), rtol=2e-6, atol=2e-6)


def wide(folder: Path) -> Path:
    return (folder / "runs" / "wide" / "latest").resolve()


def test_what_does_not_go_together_is_refused(trees: Path) -> None:
    for text in (WIDE, DEEP):
        train(trees, text)
    with pytest.raises(ValueError, match="a soup is uniform or greedy"):
        modelspec.ensemble(["wide", "deep"], soup=True, calibrate=True)
    assert not (trees / "runs" / "wide_ensemble").exists()
