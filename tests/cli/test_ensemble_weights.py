"""What `ensemble --weights`, `--calibrate` and `--soup` print and leave."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from modelspec.ensembles.record import read_record
from tests.ensembles.runs import DEEP, WIDE, train, write_trees

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.running import Run


@pytest.fixture
def trees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_trees(tmp_path)
    held = {"overrides": ["data.split={validation: 0.4, test: 0.2}"]}
    train(tmp_path, WIDE, **held)
    train(tmp_path, DEEP, **held)
    return tmp_path


def test_the_table_is_what_is_kept_and_what_eval_says(run: Run, trees: Path) -> None:
    done = run("ensemble", "wide", "deep", "--weights", "greedy", "--calibrate", "-o", "both")
    assert done.code == 0, done.err
    assert "fitted on 24 validation rows, measured on 12 test rows" in done.out
    (weighting,) = read_record(trees / "both").outputs.values()
    for line in weighting.table:
        assert f"{line.values['log loss']:.4f}" in done.out
    assert f"temperature {weighting.temperature:.4g}" in done.out
    told = json.loads(run("eval", "both", "--json").out)
    assert told["loss"] == pytest.approx(weighting.table[-1].values["log loss"], rel=1e-4)


def test_a_soup_is_a_run_of_its_spec(run: Run, trees: Path) -> None:
    start = next((trees / "runs" / "wide").glob("2*/best.safetensors"))
    settings = ["--set", f"train.weights={start}", "--name", "tuned", "-q"]
    wide = trees / "wide.yaml"
    wide.write_text(next((trees / "runs" / "wide").glob("2*/spec.yaml")).read_text())
    assert run("train", str(wide), "--seeds", "3", *settings).code == 0
    done = run("ensemble", "tuned", "--soup", "--weights", "greedy", "-o", "soup")
    assert done.code == 0, done.err
    assert "greedy soup" in done.out
    assert "uniform soup" in done.out
    told = json.loads(run("eval", "soup", "--json").out)
    (weighting,) = read_record(trees / "soup").outputs.values()
    assert told["loss"] == pytest.approx(weighting.table[-1].values["loss"], rel=1e-4)
    assert (trees / "soup" / "report.html").is_file()
    assert run("predict", "soup", "--data", "trees.csv", "-o", "out.csv").code == 0
    refused = run("ensemble", "wide", "tuned", "--soup")
    assert refused.code == 1
    assert "did not begin as the same weights" in " ".join(refused.err.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--soup", "--weights", "fit"], "weights of weights are not fitted"),
        (["--soup", "--calibrate"], "there is no temperature"),
        (["--soup", "--as-spec", "x.yaml"], "no other is written"),
        (["--weights", "best"], "'best' is not one of"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(
    arguments: list[str], said: str, run: Run, trees: Path
) -> None:
    result = run("ensemble", "wide", "deep", *arguments)
    assert result.code == 2
    assert said in " ".join(result.err.split())
    assert not (trees / "runs" / "wide_ensemble").exists()
