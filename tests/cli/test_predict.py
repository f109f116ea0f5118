from pathlib import Path

import numpy as np
import polars as pl
import pytest

from modelspec.cli import main

pytestmark = pytest.mark.usefixtures("in_flowers")


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet", "npz"])
def test_predictions_come_as_the_file_says(
    ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"out.{ending}"
    assert main(["predict", "flowers", "--data", "flowers.npz", "-o", str(file)]) == 0
    assert capsys.readouterr().out == f"100 rows in {file}: species, species_probability\n"
    if ending == "npz":
        assert np.load(file)["species_probability"].shape == (100, 3)
        return
    read = {"csv": pl.read_csv, "parquet": pl.read_parquet}.get(ending)
    frame = read(file) if read else pl.read_csv(file, separator="\t")
    assert frame.columns[:2] == ["species", "species_probability_0"]
    assert len(frame) == 100


def test_inner_nodes_become_arrays(tmp_path: Path) -> None:
    file = tmp_path / "out.npz"
    arguments = ["--data", "flowers.npz", "-o", str(file), "--output", "hidden"]
    assert main(["predict", "flowers", *arguments]) == 0
    assert np.load(file)["hidden"].shape == (100, 8)


def test_inner_nodes_become_columns(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    arguments = ["--data", "flowers.npz", "-o", str(file), "--output", "hidden"]
    assert main(["predict", "flowers", *arguments]) == 0
    assert pl.read_csv(file).columns[-2:] == ["hidden_6", "hidden_7"]


def test_a_table_too_wide_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("modelspec.cli.predict.MOST_COLUMNS", 5)
    arguments = ["--data", "flowers.npz", "-o", str(tmp_path / "out.csv"), "--output", "hidden"]
    assert main(["predict", "flowers", *arguments]) == 2
    assert "write it as .npz" in capsys.readouterr().err
    arguments[3] = str(tmp_path / "OUT.NPZ")
    assert main(["predict", "flowers", *arguments]) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["flowers"], 2, "--data FILE"),
        (["flowers", "--data", "flowers.npz", "-o", "out.txt"], 2, "must end in"),
        (["flowers", "--data", "flowers.npz", "-o", "gone/out.csv"], 2, "cannot write"),
        (["flowers", "--data", "flowers.npz", "--output", "hiden"], 1, "did you mean `hidden`?"),
        (["flowers", "--data", "spec.yaml"], 1, "spec.yaml"),
        (["flowers", "--data", "flowers.npz", "--threshold", "nan"], 2, "nan is not a number"),
    ],
)
def test_what_cannot_be_is_said(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", *arguments]) == code
    assert said in capsys.readouterr().err
