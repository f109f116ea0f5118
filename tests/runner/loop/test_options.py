"""Regularizers and constraints, against five steps in Keras (`tests/golden/make_options.py`)."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from modelspec.graph.graph import Graph
from modelspec.layers import registry
from modelspec.runner.loop.objective import Objective, objective_of
from modelspec.torch import build
from modelspec.torch.constraints import constraints_of
from modelspec.torch.layers import find
from modelspec.torch.module import SpecModule
from modelspec.torch.regularization import regularization_losses
from modelspec.torch.weight_ownership import LayerWeights, array_views, layer_weights
from tests.layers.check_layer import make
from tests.runner.worlds import FLOWERS, interrupt_at, run, same_weights, write_flowers
from tests.torch.specs import graph_of

BATCH = 4
KEPT = np.load(Path(__file__).parents[2] / "golden" / "options.npz")

MODEL = """
inputs: {x: [6, 4]}
layers:
  embed:
    type: Dense
    units: 4
    kernel_regularizer: {type: l1_l2, l1: 0.01, l2: 0.02}
    bias_regularizer: {type: l2, l2: 0.03}
    kernel_constraint: {type: unit_norm, axis: [0, 1]}
    bias_constraint: non_neg
    activity_regularizer: {type: l1_l2, l1: 0.01, l2: 0.02}
  first: {use: twice}
  second: {use: twice}
  frozen: {type: Dense, units: 4, kernel_regularizer: l1, trainable: false}
  active: {type: ActivityRegularization, l1: 0.01, l2: 0.03}
  gru:
    type: GRU
    units: 3
    kernel_regularizer: {type: orthogonal_regularizer, factor: 0.1, mode: columns}
    recurrent_regularizer: {type: l2, l2: 0.05}
    bias_regularizer: {type: l1, l1: 0.02}
    kernel_constraint: {type: min_max_norm, min_value: 0.5, max_value: 1.2, rate: 0.7}
    recurrent_constraint: non_neg
    bias_constraint: {type: max_norm, max_value: 0.9, axis: 1}
  both:
    type: Bidirectional
    layer: {type: LSTM, units: 2, kernel_regularizer: l1, recurrent_constraint: max_norm}
  joined: Concatenate
  out:
    type: Dense
    units: 3
    kernel_regularizer: {type: orthogonal_regularizer, factor: 0.2}
    kernel_constraint: {type: max_norm, max_value: 2, axis: 1}
shared:
  twice:
    type: Dense
    units: 4
    activation: tanh
    kernel_regularizer: l2
    kernel_constraint: {type: max_norm, max_value: 1.5}
edges:
  - x -> embed -> first -> second -> frozen -> active -> gru -> joined
  - embed -> both -> joined
  - joined -> out
outputs:
  out: {loss: mean_squared_error}
"""


def loaded(text: str = MODEL) -> tuple[Graph, SpecModule]:
    """The model with Keras's first weights."""
    graph = graph_of(text)
    module = build(graph, seed=0)
    for name, owner in named(graph, module).items():
        arrays = [KEPT[f"{name}.{index}"] for index in range(len(owner.weights))]
        find(owner.layer).load_keras(owner.module, owner.layer, arrays)
    return graph, module


def named(graph, module):
    parts = {id(part): name for name, part in module.named_modules()}
    return {parts[id(owner.module)]: owner for owner in layer_weights(graph, module)}


def objective(graph: Graph, module: SpecModule) -> Objective:
    regularization = regularization_losses(graph, module)
    return objective_of(graph, torch.device("cpu"), {}, {}, frozenset({"out"}), regularization)


def test_what_was_measured_before_is_trained() -> None:
    """A run that was interrupted in its validation goes on with that, before any step."""
    graph, module = loaded()
    goal, x = objective(graph, module), torch.from_numpy(KEPT["x"][:BATCH])
    y = torch.from_numpy(KEPT["y"][:BATCH])
    with torch.inference_mode():
        measured = goal.add(goal.run(module, {"x": x}), {"out": y}, len(x))
    loss = goal.add(goal.run(module, {"x": x}), {"out": y}, len(x))
    loss.backward()
    assert loss.item() == pytest.approx(measured.item())


def test_keras_trains_the_same() -> None:
    graph, module = loaded()
    goal, held = objective(graph, module), constraints_of(graph, module)
    trained = [weight for weight in module.parameters() if weight.requires_grad]
    optimizer = torch.optim.SGD(trained, 0.1)
    losses = []
    for x, y in zip(*(torch.from_numpy(KEPT[k]).split(BATCH) for k in "xy"), strict=True):
        loss = goal.add(goal.run(module, {"x": x}), {"out": y}, len(x))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        held.apply()
        losses.append(loss.item())
    assert losses == pytest.approx(KEPT["losses"].tolist(), rel=1e-5)
    assert goal.logs()["loss"] == pytest.approx(float(KEPT["losses"].mean()), rel=1e-5)
    for name, owner in named(graph, module).items():
        kept = [weight.name for weight in owner.weights]
        for weight, view in array_views(owner, kept).items():
            expected = torch.from_numpy(KEPT[f"{name}.{kept.index(weight)}.after"])
            torch.testing.assert_close(view.read().detach(), expected, rtol=1e-5, atol=1e-5)
    goal.reset()
    with torch.inference_mode():
        for x, y in zip(*(torch.from_numpy(KEPT[k]).split(8) for k in "xy"), strict=True):
            goal.add(goal.run(module.eval(), {"x": x}), {"out": y}, len(x))
    assert goal.logs()["loss"] == pytest.approx(float(KEPT["evaluated"]), rel=1e-5)


def test_views_write_what_they_read() -> None:
    graph, module = loaded()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    for owner in layer_weights(graph, module):
        with torch.no_grad():
            for view in array_views(owner, [weight.name for weight in owner.weights]).values():
                view.write(view.read().clone())
    assert all(torch.equal(before[name], value) for name, value in module.state_dict().items())


@pytest.mark.parametrize(
    ("name", "arguments", "shape"),
    [
        ("Conv1D", {"filters": 2, "kernel_size": 3}, (5, 4)),
        ("Conv2D", {"filters": 2, "kernel_size": (3, 1)}, (5, 4, 3)),
        ("Conv2D", {"filters": 4, "kernel_size": 3, "groups": 2}, (5, 4, 2)),
        ("LSTM", {"units": 3}, (5, 4)),
        ("GRU", {"units": 3}, (5, 4)),
        ("Embedding", {"input_dim": 5, "output_dim": 2}, (3,)),
        ("LayerNormalization", {}, (3, 4)),
    ],
)
def test_views_are_the_arrays_of_keras(name: str, arguments: dict[str, Any], shape: Any) -> None:
    layer = registry.find(name)(**arguments)
    module = make(layer, [shape])
    assert module is not None
    weights = layer.weights(shape)
    arrays = [torch.randn(weight.shape) for weight in weights]
    find(layer).load_keras(module, layer, arrays)
    found = array_views(LayerWeights(layer, module, weights), [weight.name for weight in weights])
    for weight, array in zip(weights, arrays, strict=True):
        assert torch.equal(found[weight.name].read(), array), weight.name
        with torch.no_grad():
            found[weight.name].write(array + 1)
        assert torch.equal(found[weight.name].read(), array + 1)


def test_without_options_there_is_nothing_to_do() -> None:
    graph = graph_of("""
    inputs: {x: [4]}
    layers: {out: {type: Dense, units: 2}}
    edges: [x -> out]
    outputs: [out]
    """)
    assert regularization_losses(graph, build(graph)) is None


def test_outside_a_run_nothing_is_noted() -> None:
    graph, module = loaded()
    goal = objective(graph, module)
    assert goal.regularization is not None
    module(x=torch.from_numpy(KEPT["x"]))
    assert all(activity.terms is None for activity in goal.regularization.activities)


def test_every_call_of_a_shared_layer_costs() -> None:
    text = """
    inputs: {x: [4]}
    shared: {twice: {type: Dense, units: 4, activity_regularizer: {type: l1, l1: 0.5}}}
    layers: {first: {use: twice}, out: {use: twice}}
    edges: [x -> first -> out]
    outputs: [out, first]
    """
    graph = graph_of(text)
    module = build(graph, seed=0)
    regularization = regularization_losses(graph, module)
    assert regularization is not None
    outputs = regularization.run(module, {"x": torch.randn(3, 4)})
    expected = sum(value.abs().sum() * 0.5 / 3 for value in outputs.values())
    torch.testing.assert_close(
        regularization.weight_losses() + regularization.activity_losses(), expected
    )


OPTIONS = "units: 8, activity_regularizer: l2, kernel_regularizer: l1, kernel_constraint: max_norm"


def test_a_resumed_run_ends_as_if_it_had_not_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = FLOWERS.replace("units: 8", OPTIONS)
    whole = run(write_flowers(tmp_path, spec=text), runs=tmp_path / "whole")
    interrupt_at(8, monkeypatch)
    first = run(tmp_path / "spec.yaml")
    monkeypatch.undo()
    second = run(tmp_path / "spec.yaml", resume=first.folder)
    assert second.history == whole.history
    assert second.folder is not None
    assert whole.folder is not None
    assert same_weights(second.folder, whole.folder)


def test_a_wrapped_layer_costs_at_its_wrapper() -> None:
    with pytest.raises(AssertionError, match="what the output of a wrapped layer costs"):
        graph_of("""
        inputs: {x: [5, 4]}
        layers:
          out:
            type: TimeDistributed
            layer: {type: Dense, units: 3, activity_regularizer: l2}
        edges: [x -> out]
        outputs: [out]
        """)


def test_attention_has_four_kernels_that_cost() -> None:
    graph = graph_of("""
    inputs: {x: [5, 4]}
    layers:
      out:
        type: MultiHeadAttention
        num_heads: 2
        key_dim: 3
        kernel_regularizer: {type: l2, l2: 0.5}
    edges: [x -> out]
    outputs: [out]
    """)
    module = build(graph, seed=0)
    regularization = regularization_losses(graph, module)
    assert regularization is not None
    (owner,) = layer_weights(graph, module)
    kernels = [weight.name for weight in owner.weights if weight.name.endswith("kernel")]
    found = array_views(owner, kernels)
    assert len(found) == 4
    expected = sum(view.read().square().sum() * 0.5 for view in found.values())
    torch.testing.assert_close(
        regularization.weight_losses() + regularization.activity_losses(), expected
    )
