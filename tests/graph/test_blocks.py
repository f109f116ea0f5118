"""Blocks: a graph a call, shared work, paths, ports, bounds."""

from modelspec.graph import bodies, inner_graph, totals
from tests.graph.building import built, clean, codes, found, shape
from tests.work import LINEAR, growth

NESTED = """\
inputs: {x: [8, 8, 3]}
blocks:
  cell:
    params: {filters: 4}
    inputs: [x]
    layers:
      conv: {type: Conv2D, filters: $filters, kernel_size: 3, padding: same, use_bias: false}
      act: {type: Activation, activation: relu}
    outputs: [act]
  stage:
    inputs: [x]
    layers: {cells: {type: cell, repeat: 3}}
    outputs: [cells_3]
layers:
  stages: {type: stage, repeat: 2}
  last: {type: cell, filters: 5}
  pool: GlobalMaxPooling2D
outputs: [pool]
""".replace("[cells_3]", "{y: {from: cells}}")


def test_every_call_has_its_own_paths() -> None:
    graph = clean(NESTED)
    first, second = graph.nodes["stages_1"].graph, graph.nodes["stages_2"].graph
    assert first is not None
    assert second is not None
    inner = second.nodes["cells_3"].graph
    assert inner is not None
    assert inner.nodes["conv"].path == "stages_2/cells_3/conv"
    assert inner.path == "stages_2/cells_3"
    assert inner.inputs["x"] is inner.nodes["x"]
    assert first.nodes["cells_1"].path == "stages_1/cells_1"


def test_equal_calls_share_their_body() -> None:
    graph = clean(NESTED)
    first, second = graph.nodes["stages_1"].graph, graph.nodes["stages_2"].graph
    assert first is not None
    assert second is not None
    assert first.body is not second.body  # [8, 8, 3] and [8, 8, 4]
    assert second.nodes["cells_1"].graph.body is second.nodes["cells_2"].graph.body  # type: ignore[union-attr]
    assert len(list(bodies(graph))) == 6


def test_parameters_of_blocks_are_counted_for_each_use() -> None:
    graph = clean(NESTED)
    assert totals(graph).trainable == 9 * (3 * 4 + 5 * 4 * 4 + 4 * 5)
    assert totals(graph).parameters == totals(graph).trainable


def test_a_frozen_block_freezes_what_is_in_it() -> None:
    graph = clean(NESTED.replace("last: {type: cell,", "last: {type: cell, trainable: false,"))
    assert totals(graph).non_trainable == 9 * 4 * 5
    last = graph.nodes["last"].graph
    assert last is not None
    assert not last.nodes["conv"].trainable


def test_shapes_inside_belong_to_the_call() -> None:
    graph = clean(NESTED)
    last = graph.nodes["last"].graph
    assert last is not None
    assert shape(last, "x") == "[8, 8, 4]"
    assert shape(last, "conv") == "[8, 8, 5]"
    assert shape(graph, "last") == shape(graph, "last", "act") == "[8, 8, 5]"


def test_an_error_inside_shows_the_calls_that_led_there() -> None:
    text = NESTED.replace("kernel_size: 3, padding: same", "kernel_size: 6")
    errors = found(text)
    assert [each.code for each in errors] == ["MS502"]
    assert [each.message for each in errors[0].related[1:]] == [
        "inside `cells_2`, called on `[3, 3, 4]`",
        "inside `stages_1`, called on `[8, 8, 3]`",
    ]
    assert errors[0].help.startswith("`x` must be at least 36 by 36; or ")


TWO = """\
inputs: {p: [4], q: [4]}
blocks:
  two:
    inputs: {a: [N], b: [N]}
    layers: {sum: Add, apart: Subtract}
    edges: ["a, b -> sum", "a, b -> apart"]
    outputs: [sum, apart]
layers:
  t: two
  y: Add
edges:
  - %s
  - t.sum, t.apart -> y
outputs: [y]
"""


def test_inputs_of_a_block_are_taken_by_name_or_in_order() -> None:
    by_name = clean(TWO % "q -> t.a\n  - p -> t.b").nodes["t"].operands
    assert {port: str(source[0]) for port, source in by_name.items()} == {"a": "q", "b": "p"}
    in_order = clean(TWO % "q, p -> t").nodes["t"].operands
    assert in_order == by_name


def test_symbols_of_a_block_are_unified() -> None:
    text = (TWO % "p, q -> t").replace("q: [4]", "q: [5]")
    (wrong,) = found(text)
    assert wrong.code == "MS501"
    assert wrong.message == "`t` (two) takes `[N]` at `b`, gets `[5]`, and `N` is `4` already"


def test_a_block_of_several_outputs_must_be_asked_for_one() -> None:
    (wrong,) = found((TWO % "p, q -> t").replace("t.sum, t.apart -> y", "t, p -> y"))
    assert (wrong.code, wrong.help) == ("MS303", "write `t.sum` or `t.apart`")


def test_a_block_in_a_wrapper() -> None:
    text = """\
inputs: {film: [T, 8, 8, 3]}
blocks:
  see:
    inputs: [x]
    layers:
      conv: {type: Conv2D, filters: 4, kernel_size: 3, activation: relu}
      pool: GlobalMaxPooling2D
    outputs: [pool]
  outer:
    inputs: [y]
    layers: {each: {type: TimeDistributed, layer: {type: see}}}
    outputs: [each]
layers: {all: outer}
outputs: [all]
"""
    graph = clean(text)
    assert shape(graph, "all") == "[T, 4]"
    assert totals(graph).trainable == 9 * 3 * 4 + 4
    outer = graph.nodes["all"].graph
    assert outer is not None
    inner = inner_graph(outer.nodes["each"])
    assert inner is not None
    assert inner.nodes["conv"].path == "all/each/conv"
    assert shape(inner, "conv") == "[6, 6, 4]"
    assert graph.minimums == {"T": 1}


def _nest(levels: int, repeat: int) -> str:
    blocks = "  b0: {inputs: [x], layers: {fc: {type: Dense, units: 4}}, outputs: [fc]}\n"
    for level in range(1, levels + 1):
        inner = f"{{type: b{level - 1}, repeat: {repeat}}}"
        blocks += f"  b{level}: {{inputs: [x], layers: {{s: {inner}}}, outputs: [s]}}\n"
    return (
        f"inputs: {{x: [4]}}\nblocks:\n{blocks}layers: {{y: {{type: b{levels}}}}}\noutputs: [y]\n"
    )


def test_repeats_inside_of_repeats_are_cheap() -> None:
    graph, report = built(_nest(4, 20))
    assert list(report) == []
    assert totals(graph).trainable == 20**4 * 20
    assert growth(lambda repeat: totals(built(_nest(4, repeat))[0]), 5, 20) < LINEAR


def test_repeats_inside_of_repeats_are_bounded() -> None:
    assert codes(_nest(4, 1000)) == ["MS104"]
    assert codes(_nest(25, 2)) == ["MS104"]


def test_findings_of_a_block_are_said_once() -> None:
    text = _nest(3, 3).replace(
        "{fc: {type: Dense, units: 4}}", "{fc: {type: Dense, units: 4}, dead: Flatten}"
    )
    text = text.replace("outputs: [fc]", "edges: ['x -> fc, dead'], outputs: [fc]")
    assert codes(text) == ["MS403"]
