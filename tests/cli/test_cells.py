"""What is said of missing, unknown and clipped cells: by train, eval and predict."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from modelspec.cli import main

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """\
version: 1
name: houses
inputs: {numbers: [3], city: [3]}
layers: {join: Concatenate, price: {type: Dense, units: 1}}
edges: ["numbers, city -> join -> price"]
outputs: {price: {loss: mse}}
data:
  file: houses.csv
  split: {validation: 0.2, test: 0.2}
  features:
    numbers:
      {columns: [age, rooms], missing: {age: median}, indicator: true, normalize: robust, clip: 9}
    city: {type: category, unknown: ignore}
    price: {normalize: standard}
train: {epochs: 1, seed: 0}
"""
AGE = "age: 2 of 60 values were missing and are filled with the median, "


def rows(missing: str) -> str:
    lines = [
        f"{missing if n in (3, 40) else n % 9},{n % 4},{'Rome Oslo Lima'.split()[n % 3]},{n}"
        for n in range(60)
    ]
    return "\n".join(["age,rooms,city,price", *lines, ""])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a spec, a table with missing values, and a run of it lie."""
    folder = tmp_path_factory.mktemp("houses")
    (folder / "spec.yaml").write_text(SPEC)
    (folder / "houses.csv").write_text(rows("NA"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["train", "spec.yaml", "--quiet"]) == 0
    return folder


@pytest.fixture(autouse=True)
def _in_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


def test_train_says_it_before_it_trains(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "spec.yaml", "--name", "loud"]) == 0
    line = capsys.readouterr().err.splitlines()[0]
    assert line.startswith(AGE)
    assert line.endswith("(first at line 5)")


def test_a_quiet_run_keeps_it(folder: Path) -> None:
    record = json.loads((folder / "runs/houses/latest/run.json").read_text())
    (count,) = record["data"]["cells"]["train"]["columns"]
    assert (count["column"], count["happening"], count["cells"]) == ("age", "missing", 2)
    assert record["data"]["cells"]["train"]["rows"] == 60
    assert AGE in (folder / "runs/houses/latest/report.html").read_text("utf-8")


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "spec.yaml", "--quiet", "--name", "quiet"]) == 0
    found = capsys.readouterr()
    assert "missing" not in found.out + found.err


def test_a_clean_table_says_nothing(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "houses.csv").write_text(rows("5"))
    (tmp_path / "spec.yaml").write_text(SPEC)
    monkeypatch.chdir(tmp_path)
    assert main(["train", "spec.yaml"]) == 0
    assert "houses.csv" not in capsys.readouterr().err
    record = json.loads((tmp_path / "runs/houses/latest/run.json").read_text())
    assert "cells" not in record["data"]
    assert main(["eval", "houses", "--json"]) == 0
    assert "cells" not in json.loads(capsys.readouterr().out)


def test_a_run_goes_on_whatever_is_known_of_its_cells(folder: Path) -> None:
    assert main(["train", "spec.yaml", "--name", "older", "--quiet"]) == 0
    file = next((folder / "runs/older").glob("2*/run.json"))
    record = json.loads(file.read_text())
    del record["data"]["cells"]
    file.write_text(json.dumps(record))
    resumed = ["--resume", str(file.parent), "--set", "train.epochs=2", "--quiet"]
    assert main(["train", "spec.yaml", *resumed]) == 0


def test_eval_says_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "houses"]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith(AGE)
    assert main(["eval", "houses", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["cells"]["columns"][0]["cells"] == 2
    other = tmp_path / "new.csv"
    other.write_text("age,rooms,city,price\n3,1,Rome,5\n?,2,Turin,6\n900,2,Oslo,6\n")
    assert main(["eval", "houses", "--data", str(other)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("age: 1 of 3 values was missing and is filled with the median, ")
    assert lines[1] == (
        "age: 1 of 3 values was not within -9 to 9, and is set to the nearer end (first at line 4)"
    )
    assert lines[2].startswith("city: 1 of 3 values was not known from training")
    assert lines[2].endswith("(first at line 3)")


def test_predict_says_it_and_strict_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new, out = tmp_path / "new.csv", tmp_path / "out.csv"
    new.write_text(
        dedent(
            """\
            age,rooms,city
            3,1,Rome
            2,2,Turin
            """
        )
    )
    arguments = ["predict", "houses", "--data", str(new), "-o", str(out)]
    assert main([*arguments, "--strict"]) == 1
    found = capsys.readouterr()
    assert not out.exists()
    assert "new.csv:3:1 error[unclean-cells]: `city`: 1 of 2 values was not known" in found.err
    assert "help: " in found.err
    assert main(arguments) == 0
    assert out.exists()
    (said, _) = capsys.readouterr().out.splitlines()
    assert said.startswith("city: 1 of 2 values was not known from training")
    new.write_text("age,rooms,city\n3,1,Rome\n")
    assert main([*arguments, "--strict"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_rows_to_predict_are_never_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "houses.csv").write_text(rows("NA"))
    spec = SPEC.replace("missing: {age: median}, indicator: true, ", "missing: drop, ")
    (tmp_path / "spec.yaml").write_text(spec.replace("numbers: [3]", "numbers: [2]"))
    monkeypatch.chdir(tmp_path)
    assert main(["train", "spec.yaml"]) == 0
    said = capsys.readouterr().err.splitlines()[0]
    assert said == "age: 2 of 60 values were missing, and their rows are left out (first at line 5)"
    (tmp_path / "new.csv").write_text("age,rooms,city\n?,1,Rome\n")
    assert main(["predict", "houses", "--data", "new.csv", "-o", "out.csv"]) == 1
    assert "`age` has no value (`?`) at line 2" in capsys.readouterr().err
