import os

import numpy as np
import polars as pl
import pytest

from modelspec.data import Labelled, write_predictions

COLUMNS = {
    "kind": np.array(["x", "y", "x"]),
    "kind_probability": Labelled(np.array([[0.75, 0.25]] * 3, np.float32), ("x", "a, b")),
    "count": np.array([1, 2, 3]),
    "code": np.arange(12.0, dtype=np.float32).reshape(3, 2, 2),
}
NAMES = ["kind", "kind_probability_x", "kind_probability_a, b", "count"]
CODES = ["code_0_0", "code_0_1", "code_1_0", "code_1_1"]


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("a.csv", pl.read_csv),
        ("a.tsv", lambda path: pl.read_csv(path, separator="\t")),
        ("a.parquet", pl.read_parquet),
        ("a.arrow", pl.read_ipc),
        ("a.jsonl", pl.read_ndjson),
        ("a.CSV", pl.read_csv),
    ],
)
def test_tables(tmp_path, name, read):
    write_predictions(tmp_path / name, COLUMNS)
    table = read(tmp_path / name)
    assert table.columns == NAMES + CODES
    assert table["kind"].to_list() == ["x", "y", "x"]
    assert table["count"].to_list() == [1, 2, 3]
    assert table["kind_probability_a, b"].to_list() == [0.25] * 3
    np.testing.assert_array_equal(table.select(CODES).to_numpy(), COLUMNS["code"].reshape(3, 4))
    assert os.listdir(tmp_path) == [name]


def test_npz(tmp_path):
    write_predictions(tmp_path / "a.npz", COLUMNS)
    with np.load(tmp_path / "a.npz") as file:
        assert file["kind"].tolist() == ["x", "y", "x"]
        np.testing.assert_array_equal(file["code"], COLUMNS["code"])
        assert file["kind_probability"].shape == (3, 2)
        assert file["kind_probability_labels"].tolist() == ["x", "a, b"]


def test_npz_is_the_same_every_time(tmp_path):
    for name in ("a.npz", "b.npz"):
        write_predictions(tmp_path / name, COLUMNS)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


@pytest.mark.parametrize("name", ["a.txt", "a", "csv"])
def test_other_suffixes(tmp_path, name):
    with pytest.raises(ValueError, match="must end in"):
        write_predictions(tmp_path / name, COLUMNS)


def test_unequal_columns(tmp_path):
    with pytest.raises(ValueError, match="rows"):
        write_predictions(tmp_path / "a.csv", {"a": np.zeros(3), "b": np.zeros(4)})
    with pytest.raises(ValueError, match="rows"):
        write_predictions(tmp_path / "a.csv", {})


def test_what_was_there_stays_when_writing_fails(tmp_path):
    path = tmp_path / "a.parquet"
    write_predictions(path, COLUMNS)
    before = path.read_bytes()
    with pytest.raises(Exception, match=r"."):
        write_predictions(path, {"a": np.array([object(), 1j, {}], object)})
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["a.parquet"]


def test_a_missing_folder(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        write_predictions(tmp_path / "no" / "a.csv", COLUMNS)
