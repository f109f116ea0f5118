"""Calls of a shared layer on one longer batch."""

import pytest
import torch

from modelspec.torch import build, code_of
from modelspec.torch.passes import batch_shared_calls, leave_logits, values_at
from tests.torch import specs
from tests.torch.specs import graph_of

SHARED_BLOCK = """
    inputs: {a: [6], b: [6], c: [6]}
    blocks:
      net:
        inputs: [x]
        layers: {fc: {type: Dense, units: 4, activation: tanh}, more: {type: Dense, units: 2}}
        edges: [x -> fc -> more]
        outputs: [fc, more]
    shared: {twin: {type: net}}
    layers:
      one: {use: twin}
      two: {use: twin}
      three: {use: twin}
      join: Concatenate
      all: Add
    edges:
      - a -> one
      - b -> two
      - c -> three
      - one.fc, two.more, three.fc -> join
      - one.more, two.more, three.more -> all
    outputs: [join, all]
    """

RELATED = """
    inputs: {a: [4], b: [4]}
    shared:
      f: {type: Dense, units: 4, activation: tanh}
      g: {type: Dense, units: 4}
    layers:
      f1: {use: f}
      g1: {use: g}
      g2: {use: g}
      f2: {use: f}
      sum: Add
    edges:
      - a -> f1 -> g1
      - b -> g2 -> f2
      - g1, f2 -> sum
    outputs: [sum]
    """

SAME_LENGTH = {"left": (3, 6, 5), "right": (3, 6, 5)}


def inputs_of(shapes):
    return {name: torch.randn(shape) for name, shape in shapes.items()}


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        (specs.SIAMESE, SAME_LENGTH),
        (SHARED_BLOCK, dict.fromkeys("abc", (3, 6))),
        (RELATED, dict.fromkeys("ab", (3, 4))),
    ],
)
def test_values_and_gradients_are_the_same(text, shapes):
    graph = graph_of(text)
    module = build(graph, seed=0)
    view = batch_shared_calls(module, graph)
    view.graph.lint()
    assert calls_of(view) < calls_of(module)
    inputs = inputs_of(shapes)
    gradients = []
    for run in (module, view):
        module.zero_grad()
        outputs = run(inputs)
        sum(value.square().sum() for value in outputs.values()).backward()
        gradients.append([parameter.grad.clone() for parameter in module.parameters()])
        torch.testing.assert_close(outputs, module(inputs))
    torch.testing.assert_close(*gradients)


def calls_of(module):
    return sum(node.op == "call_module" for node in module.graph.nodes)


def test_weights_are_the_same_under_the_same_names():
    graph = graph_of(specs.SIAMESE)
    module = build(graph, seed=0)
    one, other = dict(module.named_parameters()), batch_shared_calls(module, graph)
    assert all(one[name] is weight for name, weight in other.named_parameters())
    assert list(one) == [name for name, _ in other.named_parameters()]


@pytest.mark.parametrize(
    "text",
    [
        specs.SIAMESE.replace("right: [T, 5]", "right: [S, 5]"),
        specs.SIAMESE.replace("units: 3}", "units: 3, dropout: 0.5}"),
        RELATED.replace("{type: Dense, units: 4, activation: tanh}", "BatchNormalization").replace(
            "{type: Dense, units: 4}", "{type: Dropout, rate: 0.1}"
        ),
    ],
    ids=["lengths differ", "dropout", "batch statistics"],
)
def test_what_is_left_alone(text):
    graph = graph_of(text)
    module = build(graph, seed=0)
    assert batch_shared_calls(module, graph) is module


def test_a_call_behind_another_one_is_left_alone():
    graph = graph_of("""
        inputs: {x: [4]}
        shared: {f: {type: Dense, units: 4}}
        layers: {a: {use: f}, b: {use: f}}
        outputs: [b]
        """)
    module = build(graph, seed=0)
    assert batch_shared_calls(module, graph) is module


def test_with_logits_values_and_compile():
    graph = graph_of(specs.SIAMESE)
    module = build(graph, seed=0)
    view, left_out = leave_logits(module, {"out": "sigmoid"})
    view = batch_shared_calls(view, graph)
    assert left_out
    inputs = inputs_of(SAME_LENGTH)
    torch.testing.assert_close(view(inputs)["out"].sigmoid(), module(inputs)["out"])
    found = values_at(view, inputs, ["a", "b"])
    torch.testing.assert_close(found, values_at(module, inputs, ["a", "b"]))
    assert "encoder_batched = self.encoder(encoder_batch)" in code_of(view)


def test_it_compiles():
    graph = graph_of(SHARED_BLOCK)
    view = batch_shared_calls(build(graph, seed=0), graph)
    inputs = inputs_of(dict.fromkeys("abc", (3, 6)))
    compiled = torch.compile(view, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(inputs), view(inputs))
