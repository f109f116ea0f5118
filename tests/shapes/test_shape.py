"""Broadcasting against numpy's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from modelspec.shapes import UNKNOWN, broadcast, symbol, text

SHAPES = st.lists(
    st.lists(st.sampled_from([1, 2, 3]), max_size=4).map(tuple), min_size=1, max_size=4
)


@given(SHAPES)
def test_numbers_broadcast_as_in_numpy(shapes: list[tuple[int, ...]]) -> None:
    try:
        expected: tuple[int, ...] | None = np.broadcast_shapes(*shapes)
    except ValueError:
        expected = None
    assert broadcast(shapes) == expected


def test_symbols_broadcast_as_far_as_they_are_known() -> None:
    t = symbol("T")
    assert broadcast([(t, 3), (t, 1)]) == (t, 3)
    assert broadcast([(t, 3), (3,)]) == (t, 3)
    assert broadcast([(t,), (5,)]) == (5,)
    assert broadcast([(t,), (t + 1,)]) is None
    assert broadcast([(t,), (symbol("U"),)]) == (UNKNOWN,)
    assert broadcast([(UNKNOWN, 2), (4, 3)]) is None


def test_a_shape_reads_as_a_list() -> None:
    assert text((symbol("T") - 4, 32)) == "[T-4, 32]"
    assert text(()) == "[]"
    assert text(None) == "?"
    assert text((UNKNOWN,)) == "[?]"
