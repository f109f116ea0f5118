"""Run directories that earlier versions left can be resumed, evaluated and predicted from.

`old_run/` was made by the commit before the rooms of the runner: a run of three epochs that was
interrupted in its second one. `spec.yaml` and `flowers.npz` are what it was trained on.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from modelspec.cli import main
from modelspec.runner.checkpoint.safetensors_file import read_tensors
from modelspec.runner.run.directory import RECORD
from tests.runner.worlds import run

KEPT = Path(__file__).parent / "old_run"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A copy of the old run, whose data lies in `tmp_path`."""
    for name in ("spec.yaml", "flowers.npz"):
        shutil.copy(KEPT / name, tmp_path)
    folder = tmp_path / "runs" / "flowers" / "2026-11-29T05-19-11"
    shutil.copytree(KEPT / "run", folder)
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    record["folder"] = str(tmp_path)
    (folder / RECORD).write_text(json.dumps(record), encoding="utf-8")
    return folder


def test_it_is_resumed_to_the_end_of_a_run_that_never_stopped(old: Path, tmp_path: Path) -> None:
    begun = (old / "history.csv").read_text(encoding="utf-8")
    resumed = run(tmp_path / "spec.yaml", resume=old)
    assert resumed.resumed_after == 1
    whole = run(tmp_path / "spec.yaml", runs=tmp_path / "whole")
    assert whole.folder
    for row, expected in zip(resumed.history, whole.history, strict=True):
        assert row == pytest.approx({key: expected[key] for key in row}, rel=1e-4)
    assert (old / "history.csv").read_text(encoding="utf-8").startswith(begun)
    weights, expected_weights = (
        read_tensors(folder / "last.safetensors")[0] for folder in (old, whole.folder)
    )
    assert weights.keys() == expected_weights.keys()
    for name, weight in weights.items():
        np.testing.assert_allclose(weight, expected_weights[name], rtol=1e-4, atol=1e-5)


def test_it_is_evaluated_predicted_from_and_reported(
    old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", str(old), "--json", "--split", "validation"]) == 0
    measured = json.loads(capsys.readouterr().out)
    (row,) = (old / "history.csv").read_text(encoding="utf-8").splitlines()[1:]
    val_loss = float(row.split(",")[3])
    assert measured["loss"] == pytest.approx(val_loss, rel=1e-4)
    out = tmp_path / "out.npz"
    assert main(["predict", str(old), "--data", str(tmp_path / "flowers.npz"), "-o", str(out)]) == 0
    assert len(np.load(out)["species"]) == 100
    assert main(["runs", "report", str(old)]) == 0
    assert (old / "report.html").is_file()
    capsys.readouterr()
    assert main(["runs", "--runs-dir", str(tmp_path / "runs"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["epochs"] == 1
