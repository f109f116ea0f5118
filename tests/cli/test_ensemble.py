"""What `ensemble` makes of runs, and what it refuses."""

from __future__ import annotations

import csv
import json
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from modelspec.runner.checkpoint.safetensors_file import read_tensors
from tests.ensembles.runs import DEEP, PRICE, WIDE, train, write_trees

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.running import Run


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table, and runs of two specs and of two folds."""
    folder = tmp_path_factory.mktemp("trees")
    write_trees(folder)
    train(folder, WIDE)
    train(folder, DEEP)
    text = PRICE.replace("NORMALIZE", "standard").replace("decision", "")
    tall = "tall: {loss: binary_crossentropy, metrics: [accuracy], decision: {best: f1}}"
    text = text.replace("tall: {loss: binary_crossentropy, metrics: [accuracy]}", tall)
    for fold in ("1/2", "2/2"):
        train(folder, text, fold=fold)
    return folder


@pytest.fixture(autouse=True)
def in_trees(trees: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(trees)


def told(text: str) -> str:
    return " ".join(text.split())


def test_the_directory_is_used_like_a_run(run: Run, tmp_path: Path) -> None:
    done = run("ensemble", "wide", "deep", "--runs-dir", "runs", "--name", "both")
    assert done.code == 0, done.err
    assert "next modelspec eval runs/both/" in told(done.out)
    measured = json.loads(run("eval", "both", "--json").out)
    assert measured["data"] == "test rows"
    out = str(tmp_path / "said.csv")
    assert run("predict", "both", "--data", "trees.csv", "-o", out).code == 0
    with open(out, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60
    assert "kind_spread" in rows[0]
    (listed,) = json.loads(run("runs", "both", "--json").out)
    assert (listed["members"], listed["epochs"]) == (2, 0)
    assert listed["best"]["test_log_loss"] == pytest.approx(measured["loss"], rel=1e-4)
    assert "2 members" in run("runs", "both").out
    page = run("runs", "report", "both").out.strip()
    with open(page, encoding="utf-8") as file:
        text = file.read()
    assert "a mean of 2 members" in text
    assert "What the mean is worth" in text
    assert "the ensemble</span>" in text


def test_as_a_spec_it_says_the_same_and_trains_on(run: Run, trees: Path, tmp_path: Path) -> None:
    spec, weights = tmp_path / "both.yaml", tmp_path / "both.safetensors"
    out = tmp_path / "made"
    done = run("ensemble", "wide", "deep", "-o", str(out), "--as-spec", str(spec))
    assert done.code == 0, done.err
    assert f"spec {spec} weights {weights}" in told(done.out)
    assert run("lint", "--strict", str(spec)).code == 0
    assert run("plot", str(spec), "-o", str(tmp_path / "both.svg")).code == 0
    data = ["--data", str(trees / "trees.csv"), "-o"]
    assert run("predict", str(out), *data, str(tmp_path / "run.csv")).code == 0
    made = run("predict", str(spec), "--weights", str(weights), *data, str(tmp_path / "spec.csv"))
    assert made.code == 0, made.err
    assert (tmp_path / "run.csv").read_bytes() == (tmp_path / "spec.csv").read_bytes()
    settings = ["--set", "train.epochs=1", "--runs-dir", str(tmp_path / "runs"), "-q"]
    trained = run("train", str(spec), *settings)
    assert trained.code == 0, trained.err
    assert "both.safetensors" in trained.err
    (last,) = (tmp_path / "runs" / "wide_ensemble").glob("2*/last.safetensors")
    begun, ended = read_tensors(weights)[0], read_tensors(last)[0]
    assert begun.keys() == ended.keys()
    assert all(not begun[name].equal(ended[name]) for name in ("wide.kind.weight",))
    again = run("ensemble", "wide", "deep", "--as-spec", str(spec))
    assert again.code == 1
    assert "nothing is overwritten" in again.err


def test_folds_have_no_validation_rows_in_common(run: Run, tmp_path: Path) -> None:
    folds = sorted(str(each) for each in (tmp_path.cwd() / "runs" / "price").glob("2*"))
    out = tmp_path / "folds"
    done = run("ensemble", *folds, "-o", str(out))
    assert done.code == 0, done.err
    assert "each validation row is one that another member was trained on" in done.out
    assert "tall is yes from" in done.out
    assert "the mean of the members' thresholds" in told(done.out)
    measured = run("eval", str(out))
    assert measured.code == 0, measured.err
    assert "12 test rows" in measured.out
    assert run("eval", str(out), "--split", "validation").code == 1
    refused = run("ensemble", *folds, "--as-spec", str(tmp_path / "folds.yaml"))
    assert refused.code == 1
    assert "a spec fits its columns anew, and `x`, `price_2_x` and `price` would not" in told(
        refused.err
    )
    assert not (tmp_path / "folds.yaml").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["wide"], "an ensemble has two members or more"),
        (["wide", "wide"], "it is named twice"),
        (["wide", "price"], "no output in common: `wide` has `kind`; `price_1` has"),
        (["wide", "deeep"], "did you mean `deep`?"),
        (["wide", "deep", "-o", "runs"], "it is there already, and nothing is overwritten"),
        (["wide", "deep", "-o", ""], "the directory to make has no name"),
        (["wide", "deep", "--as-spec", "both.json"], "a spec's name ends in .yaml"),
        (["wide", "deep", "--as-spec", "no/both.yaml"], "there is no folder `no`"),
    ],
)
def test_what_is_refused(run: Run, words: list[str], said: str) -> None:
    done = run("ensemble", *words)
    assert done.code == 1
    assert said in told(done.err)


def test_a_member_without_weights_is_refused(run: Run, trees: Path) -> None:
    lost = train(trees, WIDE.replace("name: wide", "name: lost"))
    for path in lost.glob("*.safetensors"):
        path.unlink()
    done = run("ensemble", "lost", "deep")
    assert done.code == 1
    assert "the run has no best.safetensors and no last.safetensors" in told(done.err)


def test_no_training_of_it_goes_on(run: Run, trees: Path, tmp_path: Path) -> None:
    (trees / "wide.yaml").write_text(dedent(WIDE))
    assert run("ensemble", "wide", "deep", "-o", str(tmp_path / "both")).code == 0
    done = run("train", "wide.yaml", "--resume", str(tmp_path / "both"))
    assert done.code == 1
    assert "it is an ensemble: no training of it was begun" in told(done.err)
    last = run("eval", str(tmp_path / "both"), "--weights", "last")
    assert last.code == 1
    assert "an ensemble has the best weights of its members, and no others" in told(last.err)


def test_it_is_measured_in_a_list_beside_runs(run: Run) -> None:
    assert run("ensemble", "wide", "deep", "--name", "listed").code == 0
    shown = run("runs").out
    assert "test_log_loss" in shown
    assert "val_loss" in shown


def test_another_number_of_weights_than_members_is_refused(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "both"
    assert run("ensemble", "wide", "deep", "-o", str(out)).code == 0
    content = json.loads((out / "ensemble.json").read_text())
    content["members"] = content["members"] * 2
    (out / "ensemble.json").write_text(json.dumps(content))
    done = run("runs", "report", str(out))
    assert done.code == 1
    assert "another number of weights than of members" in told(done.err)
