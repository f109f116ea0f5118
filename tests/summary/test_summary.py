"""The summary of a graph, as data."""

import json
from pathlib import Path

import pytest

from modelspec import lint
from modelspec.summary import Summary, summarize

BLOCKS = """
inputs: {image: [8, 8, 4]}
blocks:
  res:
    params: {filters: 4}
    inputs: [x]
    layers:
      conv: {type: Conv2D, filters: $filters, kernel_size: 3, padding: same}
      norm: BatchNormalization
      join: Add
    edges: ['x -> conv -> norm -> join', 'x -> join']
    outputs: [join]
layers:
  stage: {type: res, repeat: 2}
  frozen: {type: Conv2D, filters: 2, kernel_size: 1, trainable: false}
outputs: [frozen]
"""

SHARED = """
inputs: {left: [T, 3], right: [U, 3]}
shared: {encoder: {type: LSTM, units: 2}}
layers:
  first: {use: encoder}
  second: {use: encoder}
  both: Concatenate
edges: [left -> first, right -> second, 'first, second -> both']
outputs: [both]
"""


def summary_of(text: str, depth: int | None = None) -> Summary:
    examined = lint.examine("spec.yaml", text=text)
    assert examined.graph is not None
    assert not examined.report.failed
    return summarize(examined.graph, depth)


def summary_of_file(name: str) -> Summary:
    return summary_of(Path(f"specs/{name}.yaml").read_text())


def test_the_sequential_model_has_3466_parameters() -> None:
    found = summary_of_file("sequential")
    assert [(row.name, row.parameters) for row in found.rows] == [
        ("features", 0),
        ("hidden1", 2080),
        ("hidden2", 1056),
        ("label", 330),
    ]
    assert (found.parameters, found.trainable, found.non_trainable) == (3466, 3466, 0)
    assert found.bytes == 3466 * 4
    assert found.flops == 2 * 64 * 32 + 32 + 2 * 32 * 32 + 32 + 2 * 32 * 10 + 10
    assert [row.inputs for row in found.rows] == [(), ("features",), ("hidden1",), ("hidden2",)]


def test_the_rows_of_a_block_follow_it_indented() -> None:
    rows = summary_of(BLOCKS).rows
    assert [(row.path, row.level, row.type) for row in rows] == [
        ("image", 0, "Input"),
        ("stage_1", 0, "res"),
        ("stage_1/x", 1, "Input"),
        ("stage_1/conv", 1, "Conv2D"),
        ("stage_1/norm", 1, "BatchNormalization"),
        ("stage_1/join", 1, "Add"),
        ("stage_2", 0, "res"),
        ("stage_2/x", 1, "Input"),
        ("stage_2/conv", 1, "Conv2D"),
        ("stage_2/norm", 1, "BatchNormalization"),
        ("stage_2/join", 1, "Add"),
        ("frozen", 0, "Conv2D"),
    ]
    assert [row.name for row in summary_of(BLOCKS, depth=0).rows] == [
        "image",
        "stage_1",
        "stage_2",
        "frozen",
    ]


def test_the_block_in_a_wrapper_is_opened_too() -> None:
    wrapped = BLOCKS.split("layers:\n  stage")[0].replace("[8, 8, 4]", "[5, 8, 8, 4]")
    wrapped += "layers: {each: {type: TimeDistributed, layer: res}}\noutputs: [each]\n"
    rows = summary_of(wrapped).rows
    assert [(row.path, row.level, row.type, row.outputs[""]) for row in rows] == [
        ("image", 0, "Input", "[5, 8, 8, 4]"),
        ("each", 0, "TimeDistributed(res)", "[5, 8, 8, 4]"),
        ("each/x", 1, "Input", "[8, 8, 4]"),
        ("each/conv", 1, "Conv2D", "[8, 8, 4]"),
        ("each/norm", 1, "BatchNormalization", "[8, 8, 4]"),
        ("each/join", 1, "Add", "[8, 8, 4]"),
    ]
    assert len(summary_of(wrapped, depth=0).rows) == 2


def test_wrappers_around_wrappers_say_what_they_hold() -> None:
    rows = summary_of(
        "inputs: {x: [5, 7, 3]}\n"
        "layers: {a: {type: TimeDistributed, layer:"
        " {type: Bidirectional, layer: {type: LSTM, units: 3}}}}\n"
        "outputs: [a]\n"
    ).rows
    assert [row.type for row in rows] == ["Input", "TimeDistributed(Bidirectional(LSTM))"]


def test_sums_do_not_depend_on_what_is_opened() -> None:
    conv, norm, frozen = 3 * 3 * 4 * 4 + 4, 4 * 4, 4 * 2 + 2
    for depth in (None, 0, 1):
        found = summary_of(BLOCKS, depth)
        assert found.trainable == 2 * (conv + norm // 2)
        assert found.non_trainable == 2 * (norm // 2) + frozen
    outer = summary_of(BLOCKS).rows
    assert sum(row.parameters for row in outer if row.level == 0) == found.parameters
    assert sum(row.parameters for row in outer if row.type != "res") == found.parameters
    assert [row.trainable for row in outer if row.name == "frozen"] == [False]


def test_shared_weights_count_at_their_first_call() -> None:
    found = summary_of(SHARED)
    calls = {row.name: row for row in found.rows if row.shared}
    lstm = 4 * (3 * 2 + 2 * 2 + 2)
    assert (calls["first"].parameters, calls["second"].parameters) == (lstm, 0)
    assert calls["first"].shared == calls["second"].shared == "encoder"
    assert (calls["first"].shared_with, calls["second"].shared_with) == (("second",), ("first",))
    assert found.parameters == lstm


def test_symbols_and_their_least_sizes_are_told() -> None:
    found = summary_of_file("social")
    assert found.minimums == {"T": 269}
    shapes = {row.name: row.outputs[""] for row in found.rows}
    assert shapes["conv1"] == "[T-4, 128]"
    assert shapes["pool1"] == "[(T-4)//5, 128]"


def test_the_data_is_json_and_says_the_same() -> None:
    found = summary_of_file("qa")
    data = json.loads(json.dumps(found.as_data()))
    assert data["parameters"] == found.parameters == 1_000_052
    assert data["flops"] == "6272*Q+24832*S+48500"
    assert [node["path"] for node in data["nodes"]] == [row.path for row in found.rows]
    lstm = next(node for node in data["nodes"] if node["name"] == "encode_story")
    assert lstm["outputs"] == {"": "[32]", "state": "[32] [32]", "h": "[32]", "c": "[32]"}
    assert lstm["inputs"] == ["embed_story"]


@pytest.mark.parametrize("depth", [50, 2000])
def test_deeply_nested_blocks_are_no_trouble(depth: int) -> None:
    blocks = ["  b0: {inputs: [x], layers: {a: {type: Dense, units: 3}}, outputs: [a]}"]
    blocks += [
        f"  b{i}: {{inputs: [x], layers: {{a: b{i - 1}}}, outputs: [a]}}" for i in range(1, depth)
    ]
    text = "inputs: {x: [3]}\nblocks:\n" + "\n".join(blocks)
    examined = lint.examine(
        "deep.yaml", text=text + f"\nlayers: {{top: b{depth - 1}}}\noutputs: [top]\n"
    )
    if not examined.report.failed:
        assert examined.graph is not None
        assert len(summarize(examined.graph).rows) == 2 * depth + 2
