"""Rows are equal where their hashes are, padding aside."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from modelspec.data.inspect.row_hashes import row_hashes

DTYPES = st.sampled_from(["float32", "float64", "int64", "int32", "uint8", "bool", "float16"])


@given(DTYPES.flatmap(lambda dtype: arrays.arrays(dtype, (6, 3, 2))), st.permutations(range(6)))
def test_a_row_has_one_hash_wherever_it_stands(values, order) -> None:
    found = row_hashes([values, values[:, 0]])
    again = row_hashes([values[order], values[order][:, 0]])
    np.testing.assert_array_equal(found[order], again)


@given(st.lists(st.lists(st.integers(-3, 3), max_size=3).map(tuple), min_size=2, max_size=30))
def test_only_equal_rows_have_equal_hashes(rows) -> None:
    def trimmed(row: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(np.trim_zeros(np.array(row, int)).tolist())

    padded = np.zeros((len(rows), 8), np.int64)
    for place, row in enumerate(rows):
        start = place % 5
        padded[place, start : start + len(row)] = row
    found = row_hashes([padded])
    wider = row_hashes([np.pad(padded, ((0, 0), (3, 40)))])
    np.testing.assert_array_equal(found, wider)
    for one, first in zip(rows, found, strict=True):
        for other, second in zip(rows, found, strict=True):
            assert (trimmed(one) == trimmed(other)) == (first == second)


def test_no_two_of_many_rows_meet() -> None:
    draw = np.random.default_rng(0)
    numbers = draw.integers(0, 2, (1 << 17, 64)).astype(np.float32)
    found = row_hashes([numbers])
    assert len(np.unique(found)) == len(np.unique(numbers, axis=0))
    swapped = row_hashes([numbers[:, :32], numbers[:, 32:]])
    assert not np.isin(row_hashes([numbers[:, 32:], numbers[:, :32]]), swapped).any()
