"""Crossing counts against a count of all pairs; orders of graphs that need no crossing."""

from hypothesis import given
from hypothesis import strategies as st

from modelspec.plot.layout import Link, Vertex
from modelspec.plot.layout.chains import Layered, downward, split
from modelspec.plot.layout.crossings import _crossings, _crossings_between, order_layers
from modelspec.plot.layout.levels import assign_layers

ENDS = st.lists(st.tuples(st.integers(0, 9).map(float), st.integers(0, 9).map(float)), max_size=25)


@given(ENDS)
def test_crossings_are_those_of_all_pairs(ends: list[tuple[float, float]]) -> None:
    wanted = sum(
        (a[0] < b[0] and a[1] > b[1]) or (a[0] > b[0] and a[1] < b[1])
        for index, a in enumerate(ends)
        for b in ends[:index]
    )
    assert _crossings_between(list(ends)) == wanted


def ordered(count: int, pairs: list[tuple[int, int]]) -> Layered:
    vertices = [Vertex(50.0, 20.0) for _ in range(count)]
    links = [Link(*pair) for pair in pairs]
    spans = downward(vertices, links, set())
    layers = assign_layers(vertices, pairs)
    layered = split(vertices, layers, spans, len(links), 10_000)
    order_layers(layered)
    return layered


def test_a_tree_needs_no_crossing() -> None:
    pairs = [((index - 1) // 3, index) for index in range(1, 120)]
    assert _crossings(ordered(120, pairs)) == 0


def test_nested_skips_need_no_crossing() -> None:
    pairs = [(index, index + 1) for index in range(15)] + [
        (index, 15 - index) for index in range(6)
    ]
    assert _crossings(ordered(16, pairs)) == 0


def test_crossed_branches_are_uncrossed() -> None:
    pairs = [(0, 1), (0, 2), (0, 3), (1, 6), (2, 5), (3, 4), (4, 7), (5, 7), (6, 7)]
    assert _crossings(ordered(8, pairs)) == 0
