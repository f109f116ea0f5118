"""The values inside a module."""

import pytest
import torch

from modelspec.torch import build
from modelspec.torch.passes.values import paths, values_at
from tests.torch import specs
from tests.torch.specs import graph_of


def test_values_of_a_chain():
    module = build(graph_of(specs.SEQUENTIAL), seed=0)
    x = torch.randn(3, 64)
    found = values_at(module, {"x": x}, ["fc1", "out"])
    torch.testing.assert_close(found["fc1"], torch.relu(module.fc1(x)))
    torch.testing.assert_close(found["out"], module(x)["out"])


def test_values_inside_blocks():
    module = build(graph_of(specs.RESIDUAL), seed=0)
    image = torch.randn(2, 8, 8, 4)
    found = values_at(module, {"image": image}, ["stage_1", "stage_2/conv1", "stage_2/join"])
    torch.testing.assert_close(found["stage_1"], module.stage_1(image))
    conv1 = torch.relu(module.stage_2.conv1(found["stage_1"]))
    torch.testing.assert_close(found["stage_2/conv1"], conv1)
    torch.testing.assert_close(found["stage_2/join"], module.stage_2(found["stage_1"]))


def test_each_call_of_a_shared_block_has_values_of_its_own():
    module = build(
        graph_of("""
        inputs: {a: [4]}
        blocks:
          net:
            inputs: [x]
            layers: {fc: {type: Dense, units: 4, activation: tanh}, double: Add}
            edges: [x -> fc -> double, fc -> double]
            outputs: [double]
        shared: {twin: {type: net}}
        layers: {left: {use: twin}, right: {use: twin}}
        outputs: [right]
        """),
        seed=0,
    )
    a = torch.randn(2, 4)
    found = values_at(module, {"a": a}, ["left/fc", "left", "right/fc"])
    torch.testing.assert_close(found["left/fc"], torch.tanh(module.twin.fc(a)))
    torch.testing.assert_close(found["right/fc"], torch.tanh(module.twin.fc(found["left"])))


def test_a_layer_that_changes_nothing_has_a_value():
    module = build(
        graph_of("""
        inputs: {x: [4]}
        layers: {same: {type: Activation, activation: linear}, out: {type: Dense, units: 2}}
        outputs: [out]
        """)
    )
    x = torch.randn(2, 4)
    assert torch.equal(values_at(module, {"x": x}, ["same"])["same"], x)


def test_a_typo_is_answered():
    module = build(graph_of(specs.SEQUENTIAL))
    assert paths(module) == ["x", "fc1", "fc2", "out"]
    with pytest.raises(LookupError, match=r"no node `fc3` \(did you mean `fc\d`\?\)"):
        values_at(module, {"x": torch.randn(1, 64)}, ["fc3"])
