"""One diagram of two specs."""

import pytest

from modelspec.comparison.picture import picture
from modelspec.graph import Graph
from modelspec.plot import PlotOptions, draw_differences, readable
from modelspec.plot.from_graph import read
from modelspec.plot.merge import Differences, merged
from modelspec.plot.options import FORMATS
from tests.comparison.specs import BASE, compared, examined, with_line

CHANGED = (
    with_line("  join: Concatenate", "  join: Concatenate\n  new: ReLU")
    .replace("a -> b -> first", "a -> new -> first")
    .replace("  b: {type: Dense, units: $width}\n", "")
    .replace("b -> second", "new -> second")
    .replace("units: 3}", "units: 4}")
    .replace("$twice", "$width")
)


def marks(before: str, after: str) -> dict[str, str]:
    graphs = examined(before)[1], examined(after)[1]
    found = compared(before, after)
    options = PlotOptions()
    levels = Differences(
        found.pairs.nodes,
        {change.path.split(".")[1]: [""] for change in found.causes if change.kind == "changed"},
        {each.node: [""] for each in found.consequences},
    )
    diagram = merged(read(graphs[0], options), read(graphs[1], options), levels)
    found_marks = {box.key: box.mark.level for box in diagram.walk()}
    for arrow in diagram.arrows:
        ends = diagram.boxes[arrow.source].name, diagram.boxes[arrow.target].name
        found_marks[" -> ".join(ends)] = arrow.mark.level
    return found_marks


def test_each_box_and_arrow_says_what_became_of_it() -> None:
    found = marks(BASE, CHANGED)
    assert found["new"] == "added"
    assert found["- b"] == "removed"
    assert found["label"] == "changed"
    assert found["outputs/label"] == ""
    assert found["a -> b"] == "removed"
    assert found["a -> new"] == "added"
    assert found["join -> label"] == ""


def test_nothing_is_marked_where_nothing_differs() -> None:
    assert set(marks(BASE, BASE).values()) == {""}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_draws_it(kind: str) -> None:
    before, after = examined(BASE), examined(CHANGED)
    options = PlotOptions(format=kind)  # type: ignore[arg-type]
    drawn = picture(before[1], after[1], compared(BASE, CHANGED), options)
    assert drawn == picture(before[1], after[1], compared(BASE, CHANGED), options)
    if kind in ("svg", "html", "dot", "mermaid"):
        text = drawn.decode()
        assert "new" in text
        assert "removed" in text or kind in ("dot", "mermaid")


def test_a_renamed_box_is_one() -> None:
    after = BASE.replace("  b: {type", "  c: {type").replace("a -> b -> first", "a -> c -> first")
    after = after.replace("b -> second", "c -> second")
    found = marks(BASE, after)
    assert "- b" not in found
    assert found["c"] == ""
    assert draw_differences(
        examined(BASE)[1], examined(after)[1], Differences({}), PlotOptions(format="svg")
    )


def test_a_long_one_closes_blocks_and_marks_those_that_differ_inside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    after = BASE.replace("rate: $rate}", "rate: $rate}\n      more: ReLU")
    after = after.replace("x -> fc -> drop,", "x -> fc -> more -> drop,")
    graphs = examined(BASE)[1], examined(after)[1]
    whole = draw_differences(*graphs, Differences(_same(graphs[0])), PlotOptions(format="svg"))
    assert b"are closed" not in whole
    monkeypatch.setattr(readable, "MOST_LENGTH", 10.0)
    closed = draw_differences(*graphs, Differences(_same(graphs[0])), PlotOptions(format="svg"))
    assert b"all blocks are closed" in closed
    assert b"changed inside" in closed
    same = draw_differences(
        graphs[0], graphs[0], Differences(_same(graphs[0])), PlotOptions(format="svg")
    )
    assert b"all blocks are closed" in same
    assert b"inside" not in same


def _same(graph: Graph) -> dict[str, str]:
    return {box.key: box.key for box in read(graph, PlotOptions()).walk()}
