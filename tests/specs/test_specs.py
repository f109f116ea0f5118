"""Every spec under `specs/` lints clean, draws, builds, counts as Keras does, and learns."""

import json
from pathlib import Path

import pytest
import torch

import modelspec
from modelspec.graph import totals
from modelspec.plot.options import PlotOptions
from modelspec.runner.objective import objective_of, wanted_logits
from modelspec.shapes import evaluate
from modelspec.torch.optimizers import create
from modelspec.torch.passes import leave_logits
from modelspec.training.optimizers import find

SPECS = sorted(Path("specs").glob("*.yaml"))
COUNTS = json.loads(Path("tests/golden/specs.json").read_text())["counts"]
BATCH = 4

pytestmark = pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)


def random_tensor(shape, dtype, sizes):
    fixed = [evaluate(size, sizes) for size in shape]
    if dtype == "int64":
        return torch.randint(0, 2, (BATCH, *fixed))
    return torch.rand(BATCH, *fixed)


def sizes_of(graph):
    return {name: least + 3 for name, least in graph.minimums.items()}


def random_inputs(graph):
    sizes = sizes_of(graph)
    return {
        name: random_tensor(node.outputs[""].shape, node.outputs[""].dtype, sizes)
        for name, node in graph.inputs.items()
    }


def random_target(output, prediction):
    *steps, width = prediction.shape
    if "categorical" in output.loss:
        return torch.randint(0, width, steps)
    return torch.rand(*steps, width).round()


def test_it_says_what_it_shows(path):
    assert modelspec.load(str(path)).spec.description


def test_lint_finds_nothing(path):
    assert modelspec.check(str(path)) == []


def test_it_has_as_many_parameters_as_in_keras(path):
    counted = totals(modelspec.load(str(path)).graph)
    expected = COUNTS[path.stem]
    assert (counted.trainable, counted.non_trainable) == tuple(expected.values())


def test_the_module_has_as_many_parameters_as_the_graph(path):
    spec = modelspec.load(str(path))
    module = spec.build()
    trainable = sum(weight.numel() for weight in module.parameters() if weight.requires_grad)
    assert trainable == totals(spec.graph).trainable


@pytest.mark.parametrize("format", ["svg", "png", "pdf", "dot", "mermaid", "html"])
def test_it_draws(path, format):
    assert len(modelspec.load(str(path)).draw(PlotOptions(format=format))) > 200


def test_its_outputs_have_the_shapes_it_says(path):
    spec = modelspec.load(str(path))
    outputs = spec.build().eval()(random_inputs(spec.graph))
    sizes = sizes_of(spec.graph)
    for name, output in spec.graph.outputs.items():
        declared = [evaluate(size, sizes) for size in output.value.shape]
        assert list(outputs[name].shape) == [BATCH, *declared]


def test_training_steps_lower_its_loss(path):
    torch.manual_seed(0)
    spec = modelspec.load(str(path))
    module = spec.build(seed=0)
    view, logits = leave_logits(module, wanted_logits(spec.graph))
    names = frozenset(spec.graph.outputs)
    objective = objective_of(spec.graph, torch.device("cpu"), {}, logits, names)
    optimizer = create(find("adam")(learning_rate=0.003), module)
    inputs = random_inputs(spec.graph)
    predictions = module(inputs)
    targets = {
        name: random_target(output, predictions[name])
        for name, output in spec.graph.outputs.items()
    }
    losses = []
    for _ in range(6):
        loss = objective.add(view(inputs), targets, BATCH)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
