"""Rows are read where they are."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelspec.data.arrays.npy_rows import RowFile

ARRAY = np.arange(120, dtype=np.int16).reshape(20, 3, 2)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rows") / "x.npy"
    np.save(path, ARRAY)
    return path


@given(rows=st.lists(st.integers(0, 19)))
def test_rows_are_those_of_the_array(file: Path, rows: list[int]) -> None:
    wanted = np.array(rows, np.int64)
    taken = RowFile(str(file)).take(wanted)
    np.testing.assert_array_equal(taken, ARRAY[wanted])
    assert taken.flags.writeable


def test_a_system_that_cannot_read_at_a_place(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.preadv", raising=False)
    rows = np.array([4, 0, 4])
    np.testing.assert_array_equal(RowFile(str(file)).take(rows), ARRAY[rows])


def test_a_file_that_became_shorter(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", ARRAY)
    rows = RowFile(str(tmp_path / "x.npy"))
    with (tmp_path / "x.npy").open("r+b") as file:
        file.truncate(200)
    with pytest.raises(OSError, match="shorter than it was"):
        rows.take(np.array([19]))
