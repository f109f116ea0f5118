"""Shared layers: one set of weights."""

from modelspec.graph import totals
from tests.graph.building import built, clean, codes, found

SIAMESE = """\
inputs: {left: [L, %s], right: [R, 8]}
shared: {encoder: {type: LSTM, units: 4}}
layers:
  a: {use: encoder}
  b: {use: encoder}
  both: Concatenate
  y: {type: Dense, units: 1}
edges:
  - left -> a
  - right -> b
  - a, b -> both -> y
outputs: {y: mse}
"""


def test_shared_weights_count_once() -> None:
    graph = clean(SIAMESE % 8)
    assert totals(graph).trainable == 4 * (8 * 4 + 4 * 4 + 4) + 9
    assert graph.shared["encoder"].calls == ["a", "b"]
    assert graph.nodes["a"].shared == "encoder"
    assert graph.nodes["a"].weights == graph.nodes["b"].weights == graph.shared["encoder"].weights


def test_calls_that_ask_for_other_weights_are_both_named() -> None:
    (conflict,) = found(SIAMESE % 6)
    assert conflict.code == "MS505"
    assert "on `[L, 6]` by `a` and on `[R, 8]` by `b`" in conflict.message
    assert [each.span.line for each in conflict.related] == [4, 2]


def test_one_frozen_call_freezes_the_weights() -> None:
    graph = clean((SIAMESE % 8).replace("b: {use: encoder}", "b: {use: encoder, trainable: false}"))
    assert totals(graph)[:2] == (9, 4 * (8 * 4 + 4 * 4 + 4))
    assert not graph.nodes["a"].trainable
    assert not graph.shared["encoder"].trainable


BLOCK = """\
inputs: {film: [5, 8], photo: [%s]}
blocks:
  see:
    inputs: [x]
    layers: {fc: {type: Dense, units: 4, activation: relu}, norm: BatchNormalization}
    outputs: [norm]
shared: {eye: {type: see}}
layers:
  each: {type: TimeDistributed, layer: {use: eye}}
  pool: GlobalMaxPooling1D
  still: {use: eye}
  again: {use: eye}
  all: Concatenate
edges:
  - film -> each -> pool
  - photo -> still, again
  - pool, still, again -> all
outputs: [all]
"""


def test_a_shared_block_counts_once_also_inside_a_wrapper() -> None:
    graph = clean(BLOCK % 8)
    assert totals(graph)[:2] == (8 * 4 + 4 + 8, 8)
    assert graph.shared["eye"].calls == ["each", "still", "again"]
    assert graph.nodes["each"].shared == "eye"


def test_a_shared_block_is_checked_too() -> None:
    text = (BLOCK % 6).replace(
        "  - photo -> still, again", "  - photo -> still\n  - film2 -> again"
    )
    text = text.replace("photo: [6]", "photo: [6], film2: [8]")
    assert codes(text) == ["MS505"]


def test_a_shared_layer_that_is_never_called() -> None:
    graph, report = built((SIAMESE % 8).replace("shared: {", "shared: {spare: Flatten, "))
    assert [each.code for each in report] == ["MS306"]
    assert list(graph.shared) == ["encoder"]
