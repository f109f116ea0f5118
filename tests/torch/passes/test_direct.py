"""Calling layers without what `nn.Module.__call__` does."""

import pytest
import torch

from modelspec.torch import build
from modelspec.torch.passes.direct import direct_forward
from tests.torch.specs import graph_of

SPEC = """
inputs: {x: [6], y: [4]}
blocks:
  twice:
    inputs: [x]
    layers: {a: {type: Dense, units: 5, activation: relu}, drop: {type: Dropout, rate: 0.5}}
    outputs: [drop]
layers:
  one: twice
  two: {type: Dense, units: 5, use_bias: false}
  join: Add
  normal: BatchNormalization
  out: {type: Dense, units: 2}
edges:
  - x -> one
  - y -> two
  - one, two -> join -> normal -> out
outputs: [out]
"""


@pytest.fixture
def module():
    return build(graph_of(SPEC), seed=0)


@pytest.mark.parametrize("training", [True, False])
def test_the_same_numbers_and_gradients(module, training):
    inputs = {"y": torch.randn(3, 4), "x": torch.randn(3, 6)}
    forward = direct_forward(module)
    module.train(training)
    found = []
    for run in (module, forward):
        torch.manual_seed(1)
        module.zero_grad()
        out = run(inputs)["out"]
        out.square().sum().backward()
        found.append([out, *(each.grad for each in module.parameters())])
    assert all(map(torch.equal, *found))


def test_new_weights_are_seen(module):
    forward, x, y = direct_forward(module), torch.randn(3, 6), torch.randn(3, 4)
    module.eval()
    before = forward({"x": x, "y": y})["out"]
    module.load_state_dict({name: each + 1 for name, each in module.state_dict().items()})
    after = forward({"x": x, "y": y})["out"]
    assert not torch.equal(before, after)
    assert torch.equal(after, module(x, y)["out"])


def test_hooks_of_a_layer_are_called(module):
    seen = []
    module.get_submodule("out").register_forward_hook(lambda *_: seen.append("out"))
    direct_forward(module)({"x": torch.randn(3, 6), "y": torch.randn(3, 4)})
    assert seen == ["out"]
