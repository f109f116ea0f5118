"""Every spec of the repository: its shapes, and one step of training."""

from pathlib import Path

import pytest
import torch

from modelspec.shapes import evaluate
from modelspec.torch import build, code, optimizers
from modelspec.torch.losses import OutputLoss
from modelspec.torch.passes import leave_logits
from modelspec.training import losses
from modelspec.training.optimizers.adam import Adam
from tests.torch.specs import graph_of

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))
ROWS = 3


def sizes_of(graph):
    symbols = {
        symbol
        for node in graph.inputs.values()
        for size in node.outputs[""].shape
        for symbol in getattr(size, "symbols", ())
    }
    return {symbol: max(graph.minimums.get(symbol, 1), 5) + 2 for symbol in symbols}


def inputs_of(graph, sizes):
    values = {}
    for name, node in graph.inputs.items():
        tensor = node.outputs[""]
        shape = [ROWS, *(evaluate(size, sizes) for size in tensor.shape)]
        dtype = getattr(torch, tensor.dtype)
        values[name] = (
            torch.randn(shape) if dtype.is_floating_point else torch.ones(shape).to(dtype)
        )
    return values


def target_of(output, prediction):
    if losses.find(output.loss).targets in ("classes", "indices"):
        return torch.randint(0, prediction.shape[-1], prediction.shape[:-1])
    return torch.rand(prediction.shape).round()


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_shapes_and_a_training_step(path):
    graph = graph_of(path.read_text())
    sizes = sizes_of(graph)
    inputs = inputs_of(graph, sizes)
    module = build(graph, seed=0)
    weights = [weight for node in graph.nodes.values() for weight in node.weights]
    assert weights or any(node.graph for node in graph.nodes.values())

    for name, value in module(inputs).items():
        declared = graph.outputs[name].value
        assert list(value.shape) == [ROWS, *(evaluate(size, sizes) for size in declared.shape)]
        assert value.dtype == getattr(torch, declared.dtype)

    trained = {name: output for name, output in graph.outputs.items() if output.loss}
    wanted = {name: losses.find(output.loss).activation for name, output in trained.items()}
    view, left_out = leave_logits(module, wanted)
    assert left_out == {name: activation for name, activation in wanted.items() if activation}
    optimizer = optimizers.create(Adam(learning_rate=0.001), module)
    targets = {}
    history = []
    for _ in range(4):
        predictions = view(inputs)
        total = torch.zeros(())
        for name, output in trained.items():
            targets.setdefault(name, target_of(output, predictions[name]))
            loss = OutputLoss(losses.find(output.loss), name in left_out)
            total = total + output.weight * loss(predictions[name], targets[name])
        optimizer.zero_grad()
        total.backward()
        missing = [name for name, p in module.named_parameters() if p.grad is None]
        assert not missing
        optimizer.step()
        history.append(total.item())
    assert min(history[1:]) < history[0]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_code(path):
    assert "def forward(self, " in code(graph_of(path.read_text()))
