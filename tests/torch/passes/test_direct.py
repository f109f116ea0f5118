"""Calling layers without what `nn.Module.__call__` does."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from modelspec.torch import build, kernels, switches
from modelspec.torch.passes.direct import InferenceForward, direct_forward
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


INFERENCE = """
inputs: {x: [8, 8, 3], y: [12]}
layers:
  conv: {type: Conv2D, filters: 4, kernel_size: 3, activation: relu}
  pool: {type: MaxPooling2D, pool_size: 2}
  flat: Flatten
  dense: {type: Dense, units: 12}
  hot: {type: Activation, activation: relu}
  both: {type: Add}
  on: {type: Activation, activation: relu}
  warm: {type: Dense, units: 12, activation: relu}
  of_input: {type: Activation, activation: relu}
  all: Concatenate
  out: {type: Dense, units: 5, activation: softmax}
edges:
  - x -> conv -> pool -> flat -> dense -> hot
  - dense, hot -> both -> on
  - y -> of_input
  - y -> warm
  - on, of_input, warm -> all -> out
outputs: [out, dense, all]
"""


@pytest.fixture
def inference_module():
    return build(graph_of(INFERENCE), seed=0).eval()


class Calls(TorchDispatchMode):
    """Counts the calls of functions by name."""

    def __init__(self):
        super().__init__()
        self._names = []

    def count(self, name):
        return self._names.count(name)

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self._names.append(func.name())
        return func(*args, **(kwargs or {}))


def drawn(rows=200):
    return {"x": torch.randn(rows, 8, 8, 3), "y": torch.randn(rows, 12)}


@torch.inference_mode()
def test_inference_gives_the_same_and_leaves_what_others_read(inference_module):
    inputs = drawn()
    before = {name: each.clone() for name, each in inputs.items()}
    wanted = inference_module(inputs)
    found = InferenceForward(inference_module).current()(inputs)
    assert list(found) == list(wanted)
    for name in ("dense", "all"):
        assert torch.equal(found[name], wanted[name])
    assert wanted["dense"].min() < 0
    torch.testing.assert_close(found["out"], wanted["out"])
    assert all(torch.equal(inputs[name], before[name]) for name in inputs)


def test_relu_overwrites_what_a_layer_made_for_it_alone(inference_module):
    inputs = drawn(2)
    learnt = direct_forward(inference_module)(inputs)["all"]
    with Calls() as calls, torch.no_grad():
        found = InferenceForward(inference_module).current()(inputs)["all"]
    assert torch.equal(found, learnt)
    assert calls.count("aten::relu_") == 1
    assert calls.count("aten::relu") == 4


class Kept(torch.nn.Linear):
    """A layer of somebody else's, whose output is not its own."""

    def forward(self, input):
        return input


def test_what_a_layer_of_a_plugin_gives_is_not_overwritten():
    spec = (
        "{inputs: {x: [4]}, layers: {d: {type: Dense, units: 4, activation: relu}}, outputs: [d]}"
    )
    module = build(graph_of(spec), seed=0)
    module.get_submodule("d").__class__ = Kept
    x = torch.randn(3, 4)
    before = x.clone()
    with torch.no_grad():
        InferenceForward(module).current()({"x": x})
    assert torch.equal(x, before)


def test_softmax_of_few_classes_is_the_kernels(inference_module, monkeypatch):
    monkeypatch.setattr(kernels, "softmax", lambda x, dim: torch.softmax(x, dim) + 1)
    inputs = drawn(2)
    assert direct_forward(inference_module)(inputs)["out"].min() > 1
    with switches.FEW_CLASSES.off():
        assert direct_forward(inference_module)(inputs)["out"].max() < 1


@torch.no_grad()
def test_inference_sees_new_layers_weights_and_hooks(inference_module):
    inputs, inference = drawn(4), InferenceForward(inference_module)
    first = inference.current()
    assert inference.current() is first
    inference_module.out.bias = torch.nn.Parameter(torch.full((5,), 1.0))
    inference_module.out.bias[0] = 50.0
    assert inference.current() is not first
    assert inference.current()(inputs)["out"][:, 0].min() > 0.99
    inference_module.dense = torch.nn.Linear(36, 12)
    torch.testing.assert_close(inference.current()(inputs), inference_module(inputs))
    seen = []
    inference_module.conv.register_forward_hook(lambda *_: seen.append("conv"))
    inference.current()(inputs)
    assert seen == ["conv"]
    with switches.DIRECT_FORWARD.off():
        assert inference.current() is inference_module


@torch.no_grad()
def test_hooks_of_the_whole_module_are_called(inference_module):
    inference = InferenceForward(inference_module)
    assert inference.current() is not inference_module
    seen = []
    inference_module.register_forward_hook(lambda *_: seen.append("whole"))
    inference.current()(drawn(2))
    assert seen == ["whole"]
