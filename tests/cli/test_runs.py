"""`modelspec runs`."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.running import Run
from tests.runner.worlds import write_flowers


def two_runs(run: Run, folder: Path) -> tuple[str, str, str]:
    spec, runs = str(write_flowers(folder)), str(folder / "runs")
    for epochs, rate in ((2, 0.01), (3, 0.1)):
        changed = ("--set", f"train.epochs={epochs}", "--set", f"train.learning_rate={rate}")
        assert run("train", spec, "--runs-dir", runs, "-q", *changed).code == 0
    first, second = sorted((folder / "runs" / "flowers").glob("2*"), key=lambda path: path.name)
    return runs, str(first), str(second)


def test_runs_are_listed_and_compared(run: Run, tmp_path: Path) -> None:
    runs, first, second = two_runs(run, tmp_path)
    shown = json.loads(run("runs", "--runs-dir", runs, "--json").out)
    assert [each["folder"] for each in shown] == [first, second]
    assert [(each["epochs"], each["wanted"]) for each in shown] == [(2, 2), (3, 3)]
    assert shown[0]["best"].keys() == {"loss", "accuracy", "val_loss", "val_accuracy"}
    rows = [line.split(",") for line in (Path(first) / "history.csv").read_text().splitlines()]
    column = rows[0].index("val_loss")
    assert shown[0]["best"]["val_loss"] == min(float(row[column]) for row in rows[1:])
    table = run("runs", "flowers", "--runs-dir", runs).out
    assert "2/2" in table
    assert "3/3" in table
    assert "val_loss" in table
    found = json.loads(run("runs", "compare", first, second, "--json").out)
    assert found["spec"] == {"train.epochs": ["2", "3"], "train.learning_rate": ["0.01", "0.1"]}
    assert found["data"] == found["environment"] == {}
    table = run("runs", "compare", first, "flowers", "--runs-dir", runs).out
    assert "train.learning_rate" in table
    assert "data: the same" in table


@pytest.mark.parametrize("damage", ["", "{", "[1, 2]", None])
def test_a_damaged_run_hides_no_other(damage: str | None, run: Run, tmp_path: Path) -> None:
    runs, first, second = two_runs(run, tmp_path)
    if damage is None:
        (Path(first) / "history.csv").write_text("epoch,loss\nhm,1\n")
    else:
        (Path(first) / "run.json").write_text(damage)
    listed = run("runs", "--runs-dir", runs, "--json")
    assert [each["folder"] for each in json.loads(listed.out)] == [second]
    assert listed.code == 1
    assert "MS807" in listed.err or "damaged" in listed.err
    assert first in listed.err
    table = run("runs", "--runs-dir", runs)
    assert Path(second).name in table.out
    assert table.err.count("error[") == 1


def test_a_comparison_names_runs_as_they_are_from_here(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, first, second = two_runs(run, tmp_path)
    monkeypatch.chdir(Path(first).parent)
    head = run("runs", "compare", first, second).out.splitlines()[1]
    assert head.split() == [Path(first).name, Path(second).name]
    monkeypatch.chdir(first)
    head = run("runs", "compare", first, second).out.splitlines()[1]
    assert head.split() == [".", second]


def test_what_cannot_be_shown(run: Run, tmp_path: Path) -> None:
    runs = str(tmp_path / "runs")
    assert "no runs in" in run("runs", "--runs-dir", runs).out
    for words, code, said in (
        (("compare", "a"), 2, "takes two runs"),
        (("comparr", "a", "b"), 2, "did you mean `compare`?"),
        (("digits",), 2, "there is no run of `digits`"),
        (("compare", "a", "b"), 1, "there is no run `a`"),
        (("report",), 2, "`report` takes one run"),
        (("report", "a"), 1, "there is no run `a`"),
        (("repot", "a"), 2, "did you mean `report`?"),
        (("comprae",), 2, "Did you mean `compare`?"),
    ):
        result = run("runs", *words, "--runs-dir", runs)
        assert result.code == code
        assert said in result.err


def test_a_row_that_was_cut_off_is_left_out(run: Run, tmp_path: Path) -> None:
    runs, first, _ = two_runs(run, tmp_path)
    with open(Path(first) / "history.csv", "a") as file:
        file.write("3,0.1")
    shown = json.loads(run("runs", "--runs-dir", runs, "--json").out)
    assert shown[0]["epochs"] == 2


@pytest.mark.parametrize(("old", "new"), [("\n1,", "\nabc,"), ("\n2,", "\n2,0.5,")])
def test_a_history_of_something_else_is_a_finding(
    old: str, new: str, run: Run, tmp_path: Path
) -> None:
    runs, first, _ = two_runs(run, tmp_path)
    history = Path(first) / "history.csv"
    history.write_bytes(history.read_bytes().replace(old.encode(), new.encode()))
    result = run("runs", "--runs-dir", runs)
    assert result.code == 1
    assert "history.csv:1:1 error[run-directory]: it is not what a run wrote" in result.err


def test_a_report_is_written_anew(run: Run, tmp_path: Path) -> None:
    runs, first, _ = two_runs(run, tmp_path)
    page = Path(first) / "report.html"
    before = page.read_text()
    page.unlink()
    done = run("runs", "report", first)
    assert (done.code, done.out.strip()) == (0, str(page))
    assert page.read_text() == before
    assert json.loads(run("runs", "report", first, "--json").out) == {"report": str(page)}
    write_flowers(tmp_path)
    arrays = dict(np.load(tmp_path / "flowers.npz"))
    np.savez(tmp_path / "flowers.npz", **{**arrays, "petals": arrays["petals"] + 1})
    other = run("runs", "report", "flowers", "--runs-dir", runs)
    assert other.code == 0
    assert "the data is no longer what this run was trained on" in other.err
    (tmp_path / "flowers.npz").unlink()
    gone = run("runs", "report", first)
    assert gone.code == 1
    assert "flowers.npz" in gone.err
    assert page.read_text() == before


def test_a_training_says_where_its_report_lies(run: Run, tmp_path: Path) -> None:
    spec, runs = str(write_flowers(tmp_path)), str(tmp_path / "runs")
    done = run("train", spec, "--runs-dir", runs, "-q")
    (page,) = (tmp_path / "runs" / "flowers").glob("2*/report.html")
    assert f"report   {page}" in done.out
