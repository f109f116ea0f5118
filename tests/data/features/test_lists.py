"""Columns of lists: vectors, arrays, and what is none."""

import json

import numpy as np
import polars as pl
import pytest

from tests.data.worlds import World, world

VECTOR, SEQUENCE = "x: {missing: error}", "x: {type: sequence}"


def _world(folder, values, dims, feature=VECTOR) -> World:
    rows = "".join(json.dumps({"x": value}) + "\n" for value in values)
    (folder / "rows.jsonl").write_text(rows)
    return world(folder, f"file: rows.jsonl\nfeatures: {{{feature}}}", {"x": dims}, {})


def test_lists_in_lists_are_an_array(tmp_path):
    values = np.arange(24.0).reshape(2, 3, 4)
    found = _world(tmp_path, values.tolist(), [3, 4]).splits().train.inputs["x"]
    np.testing.assert_array_equal(found, values)


def test_arrays_of_parquet_are_arrays(tmp_path):
    values = np.arange(12.0).reshape(2, 3, 2)
    dtype = pl.Array(pl.Float64, (3, 2))
    pl.DataFrame({"x": pl.Series(values.tolist(), dtype=dtype)}).write_parquet(
        tmp_path / "a.parquet"
    )
    found = world(tmp_path, "file: a.parquet", {"x": [3, 2]}, {}).splits().train.inputs["x"]
    np.testing.assert_array_equal(found, values)


@pytest.mark.parametrize(
    ("missing", "expected"),
    [("drop", [[1, 2], [3, 6]]), ("mean", [[1, 2], [3, 3], [3, 6]]),
     ("{missing: constant, fill: 7}", [[1, 2], [7, 7], [3, 6]])],
)  # fmt: skip
def test_a_row_without_a_list_misses_its_value(tmp_path, missing, expected):
    says = missing if missing.startswith("{") else f"{{missing: {missing}}}"
    given = _world(tmp_path, [[1, 2], None, [3, 6]], [2], f"x: {says}")
    assert given.splits().train.inputs["x"].tolist() == expected
    assert "at line 2" in _world(tmp_path, [[1, 2], None, [3, 6]], [2]).finding().message


@pytest.mark.parametrize(
    ("values", "message", "help"),
    [
        ([[], []], "`x` has rows of `[0]`", ""),
        ([[1, 2], [3]], "lists of 1 to 2 numbers", "`type: sequence`"),
        ([[1, 2], []], "lists of 0 to 2 numbers", "`type: sequence`"),
        ([[[1, 2], [3]], [[1, 2], [3, 4]]], "lists of 1 to 2 numbers", "`type: sequence`"),
        ([["a", "b"], ["c", "d"]], "lists of text", "`encode: multi_hot`"),
    ],
)
def test_other_lists_are_a_finding(tmp_path, values, message, help):
    found = _world(tmp_path, values, [2]).finding()
    assert message in found.message
    assert help in (found.help or "")


@pytest.mark.parametrize("normalize", ["none", "standard"])
def test_sequences_may_all_be_empty(tmp_path, normalize):
    feature = f"x: {{type: sequence, normalize: {normalize}, length: 2}}"
    found = _world(tmp_path, [[], []], [2], feature).splits().train.inputs["x"]
    assert found.tolist() == [[0, 0], [0, 0]]


def test_what_is_filled_in_is_a_number_where_numbers_are(tmp_path):
    found = _world(tmp_path, [1, 2], [1], "x: {missing: constant, fill: none}").finding()
    assert found.message == "`fill` is `none`, and `x` holds numbers"
