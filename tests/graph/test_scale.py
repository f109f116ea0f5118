"""Large graphs: linear, and no recursion."""

import pytest

from modelspec import language, source
from modelspec.diagnostics import Report
from modelspec.graph import build, totals
from modelspec.language.model import Spec
from tests.graph.building import wired
from tests.work import growth


def _read(text: str) -> tuple[Spec, Report]:
    report = Report()
    document = source.parse(text, "s.yaml", report)
    assert document is not None
    spec = language.read(document, report)
    assert spec is not None
    return spec, report


def _check(small: str, large: str, codes: set[str]) -> None:
    """Building both gives these findings, and the larger, of ten times the nodes, no more work."""
    spec, report = _read(large)
    graph = build(spec, report)
    assert {found.code for found in report} == codes
    assert totals(graph).trainable == 0
    specs = {1: _read(small)[0], 10: spec}
    assert growth(lambda size: build(specs[size], Report()), 1, 10) < 1.5


def _names(count: int) -> list[str]:
    return [f"n{index}" for index in range(count)]


def _chain_with_skips(count: int) -> str:
    edges = [("x", "n0"), ("x", "n0")]
    for index in range(1, count):
        edges += [(f"n{index - 1}", f"n{index}"), (f"n{max(index - 7, 0)}", f"n{index}")]
    return wired(edges, _names(count), ["x"], [f"n{count - 1}"])


def test_a_graph_of_ten_thousand_nodes() -> None:
    _check(_chain_with_skips(1000), _chain_with_skips(10_000), set())


def _only_first_adds(text: str) -> str:
    return text.replace("Add", "Flatten").replace("n0: Flatten", "n0: Add")


def _cycle(count: int, back: str) -> str:
    last = f"n{count - 1}"
    edges = [("x", "n0"), ("x", "n0"), (last, back)]
    edges += [(f"n{index - 1}", f"n{index}") for index in range(1, count)]
    return _only_first_adds(wired(edges, _names(count), ["x"], [last]))


@pytest.mark.parametrize("back", ["n1", "last"])
def test_a_cycle_of_thousands(back: str) -> None:
    small, large = (
        _cycle(count, f"n{count - 1}" if back == "last" else back) for count in (500, 5000)
    )
    _check(small, large, {"MS401"})


def _loose_ends(count: int) -> str:
    edges = [("x", "n0"), ("x", "n0"), *((f"n{i}", f"n{i + 1}") for i in range(1, count - 1, 2))]
    return _only_first_adds(wired(edges, _names(count), ["x"], ["n0"]))


def test_thousands_of_loose_ends() -> None:
    _check(_loose_ends(400), _loose_ends(4000), {"MS304"})
