"""Large graphs: linear, and no recursion."""

import pytest

from modelspec import language, source
from modelspec.diagnostics import Report
from modelspec.graph import build, totals
from tests.graph.building import wired
from tests.work import LINEAR, growth


def _check(text: str, codes: set[str]) -> None:
    report = Report()
    document = source.parse(text, "s.yaml", report)
    assert document is not None
    read = language.read(document, report)
    assert read is not None
    graph = build(read, report)
    assert {found.code for found in report} == codes
    assert totals(graph).trainable == 0


def _names(count: int) -> list[str]:
    return [f"n{index}" for index in range(count)]


def _ladder(count: int) -> str:
    """Each node is led to by the one before it and the seventh before it."""
    edges = [("x", "n0"), ("x", "n0")]
    for index in range(1, count):
        edges += [(f"n{index - 1}", f"n{index}"), (f"n{max(index - 7, 0)}", f"n{index}")]
    return wired(edges, _names(count), ["x"], [f"n{count - 1}"])


def _ring(count: int, back: str) -> str:
    """A chain whose last node leads back into it."""
    edges = [("x", "n0"), ("x", "n0"), (f"n{count - 1}", back)]
    edges += [(f"n{index - 1}", f"n{index}") for index in range(1, count)]
    return _flat(wired(edges, _names(count), ["x"], [f"n{count - 1}"]))


def _loose_ends(count: int) -> str:
    """Pairs of nodes that nothing leads to."""
    pairs = ((f"n{index}", f"n{index + 1}") for index in range(1, count - 1, 2))
    return _flat(wired([("x", "n0"), ("x", "n0"), *pairs], _names(count), ["x"], ["n0"]))


def _flat(text: str) -> str:
    return text.replace("Add", "Flatten").replace("n0: Flatten", "n0: Add")


def test_a_graph_of_ten_thousand_nodes() -> None:
    _check(_ladder(10_000), set())
    assert growth(lambda count: _check(_ladder(count), set()), 400, 1600) < LINEAR


@pytest.mark.parametrize("back", [1, -1], ids=["to the start", "to itself"])
def test_a_cycle_of_thousands(back: int) -> None:
    def check(count: int) -> None:
        _check(_ring(count, f"n{back % count}"), {"MS401"})

    check(5000)
    assert growth(check, 400, 1600) < LINEAR


def test_thousands_of_loose_ends() -> None:
    _check(_loose_ends(4000), {"MS304"})
    assert growth(lambda count: _check(_loose_ends(count), {"MS304"}), 400, 1600) < LINEAR
