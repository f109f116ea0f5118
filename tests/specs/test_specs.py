"""Every spec under `specs/` lints clean, draws, builds, counts as Keras does, and learns.

What a spec says is held against Keras at its full size, without torch. What is built and trained
is a smaller one, by the overrides of `SMALLER`.
"""

import json
from pathlib import Path

import pytest
import torch

import modelspec
from modelspec.graph import totals
from modelspec.plot.options import PlotOptions
from modelspec.runner.loop.objective import objective_of, wanted_logits
from modelspec.shapes import evaluate
from modelspec.torch.optimizers import create
from modelspec.torch.passes import leave_logits
from modelspec.training.optimizers import find

SPECS = sorted(Path("specs").glob("*.yaml"))
COUNTS = json.loads(Path("tests/golden/specs.json").read_text())["counts"]
BATCH = 4
BLOCKS = {"xception_base"}
"""What is there for other specs to use, and has no loss."""
MEANS = {"weighted_ensemble"}
"""Whose output is a mean of probabilities, of which there are no logits."""

XCEPTION = ("params.size=40", "params.width=8", "params.depth=1")
VISION = ("params.size=36", "params.filters=2", "params.vocabulary=9", "params.answers=5")
SMALLER = {
    "fashion": ("params.vocabulary=9",),
    "resnet50": ("params.size=64", "params.width=4", "params.classes=5"),
    "siamese_xception": XCEPTION,
    "social": ("params.vocabulary=9",),
    "transformer_encoder": ("params.vocabulary=9", "params.width=8"),
    "unet": ("params.size=32", "params.filters=4"),
    "video_qa": (*VISION, "params.frames=3"),
    "vqa": VISION,
    "xception": (*XCEPTION, "params.classes=5"),
    "xception_base": XCEPTION,
}

pytestmark = pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)


@pytest.fixture(autouse=True)
def one_thread():
    """Two threads on a busy machine make small models many times slower."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def smaller(path):
    return modelspec.load(str(path), overrides=SMALLER.get(path.stem, ()))


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
    if output.loss.targets in ("classes", "indices"):
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


def test_it_draws(path):
    assert len(modelspec.load(str(path)).draw(PlotOptions(format="html"))) > 200


def test_the_module_has_the_parameters_and_shapes_of_the_graph(path):
    spec = smaller(path)
    module = spec.build().eval()
    trainable = sum(weight.numel() for weight in module.parameters() if weight.requires_grad)
    assert trainable == totals(spec.graph).trainable
    assert "def forward(self, " in spec.code()
    outputs = module(random_inputs(spec.graph))
    sizes = sizes_of(spec.graph)
    for name, output in spec.graph.outputs.items():
        declared = [evaluate(size, sizes) for size in output.value.shape]
        assert list(outputs[name].shape) == [BATCH, *declared]
        assert outputs[name].dtype == getattr(torch, output.value.dtype)


def test_training_steps_lower_its_loss_and_reach_every_weight(path):
    torch.manual_seed(0)
    spec = smaller(path)
    if path.stem in BLOCKS:
        assert not any(output.loss for output in spec.graph.outputs.values())
        return
    module = spec.build(seed=0)
    wanted = wanted_logits(spec.graph)
    view, logits = leave_logits(module, wanted)
    assert logits == ({} if path.stem in MEANS else wanted)
    names = frozenset(spec.graph.outputs)
    objective = objective_of(spec.graph, torch.device("cpu"), {}, logits, names)
    optimizer = create(find("adam")(learning_rate=0.0005), module)
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
        assert [name for name, p in module.named_parameters() if p.grad is None] == []
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
