"""A study with real trainings: what it leaves, what it refuses, and what a kill changes."""

from __future__ import annotations

import subprocess
import sys
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

import modelspec
from modelspec.diagnostics import SpecError
from modelspec.tuning.errors import TuneError

from ..teams import FakeTeam
from . import killing

if TYPE_CHECKING:
    from pathlib import Path


def test_a_killed_study_comes_to_the_same(tmp_path: Path) -> None:
    plain, killed = tmp_path / "plain", tmp_path / "killed"
    for folder in (plain, killed):
        folder.mkdir()
    spec = killing.write_study(plain, trials=5, epochs=3)
    assert killing.run_study(spec, resume=False, workers=2)
    wanted = killing.came_to(spec)
    spec = killing.write_study(killed, trials=5, epochs=3)
    killing.run_with_kills(spec, 3, Random(1))
    assert killing.came_to(spec) == wanted
    assert {"best.yaml", "trials.csv", "report.html"} <= {
        path.name for path in (spec.parent / "runs" / "irises" / "latest").iterdir()
    }
    assert modelspec.check(str(spec.parent / "runs" / "irises" / "latest" / "best.yaml")) == []


def prepare(spec: Path, **settings: Any) -> Any:
    team = settings.pop("team", lambda: FakeTeam(2))
    return modelspec.prepare_study(
        str(spec), runs_dir=str(spec.parent / "runs"), team=team, **settings
    )


def refused(spec: Path, **settings: Any) -> list[str]:
    with pytest.raises(SpecError) as raised:
        prepare(spec, **settings)
    return [f"{each.code} {each.message}" for each in raised.value.diagnostics]


def changed(spec: Path, *changes: tuple[str, str]) -> Path:
    text = spec.read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    spec.write_text(text)
    return spec


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("objective: val_loss", "objective: val_acuracy"), "`val_acuracy` is not logged"),
        (("validation: 0.2, ", ""), "`val_loss` is not measured"),
        (("sampler: tpe", "sampler: grid"), "a grid has no end"),
        (("objective: val_loss\n", "objective: [val_loss, flops]\n"), ""),
        (("objective: val_loss", "objective: [val_loss, val_loss]"), "twice"),
        (("layers.drop.rate: [0.0, 0.2, 0.5]", "train.seed: [1, 2]"), "a seed of its own"),
        (("layers.drop.rate: [0.0, 0.2, 0.5]", "data.split.seed: [1, 2]"), "the same rows"),
        (("irises.npz", "roses.npz"), "roses.npz"),
        (("limits: {parameters: 400}", "limits: {parameters: 1}"), "MS714"),
    ],
)
def test_what_is_wrong_is_said_before_the_first_trial(
    change: tuple[str, str], said: str, tmp_path: Path
) -> None:
    spec = changed(killing.write_study(tmp_path), change)
    if not said:
        prepare(spec)
        return
    assert any(said in told for told in refused(spec))
    assert not (tmp_path / "runs").exists()


def test_torch_is_not_imported_before_the_trials(tmp_path: Path) -> None:
    spec = killing.write_study(tmp_path)
    program = (
        f"import sys, modelspec; modelspec.prepare_study({str(spec)!r});"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-c", program], check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )


def test_what_cannot_be_asked_of_a_study(tmp_path: Path) -> None:
    spec = killing.write_study(tmp_path)
    for settings in ({"workers": 0}, {"trials": 0}):
        with pytest.raises(TuneError):
            prepare(spec, **settings)
    with pytest.raises(TuneError, match="standard input"):
        modelspec.prepare_study("-")
    assert any("no study" in told for told in refused(spec, resume="nowhere"))
