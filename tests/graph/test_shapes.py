"""Shapes of every node, what goes wrong with them, and why."""

import pytest

from tests.graph.building import built, clean, codes, found, shape

SOCIAL = """\
inputs: {posts: {shape: [%s], dtype: int64}}
layers:
  embed: {type: Embedding, input_dim: 500, output_dim: 16}
  conv1: {type: Conv1D, filters: 8, kernel_size: 5, activation: relu}
  pool1: {type: MaxPooling1D, pool_size: 5}
  conv2: {type: Conv1D, filters: 8, kernel_size: 5, activation: relu}
  conv3: {type: Conv1D, filters: 8, kernel_size: 5, activation: relu}
  pool2: {type: MaxPooling1D, pool_size: 5}
  conv4: {type: Conv1D, filters: 8, kernel_size: 5, activation: relu}
  pool3: GlobalMaxPooling1D
  y: {type: Dense, units: 1}
outputs: {y: mse}
"""


def test_symbols_are_carried_exactly() -> None:
    graph = clean(SOCIAL % "T")
    assert shape(graph, "conv1") == "[T-4, 8]"
    assert shape(graph, "pool1") == "[(T-4)//5, 8]"
    assert shape(graph, "pool3") == "[8]"


def test_the_least_length_is_exact() -> None:
    least = clean(SOCIAL % "T").minimums["T"]
    assert clean(SOCIAL % least).minimums == {}
    assert codes(SOCIAL % (least - 1)) == ["MS502"]


@pytest.mark.parametrize("length", [3, 20, 100, 160])
def test_a_short_input_is_told_how_long_it_must_be(length: int) -> None:
    least = clean(SOCIAL % "T").minimums["T"]
    (short,) = found(SOCIAL % length)
    assert short.code == "MS502"
    assert short.help.startswith(f"`posts` must be at least {least} long; or ")


def test_each_input_is_told_its_own_length() -> None:
    text = """\
inputs: {a: [2, 4], b: [3, 4], c: [9, 4]}
layers:
  ca: {type: Conv1D, filters: 2, kernel_size: 4, activation: relu}
  cb: {type: Conv1D, filters: 2, kernel_size: 6, activation: relu}
  cc: {type: Conv1D, filters: 2, kernel_size: 6, activation: relu}
  pa: GlobalMaxPooling1D
  pb: GlobalMaxPooling1D
  pc: GlobalMaxPooling1D
  all: Add
edges: [a -> ca -> pa -> all, b -> cb -> pb -> all, c -> cc -> pc -> all]
outputs: [all]
"""
    first, second = found(text)
    assert first.help.startswith("`a` must be at least 4 long; or ")
    assert second.help.startswith("`b` must be at least 6 long; or ")


def test_images_are_told_both_sides() -> None:
    text = """\
inputs: {image: [6, 30, 3]}
layers:
  a: {type: Conv2D, filters: 2, kernel_size: 5, activation: relu}
  b: {type: Conv2D, filters: 2, kernel_size: 5, activation: relu}
  p: GlobalMaxPooling2D
outputs: [p]
"""
    (short,) = found(text)
    assert short.help.startswith("`image` must be at least 9 by 30; or ")


ADD = """\
inputs: {x: [8]}
layers:
  a: {type: Dense, units: 32}
  drop: {type: Dropout, rate: 0.5}
  b: {type: Dense, units: 16}
  merge: Add
  act: {type: Activation, activation: relu}
  y: {type: Dense, units: 1}
edges:
  - x -> a -> drop
  - x -> b
  - drop, b -> merge -> act -> y
outputs: {y: mse}
"""


def test_a_mismatch_says_where_each_shape_was_decided() -> None:
    (wrong,) = found(ADD)
    assert wrong.code == "MS501"
    assert wrong.message.startswith("`merge` (Add) ")
    assert (wrong.span.line, wrong.span.column) == (6, 3)
    assert wrong.caption == "receives `drop` `[32]` and `b` `[16]`"
    assert [(each.span.line, each.message) for each in wrong.related] == [
        (3, "`a` makes `[32]`"),
        (5, "`b` makes `[16]`"),
    ]


def test_behind_something_broken_nothing_is_said() -> None:
    graph, report = built(ADD.replace("units: 1}", "units: 1, activation: relu}"))
    assert [each.code for each in report] == ["MS501"]
    assert graph.nodes["y"].outputs[""] == graph.nodes["merge"].outputs[""]


def test_a_null_length_is_unknown_and_fine() -> None:
    graph = clean(SOCIAL % "null")
    assert shape(graph, "conv4") == "[?, 8]"
    assert graph.minimums == {}


TEXT = """\
inputs: {words: %s}
layers:
  embed: {type: Embedding, input_dim: 10, output_dim: 4}
  lstm: {type: LSTM, units: 3}
outputs: [lstm]
"""


@pytest.mark.parametrize(
    ("given", "mended"),
    [
        ("[T]", "{shape: [T], dtype: int64}"),
        ("{shape: [T]}", "{dtype: int64, shape: [T]}"),
        ("\n    shape: [T]", "\n    dtype: int64\n    shape: [T]"),
    ],
)
def test_a_forgotten_dtype_is_mended(given: str, mended: str) -> None:
    text = (
        TEXT % given
        if given[0] != "\n"
        else (TEXT % given).replace("{words: ", "\n  words:").replace("[T]}", "[T]")
    )
    (wrong,) = found(text)
    assert (wrong.code, wrong.path) == ("MS506", "inputs.words")
    assert wrong.fix is not None
    lines = text.splitlines(keepends=True)
    span = wrong.fix.span
    assert span.line == span.end_line
    line = lines[span.line - 1]
    lines[span.line - 1] = line[: span.column - 1] + wrong.fix.text + line[span.end_column - 1 :]
    fixed = "".join(lines)
    assert mended in fixed
    clean(fixed)


def test_one_input_without_dtype_is_one_finding() -> None:
    text = TEXT % "[T]"
    text = text.replace(
        "outputs", "  twin: {type: Embedding, input_dim: 10, output_dim: 4}\noutputs"
    )
    text = text.replace(
        "outputs: [lstm]", "edges: ['words -> embed, twin', embed -> lstm]\noutputs: [lstm, twin]"
    )
    assert codes(text) == ["MS506"]


def test_a_broken_dtype_is_not_blamed_again() -> None:
    assert codes(TEXT % "{shape: [T], dtype: int46}") == ["MS206"]


def test_a_forgotten_return_sequences_is_mended() -> None:
    text = """\
inputs: {x: [T, 4]}
layers:
  first: {type: Bidirectional, layer: {type: LSTM, units: 3}}
  drop: {type: Dropout, rate: 0.1}
  second: {type: GRU, units: 2}
outputs: [second]
"""
    (wrong,) = found(text)
    assert wrong.help == "set `return_sequences: true` on `first`"
    assert wrong.fix is not None
    column = wrong.fix.span.column - 1
    lines = text.splitlines(keepends=True)
    lines[2] = lines[2][:column] + wrong.fix.text + lines[2][column:]
    clean("".join(lines))


def test_the_channel_axis_is_suggested() -> None:
    text = "inputs: {image: [8, 8]}\nlayers: {c: {type: Conv2D, filters: 2, kernel_size: 3}}\n"
    (wrong,) = found(text + "outputs: [c]\n")
    assert wrong.help == "write `image: [8, 8, 1]` if there is one channel"


def test_a_layer_for_as_many_axes_is_suggested() -> None:
    text = "inputs: {x: [T, 8]}\nlayers: {d: {type: Dense, units: 2}, p: GlobalMaxPooling2D}\n"
    (wrong,) = found(text + "outputs: [p]\n")
    assert wrong.help == "use `GlobalMaxPooling1D`"


def test_frames_are_looked_at_one_by_one() -> None:
    text = "inputs: {x: [9, 8, 8, 3]}\nlayers: {c: {type: Conv2D, filters: 2, kernel_size: 3}}\n"
    (wrong,) = found(text + "outputs: [c]\n")
    assert wrong.help.startswith("wrap it in `TimeDistributed`, which calls it on each step")


def test_a_batch_axis_is_suspected() -> None:
    text = "inputs: {x: [null, 9, 3]}\nlayers: {a: {type: LSTM, units: 3}}\noutputs: [a]\n"
    (wrong,) = found(text)
    assert wrong.help.startswith(
        "shapes have no batch axis: if that is one, write `x: [9, 3]`; `Reshape`"
    )
    (wrong,) = found("inputs: {x: [null]}\nlayers: {a: {type: LSTM, units: 3}}\noutputs: [a]\n")
    assert "batch" not in wrong.help


def test_a_sequence_beside_a_vector_comes_from_its_layer() -> None:
    text = """inputs: {x: [9, 3], y: [3]}
layers:
  a: {type: LSTM, units: 3, return_sequences: true}
  both: Concatenate
edges: ["x -> a", "a, y -> both"]
outputs: [both]
"""
    (wrong,) = found(text)
    assert wrong.help == "set `return_sequences: false` on `a`, or pool over its steps"
    assert wrong.related[0].message == "`a` makes `[9, 3]`"


def test_the_channel_axis_of_a_blocks_input_is_the_callers() -> None:
    text = """inputs: {digit: [8, 8]}
blocks:
  look: {inputs: [x], layers: {c: {type: Conv2D, filters: 2, kernel_size: 3}}, outputs: [c]}
layers: {a: look}
outputs: [a]
"""
    (wrong,) = found(text)
    assert wrong.help == "give `x` as `[8, 8, 1]` if there is one channel"


def test_a_state_is_led_to_its_port() -> None:
    text = """inputs: {x: [T, 4], y: [U, 4]}
layers: {a: {type: LSTM, units: 3}, b: {type: LSTM, units: 3}}
edges: ["x -> a", "a.state -> b", "y -> b"]
outputs: [b]
"""
    (wrong,) = found(text)
    assert (wrong.code, wrong.help) == (
        "MS406",
        "a state has a port of its own: `a.state -> b.state`",
    )


def test_states_are_no_values() -> None:
    text = "inputs: {x: [T, 4]}\nlayers: {a: {type: LSTM, units: 3}}\nedges: [x -> a]\n"
    (wrong,) = found(text + "outputs: {s: {from: a.state}}\n")
    assert (wrong.code, wrong.help) == ("MS503", "take `a.h` or `a.c`")


def test_ports_that_are_not_there() -> None:
    text = "inputs: {x: [T, 4]}\nlayers: {a: {type: Bidirectional, layer: {type: GRU, units: 3}}}\n"
    text += "edges: [x -> a]\noutputs: {s: {from: a.c}}\n"
    (wrong,) = found(text)
    assert (wrong.code, wrong.message) == (
        "MS303",
        "`a` (Bidirectional) has no port `c`: it gives `state`, `h`, `forward` and `backward`",
    )
