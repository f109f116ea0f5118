"""Large graphs: linear, and no recursion."""

import time

import pytest

from modelspec import language, source
from modelspec.diagnostics import Report
from modelspec.graph import build, totals
from tests.graph.building import wired


def _seconds(text: str, codes: set[str]) -> float:
    report = Report()
    document = source.parse(text, "s.yaml", report)
    assert document is not None
    read = language.read(document, report)
    assert read is not None
    before = time.process_time()
    graph = build(read, report)
    seconds = time.process_time() - before
    assert {found.code for found in report} == codes
    assert totals(graph).trainable == 0
    return seconds


def _names(count: int) -> list[str]:
    return [f"n{index}" for index in range(count)]


def test_a_graph_of_ten_thousand_nodes() -> None:
    names = _names(10_000)
    edges = [("x", "n0"), ("x", "n0")]
    for index in range(1, 10_000):
        edges += [(f"n{index - 1}", f"n{index}"), (f"n{max(index - 7, 0)}", f"n{index}")]
    assert _seconds(wired(edges, names, ["x"], ["n9999"]), set()) < 2.0


@pytest.mark.parametrize("back", ["n1", "n4999"])
def test_a_cycle_of_thousands(back: str) -> None:
    names = _names(5000)
    edges = [("x", "n0"), ("x", "n0"), ("n4999", back)]
    edges += [(f"n{index - 1}", f"n{index}") for index in range(1, 5000)]
    text = wired(edges, names, ["x"], ["n4999"])
    assert (
        _seconds(text.replace("Add", "Flatten").replace("n0: Flatten", "n0: Add"), {"MS401"}) < 2.0
    )


def test_thousands_of_loose_ends() -> None:
    names = _names(4000)
    edges = [("x", "n0"), ("x", "n0"), *((f"n{i}", f"n{i + 1}") for i in range(1, 3999, 2))]
    text = (
        wired(edges, names, ["x"], ["n0"])
        .replace("Add", "Flatten")
        .replace("n0: Flatten", "n0: Add")
    )
    assert _seconds(text, {"MS304"}) < 2.0
