"""The order of rows."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from modelspec.data.splitting.permutation import _sorted_places, permutation

DRAWS = st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 40) | st.just(2**64 - 1), max_size=40)


@given(DRAWS)
def test_places_are_in_the_stable_order_of_their_draws(draws: list[int]) -> None:
    array = np.array(draws, dtype=np.uint64)
    assert _sorted_places(array).tolist() == np.argsort(array, kind="stable").tolist()


def test_the_order_is_that_of_numpys_promised_draws() -> None:
    for rows in (0, 1, 2, 3, 1000):
        draws = np.random.PCG64(np.random.SeedSequence((3, 1))).random_raw(rows)
        found = permutation(rows, 3, 1)
        assert found.dtype == np.int64
        assert found.tolist() == np.argsort(draws, kind="stable").tolist()
