"""Commands that read runs, given a study or one of its trials."""

import json
from pathlib import Path

import pytest

from modelspec.runner.run.directory import folders_named
from tests.cli.running import Run
from tests.tuning.studies import make_study, mixed, put_trial, trial

TIME = "2026-11-29T14-00-00"
RECORD = '{"name": "digits", "spec": "digits.yaml"}'


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study with something of everything, the latest of its name."""
    monkeypatch.chdir(tmp_path)
    folder = mixed(Path("runs/digits") / TIME)
    (folder.parent / "latest").symlink_to(TIME)
    for path in (*folder.glob("trials/*"), *folder.glob("confirm/*")):
        (path / "run.json").write_text(RECORD)
        (path / "environment.json").write_text("{}")
        (path / "spec.yaml").write_text("train: {epochs: 9, seed: 1}\n")
    return folder


def test_a_study_is_one_line_of_a_list(study: Path, run: Run) -> None:
    done = run("runs")
    assert done.code == 0
    assert [line for line in done.out.splitlines() if TIME in line] == [
        line for line in done.out.splitlines() if "6 trials" in line
    ]
    assert "0.9650 ± 0.0071" in done.out
    assert str(study) in done.out
    (data,) = json.loads(run("runs", "--json").out)
    assert data["trials"] == 6
    assert data["best"] == {"val_accuracy": 0.965, "test_accuracy": 0.955, "test_loss": 0.25}


def test_its_trials_are_listed_when_they_are_asked_for(study: Path, run: Run) -> None:
    done = run("runs", "digits", "--trials")
    listed = [line.split()[0] for line in done.out.splitlines() if TIME in line]
    assert listed[0] == str(study)
    assert str(study / "trials" / "0004") in listed
    assert str(study / "confirm" / "0002-1") in listed
    assert len(listed) == 1 + 7 + 4


def test_a_name_that_is_nearly_right_is_guessed(study: Path, run: Run) -> None:
    done = run("runs", "digit")
    assert done.code == 2
    assert "Did you mean `digits`?" in done.err


def test_a_damaged_study_is_named_and_the_others_are_listed(study: Path, run: Run) -> None:
    make_study(Path("runs/other/1"), [trial(1, 0.5)])
    (study / "trials" / "0003" / "trial.json").write_text("{")
    done = run("runs")
    assert done.code == 1
    assert "trials/0003/trial.json" in done.err + done.out
    assert "runs/other/1" in done.out


def test_eval_says_what_a_study_has_measured(study: Path, run: Run) -> None:
    done = run("eval", "digits")
    assert done.code == 0
    assert "7 trials, 1 running, 4 complete, 1 pruned, 1 failed" in done.out
    assert "0.9650 ± 0.0071" in done.out
    assert "test rows, asked once: test_accuracy 0.9550" in done.out
    data = json.loads(run("eval", str(study), "--json").out)
    assert data["best"] == 2
    assert data["best_run"] == str(study / "confirm" / "0002-1")
    assert data["ordered"] == [4, 2, 6, 1]


def test_eval_of_a_study_with_options_names_its_best(study: Path, run: Run) -> None:
    done = run("eval", "digits", "--split", "validation")
    assert done.code == 2
    assert f"{study}/confirm/0002-1" in done.err.replace("\n", "").replace("│", "").replace(" ", "")


@pytest.mark.parametrize("command", ["predict", "train"])
def test_what_takes_one_run_names_the_best(study: Path, run: Run, command: str) -> None:
    Path("rows.csv").write_text("a\n1\n")
    Path("spec.yaml").write_text("x: 1\n")
    words = {
        "predict": ("predict", "digits", "--data", "rows.csv"),
        "train": ("train", "spec.yaml", "--resume", "digits"),
    }[command]
    done = run(*words)
    assert done.code == 1
    assert "it is a study, whose trials are runs" in done.err
    assert f"{study}/confirm/0002-1" in done.err
    assert ("`modelspec tune spec.yaml --resume " in done.err) == (command == "train")


def test_a_study_without_a_best_is_refused_too(run: Run, tmp_path: Path) -> None:
    folder = make_study(tmp_path / "s", [trial(1, status="failed", why="x")])
    assert "no trial has come to its end" in run("eval", str(folder)).out
    done = run("eval", str(folder), "--split", "test")
    assert done.code == 2
    assert "none of them at its end" in " ".join(done.err.split())


def test_trials_are_compared_as_runs(study: Path, run: Run) -> None:
    (study / "trials" / "0002" / "spec.yaml").write_text("train: {epochs: 9, seed: 2}\n")
    done = run("runs", "compare", str(study / "trials" / "0001"), str(study / "trials" / "0002"))
    assert done.code == 0
    assert "spec: train.seed" in done.out
    assert "best val_accuracy" in done.out
    done = run("runs", "compare", "digits", str(study / "trials" / "0002"))
    assert done.code == 1
    assert f"{study}/confirm/0002-1" in done.err


def test_the_page_and_the_table_are_written_anew(study: Path, run: Run) -> None:
    done = run("runs", "report", "digits")
    assert done.code == 0
    assert done.out.strip() == str((study / "report.html").absolute())
    assert (study / "trials.csv").is_file()
    put_trial(study, trial(8, 0.99))
    run("runs", "report", str(study), "--json")
    assert "trial 8" in (study / "report.html").read_text()


def test_trials_are_for_lists_only(study: Path, run: Run) -> None:
    done = run("runs", "report", "digits", "--trials")
    assert done.code == 2


def test_latest_leads_to_a_study_where_it_is_text_too(study: Path) -> None:
    (study.parent / "latest").unlink()
    (study.parent / "latest").write_text(f"{TIME}\n")
    for text in ("digits", "runs/digits", "runs/digits/latest", str(study)):
        assert study in list(folders_named(text))
