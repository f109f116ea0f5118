"""Sizes that layers need to be equal: found where no size of a symbol suits all."""

import pytest

from modelspec import lint
from modelspec.diagnostics import Report
from modelspec.graph.agreements import Agreements, Wanted
from modelspec.source import Place
from modelspec.source.read_document import parse

SPEC = """\
inputs: {x: [T, 2], four: [4, 2], six: [6, 2]}
layers: {a: MERGE, b: {type: Dot, axes: 1}}
edges: ["x, four -> a", "x, six -> b"]
outputs: [a, b]
"""


@pytest.mark.parametrize("merge", ["{type: Concatenate, axis: -1}", "{type: Dot, axes: 1}", "Add"])
def test_one_symbol_cannot_be_two_sizes(merge: str) -> None:
    (found,) = lint.examine("spec.yaml", text=SPEC.replace("MERGE", merge)).report.errors
    assert found.code == "MS501"
    assert "`T`" in found.message
    assert found.help.startswith("no size of `T` does")


@pytest.mark.parametrize("merge", ["{type: Concatenate, axis: -1}", "{type: Dot, axes: 1}", "Add"])
def test_one_size_for_all_is_fine(merge: str) -> None:
    text = SPEC.replace("MERGE", merge).replace("[6, 2]", "[4, 2]")
    assert not list(lint.examine("spec.yaml", text=text).report.errors)


@pytest.mark.parametrize(
    "layers",
    [
        "{a: {type: GRU, units: 3}, b: {type: Dot, axes: -1}}\n"
        'edges: [s -> a, x -> a.state, "x, four -> b"]',
        "{a: {type: Bidirectional, layer: {type: GRU, units: 3}}, b: {type: Dot, axes: -1}}\n"
        'edges: [s -> a, x -> a.state, x -> a.state, "x, four -> b"]',
    ],
)
def test_first_states_count_too(layers: str) -> None:
    inputs = "inputs: {x: [T], s: [2, 2], four: [4]}\n"
    text = f"{inputs}layers: {layers}\noutputs: [a, b]\n"
    (found,) = lint.examine("spec.yaml", text=text).report.errors
    assert found.code == "MS501"
    assert "`T`" in found.message
    fine = text.replace("units: 3", "units: 4")
    assert not list(lint.examine("spec.yaml", text=fine).report.errors)


def test_a_value_has_as_many_steps_as_its_key() -> None:
    text = """\
inputs: {q: [5, 3], v: [T, 3], k: [4, 3], six: [6, 3]}
layers: {a: Attention, b: {type: Dot, axes: 1}}
edges: [q -> a.query, v -> a.value, k -> a.key, "v, six -> b"]
outputs: [a, b]
"""
    (found,) = lint.examine("spec.yaml", text=text).report.errors
    assert found.code == "MS501"
    fine = text.replace("[6, 3]", "[4, 3]")
    assert not list(lint.examine("spec.yaml", text=fine).report.errors)


def test_a_query_has_as_many_features_as_its_key() -> None:
    text = """\
inputs: {q: [5, 3], v: [T, 3], k: [4, T]}
layers: {a: Attention}
edges: [q -> a.query, v -> a.value, k -> a.key]
outputs: [a]
"""
    (found,) = lint.examine("spec.yaml", text=text).report.errors
    assert found.code == "MS501"
    fine = text.replace("[4, T]", "[3, T]")
    assert not list(lint.examine("spec.yaml", text=fine).report.errors)


def test_a_size_that_gives_way_does_so_as_1_only() -> None:
    spec = """\
inputs: {x: [S, 4], y: [3, S], z: [4, 5, S, 2]}
layers: {both: Multiply, pool: MaxPooling3D}
edges: ["x, y -> both", z -> pool]
outputs: [both, pool]
"""
    (found,) = lint.examine("spec.yaml", text=spec).report.errors
    assert found.code == "MS501"
    assert "where `S` is 3" in found.message
    alone = spec.replace(", pool: MaxPooling3D", ", pool: Flatten")
    assert not list(lint.examine("spec.yaml", text=alone).report.errors)


@pytest.mark.parametrize(
    ("ranges", "minimum", "fits"),
    [
        ([(1, None), (4, 4), (6, None)], 1, False),
        ([(6, None), (1, None), (4, 4)], 1, False),
        ([(1, None), (4, 9), (6, None)], 1, True),
        ([(1, None), (3, None)], 7, True),
        ([(1, 4), (2, None)], 7, False),
        ([(4, 4)], 4, True),
    ],
)
def test_ranges(ranges: list[tuple[int, int | None]], minimum: int, fits: bool) -> None:
    report = Report()
    document = parse("a: 1", "spec.yaml", report)
    assert document
    agreements = Agreements()
    agreements._wanted["T"] = [
        Wanted(f"layer {number}", Place(document, ("a",)), *each)
        for number, each in enumerate(ranges)
    ]
    agreements.report({"T": minimum}, report)
    assert report.failed != fits
