"""One-hot rows as class indices."""

import numpy as np
import pytest

from modelspec.runner.input import class_indices as module
from modelspec.runner.input.class_indices import class_indices


@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.bool_])
@pytest.mark.parametrize("shape", [(7,), (4, 3), (0,)])
def test_the_place_of_the_one(shape, dtype, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 5)
    wanted = np.random.default_rng(0).integers(0, 4, shape)
    found = class_indices(np.eye(4, dtype=dtype)[wanted])
    assert found is not None
    assert found.dtype == np.int64
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize(
    "odd", [[0.9, 0.1, 0], [1, 1, 0], [0, 0, 0], [2, 0, 0], [1, np.nan, 0], [1, -1, 1]]
)
@pytest.mark.parametrize("place", [0, 4, 9])
def test_other_rows_stay(odd, place, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 5)
    rows = np.eye(3, dtype=np.float32)[[0] * 10]
    rows[place] = odd
    assert class_indices(rows) is None


def test_one_class_is_no_choice():
    assert class_indices(np.ones((5, 1), np.float32)) is None
