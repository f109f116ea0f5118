"""A few predictions as JSON have the values of the file that `write_predictions` writes."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from modelspec.data import Labelled, prediction_lines, prediction_rows, predictions_frame


def test_every_kind_of_value() -> None:
    columns = {
        "n": np.array([0.1, np.nan, -np.inf], np.float32),
        "p": Labelled(np.array([[0.5], [1e-9], [3e20]], np.float32), ("yes",)),
        "i": np.array([1, 2, 3]),
        "b": np.array([True, False, True]),
        "t": np.array(['a"', "\n", "ö"]),
    }
    first, second, third = map(json.loads, prediction_lines(columns))
    assert first == {"n": 0.1, "p_yes": 0.5, "i": 1, "b": True, "t": 'a"'}
    assert second == {"n": None, "p_yes": 1e-9, "i": 2, "b": False, "t": "\n"}
    assert third == {"n": None, "p_yes": 3e20, "i": 3, "b": True, "t": "ö"}


@given(
    st.integers(1, 3).flatmap(
        lambda rows: st.tuples(
            arrays(np.float32, (rows, 2)),
            arrays(np.float64, (rows, 2, 1)),
            arrays(np.int64, (rows,)),
            arrays("U3", (rows,), elements=st.text(max_size=3)),
        )
    )
)
@settings(max_examples=30)
def test_rows_are_those_of_a_file(known):
    narrow, wide, counts, texts = known
    columns = {"p": Labelled(narrow, ("a", "b")), "w": wide, "n": counts, "t": texts}
    written = [json.loads(each) for each in predictions_frame(columns).write_ndjson().splitlines()]
    assert prediction_rows(columns) == written


@pytest.mark.parametrize(
    ("widest", "keys"), [(3, ["x"]), (4, ["x_0_0", "x_0_1", "x_1_0", "x_1_1"])]
)
def test_wide_arrays_may_be_nested(widest, keys):
    columns = {"x": np.array([[[0.1, np.nan], [2, 3]]], np.float32)}
    (row,) = map(json.loads, prediction_lines(columns, widest))
    assert list(row) == keys
    assert np.ravel(list(row.values())).tolist() == [0.1, None, 2, 3]
