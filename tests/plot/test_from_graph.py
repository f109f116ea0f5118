"""What of a graph becomes a box or an arrow."""

import pytest

from modelspec.plot import PlotOptions
from modelspec.plot.diagram import Arrow, Box, Diagram
from modelspec.plot.from_graph import read

from .samples import BROKEN, NESTED, PORTS, SIAMESE, WRAPPED, graph_of


def diagram_of(text: str, **options: object) -> Diagram:
    graph, report = graph_of(text)
    return read(graph, PlotOptions(**options), report)  # type: ignore[arg-type]


def boxes(diagram: Diagram) -> dict[str, Box]:
    return {box.key: box for box in diagram.walk()}


def arrow(diagram: Diagram, source: str, target: str) -> Arrow:
    names = [box.name for box in diagram.boxes]
    (found,) = (
        arrow
        for arrow in diagram.arrows
        if names[arrow.source] == source and names[arrow.target] == target
    )
    return found


def test_every_call_is_a_box_of_its_own() -> None:
    found = boxes(diagram_of(SIAMESE, depth=0))
    left, right = found["left_code"], found["right_code"]
    assert (left.shared, right.shared) == ("encoder", "encoder")
    assert left.accent == right.accent == "shared-0"


def test_a_shared_block_is_opened_once() -> None:
    found = boxes(diagram_of(SIAMESE))
    assert found["left_code"].body is not None
    assert found["right_code"].body is None
    assert found["right_code"].count == "260 params"


@pytest.mark.parametrize(("depth", "opened"), [(0, 0), (1, 2), (2, 4), (None, 4), (9, 4)])
def test_depth_says_how_many_levels_are_open(depth: int | None, opened: int) -> None:
    found = diagram_of(NESTED, depth=depth).walk()
    assert sum(box.body is not None for box in found) == opened


def test_equal_copies_are_folded() -> None:
    diagram = diagram_of(NESTED)
    found = boxes(diagram)
    assert found["stage_1/unit_1"].times == 3
    assert found["stage_1/unit_1"].name == "unit"
    assert found["stage_1"].times == found["stage_2"].times == 1, "they differ in shape"
    names = [box.name for box in diagram.boxes]
    assert "deep_1" in names
    assert "deep_2\u20133" in names, "the first copy has other weights than the rest"


def test_nothing_is_folded_on_request() -> None:
    found = diagram_of(NESTED, fold=False).walk()
    assert all(box.times == 1 for box in found)
    assert sum(box.name.startswith("unit_") for box in found) == 6


def test_operands_are_numbered_where_order_matters() -> None:
    diagram = diagram_of(SIAMESE, depth=0)
    assert arrow(diagram, "left_code", "gap").entering == "1"
    assert arrow(diagram, "right_code", "gap").entering == "2"
    assert arrow(diagram, "gap", "same").entering == ""


def test_ports_are_named() -> None:
    diagram = diagram_of(PORTS, depth=0)
    state = arrow(diagram, "encoder", "decoder")
    assert (state.leaving, state.entering) == (".state", ".state")
    assert arrow(diagram, "encoder", "both").entering == ".a"
    assert arrow(diagram, "target", "decoder").entering == ""
    encoder = next(box for box in diagram.boxes if box.name == "encoder")
    assert encoder.outlets == ("state", "h")


def test_an_open_block_has_its_ports() -> None:
    both = boxes(diagram_of(PORTS))["both"]
    assert both.body is not None
    kinds = [(box.kind, box.name) for box in both.body.boxes if box.kind in ("entry", "exit")]
    assert kinds == [("entry", "a"), ("entry", "b"), ("exit", "sum"), ("exit", "gap")]


def test_a_block_inside_a_wrapper_is_opened_too() -> None:
    found = boxes(diagram_of(WRAPPED))
    each, other = found["each"], found["each_mask"]
    assert each.type == "TimeDistributed(vision)"
    assert each.body is not None
    assert other.body is None
    assert each.shared == other.shared == "eye"
    assert found["each/conv"].type == "Conv2D"
    assert found["read"].type == "Bidirectional(LSTM)"
    assert found["read"].detail == "8 units"


def test_outputs_say_how_they_are_trained() -> None:
    assert boxes(diagram_of(NESTED))["outputs/deep"].detail == "mse \u00d7 0.25, mae"


def test_boxes_show_telling_arguments() -> None:
    found = boxes(diagram_of(NESTED))
    assert found["stem"].detail == "8 filters, 3\u00d73, same"
    assert found["stage_1/unit_1/conv1"].detail == "8 filters, 3\u00d73, same, relu"
    assert found["stem"].shape == "[32, 32, 8]"
    assert found["stem"].count == "224 params"
    assert found["stem"].family == "conv"


def test_numbers_that_are_no_sizes_are_listed() -> None:
    text = """\
name: mean
inputs: {a: [2], b: [2]}
layers: {both: {type: Average, operand_weights: [0.25, 0.75]}}
edges: ["a, b -> both"]
outputs: [both]
"""
    assert boxes(diagram_of(text))["both"].detail == "operand weights 0.25, 0.75"


def test_what_is_wrong_is_marked() -> None:
    diagram = diagram_of(BROKEN)
    found = boxes(diagram)
    assert found["dead"].faded
    assert found["dead"].mark.codes == ("MS403",)
    assert found["dead"].mark.level == "warning"
    assert not found["a"].mark
    assert "MS501" in {code for box in found.values() for code in box.mark.codes} | {
        code for arrow in diagram.arrows for code in arrow.mark.codes
    }


def test_edges_of_cycles_are_marked() -> None:
    diagram = diagram_of(BROKEN)
    for source, target in (("round", "again"), ("again", "round"), ("round", "round")):
        assert "MS401" in arrow(diagram, source, target).mark.codes
    assert "MS401" not in arrow(diagram, "b", "round").mark.codes
    assert not arrow(diagram, "x", "a").mark


def test_a_closed_block_shows_what_is_wrong_inside() -> None:
    text = SIAMESE.replace("{type: Dense, units: 4}", "{type: Dense, units: 4, bias: 1}")
    graph, report = graph_of(text)
    assert report.failed
    found = boxes(read(graph, PlotOptions(depth=0), report))
    assert found["left_code"].mark.level == "error"
    inside = boxes(read(graph, PlotOptions(), report))
    assert inside["left_code/code"].mark.codes == found["left_code"].mark.codes


def test_too_many_boxes_are_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelspec.plot.depth.MOST_BOXES", 20)
    diagram = diagram_of(NESTED)
    assert sum(box.body is not None for box in diagram.walk()) == 2
    (note,) = diagram.notes
    assert "below level 1" in note
