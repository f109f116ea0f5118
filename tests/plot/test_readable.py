"""A picture opens as many blocks as stay readable, and says what it closed."""

from typing import Any

import pytest

from modelspec.plot import PlotOptions, draw, readable
from tests.plot.samples import NESTED, graph_of

GRAPH, _ = graph_of(NESTED)


def drawn(**options: Any) -> str:
    return draw(GRAPH, PlotOptions(**options)).decode()


def height(svg: str) -> float:
    return float(svg.partition('height="')[2].partition('"')[0])


def test_what_is_readable_is_whole() -> None:
    assert drawn() == drawn(depth=9)
    assert "closed" not in drawn()


def test_each_limit_closes_the_innermost_levels_first(monkeypatch: pytest.MonkeyPatch) -> None:
    heights = [height(drawn(depth=depth)) for depth in range(3)]
    assert heights == sorted(set(heights))
    for depth in range(2):
        monkeypatch.setattr(readable, "MOST_LENGTH", heights[depth] + 20)
        found = drawn()
        level = f"blocks below level {depth}" if depth else "all blocks"
        assert f"{level} are closed: open, this is {heights[2]:,.0f} pixels long" in found
        assert heights[depth] < height(found) < heights[depth] + 20


def test_what_fits_nowhere_is_closed_and_what_has_no_blocks_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(readable, "MOST_LENGTH", 1.0)
    assert "all blocks are closed" in drawn()
    assert drawn(depth=1) == draw(GRAPH, PlotOptions(depth=1)).decode()
    assert "closed" not in drawn(depth=1)
    assert "closed" not in drawn(format="html").partition("<script")[0]


def test_the_length_is_that_of_the_flow(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = drawn(rankdir="LR", depth=9)
    width = float(wide.partition('width="')[2].partition('"')[0])
    assert width > height(wide)
    monkeypatch.setattr(readable, "MOST_LENGTH", height(wide))
    assert "closed" in drawn(rankdir="LR")
