"""Where masks go."""

import pytest

from modelspec.graph import Mask, MaskFlow, mask_flow
from modelspec.language.model import Endpoint
from tests.graph.building import clean

HEAD = """\
inputs: {words: {shape: [5, 3], dtype: int64}}
layers:
  embed: {type: Embedding, input_dim: 6, output_dim: 4, mask_zero: true}
"""


def flow_of(*layers: str) -> MaskFlow:
    """The flow through a chain behind an embedding of words of letters."""
    names = [layer.partition(":")[0] for layer in layers]
    lines = "".join(f"  {layer}\n" for layer in layers)
    return mask_flow(clean(f"{HEAD}{lines}outputs: [{names[-1]}]\n"))


def test_a_model_without_masks_has_none() -> None:
    flow = mask_flow(clean("inputs: {x: [3]}\nlayers: {y: Flatten}\noutputs: [y]"))
    assert (flow.masks, flow.used, flow.dropped, flow.masked_outputs) == ({}, set(), {}, [])


def test_a_mask_has_the_axes_of_the_indices() -> None:
    flow = flow_of("y: {type: Dense, units: 2}")
    assert flow.masks[Endpoint("embed", "")] == Mask(2, frozenset({"embed"}))
    assert flow.masked_outputs == ["y"]


def test_a_wrapped_layer_keeps_the_steps() -> None:
    flow = flow_of("word: {type: TimeDistributed, layer: {type: LSTM, units: 2}}")
    assert flow.masks[Endpoint("word", "")] == Mask(1, frozenset({"embed"}))
    assert not flow.dropped


def test_a_wrapped_layer_drops_what_is_its_own() -> None:
    conv = "{type: Conv1D, filters: 2, kernel_size: 2}"
    flow = flow_of(f"word: {{type: TimeDistributed, layer: {conv}}}")
    assert flow.masks[Endpoint("word", "")].axes == 1
    assert flow.dropped == {"word": {"embed"}}


def test_a_mask_is_dropped_once() -> None:
    flow = flow_of("flat: Flatten", "y: {type: Dense, units: 2}")
    assert flow.dropped == {"flat": {"embed"}}
    assert flow.masked_outputs == []


SHARED = """\
inputs: {{x: {{shape: [T], dtype: int64}}}}
blocks:
  reader:
    inputs: [v]
    layers: {{read: {read}}}
    outputs: [read]
shared: {{code: reader}}
layers:
  embed: {{type: Embedding, input_dim: 6, output_dim: 3, mask_zero: true}}
  plain: {{type: Embedding, input_dim: 6, output_dim: 3}}
  a: {{use: code}}
  b: {{use: code}}
edges: [x -> plain -> a, x -> embed -> b]
outputs: [a, b]
"""


@pytest.mark.parametrize(
    ("read", "wanted", "masked"),
    [
        ("{type: GRU, units: 2}", ["v"], []),
        ("{type: Dense, units: 2}", ["v"], ["read"]),
        ("{type: GlobalMaxPooling1D}", [], []),
    ],
)
def test_a_shared_block_is_called_with_the_masks_of_all_its_calls(
    read: str, wanted: list[str], masked: list[str]
) -> None:
    flow = mask_flow(clean(SHARED.format(read=read)))
    assert flow.inner["a"] is flow.inner["b"]
    assert flow.inner["a"].wanted == wanted
    assert flow.inner["a"].masked_outputs == masked


def test_a_mask_of_nothing_but_the_steps_does_not_enter_the_wrapper() -> None:
    """A block inside of a wrapper is given the mask without the axis of the steps."""
    spec = """\
inputs: {words: {shape: [5], dtype: int64}}
blocks: {inner: {inputs: [v], layers: {read: {type: Dense, units: 2}}, outputs: [read]}}
layers:
  embed: {type: Embedding, input_dim: 6, output_dim: 4, mask_zero: true}
  each: {type: TimeDistributed, layer: inner}
outputs: [each]
"""
    flow = mask_flow(clean(spec))
    assert flow.inner["each"].given == {}
    assert flow.inner["each"].masks == {}


def test_masks_join_only_where_they_reach_to_the_last_axis_but_one() -> None:
    conv = "{type: TimeDistributed, layer: {type: Conv1D, filters: 2, kernel_size: 2}}"
    layers = f"  one: {conv}\n  two: {conv}\n  both: Concatenate\n  whole: Concatenate\n"
    edges = "embed -> one -> both, embed -> two -> both, embed -> whole, embed -> whole"
    flow = mask_flow(
        clean(f"{HEAD}{layers}edges: [words -> embed, {edges}]\noutputs: [both, whole]\n")
    )
    assert flow.masks[Endpoint("one", "")].axes == flow.masks[Endpoint("two", "")].axes == 1
    assert flow.masked_outputs == ["whole"]
