"""Steps of a module with capturing, and without, held against each other to the bit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor

from modelspec.lint import examine
from modelspec.runner.input.batches import Batch, InMemoryRows
from modelspec.runner.loop import step_capture
from modelspec.runner.loop.objective import Objective
from modelspec.runner.loop.output_metrics import OutputMetrics
from modelspec.runner.loop.precision import Precision
from modelspec.runner.loop.train_state import TrainPlan, TrainState
from modelspec.runner.loop.train_step import TrainStep
from modelspec.torch import build, switches
from modelspec.torch.build import mask_key
from modelspec.torch.constraints import constraints_of
from modelspec.torch.losses import OutputLoss
from modelspec.torch.metrics import Mean, Setting, accumulator
from modelspec.torch.optimizers import create
from modelspec.torch.passes.direct import direct_forward
from modelspec.torch.regularization import regularization_losses
from modelspec.training.losses.regression import MeanSquaredError
from modelspec.training.metrics.regression import MeanAbsoluteError
from modelspec.training.optimizers.adaptive.rmsprop import RMSprop
from tests.soundness.checks import open_sizes, random_inputs, with_sizes

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from modelspec.graph import Graph

CPU = torch.device("cpu")
SIZE = 5


class Made(NamedTuple):
    """What a number of steps left.

    Attributes:
        numbers: Losses, gradients, weights, buffers, sums and random numbers, in order.
        reason: Why steps were not captured.
        is_active: Whether some were repeated.
    """

    numbers: list[Tensor]
    reason: str | None
    is_active: bool


def graph_of_spec(spec: Mapping[str, Any]) -> Graph | None:
    """The graph of a spec, its open sizes set; None of one that is wrong."""
    examined = examine("drawn.yaml", text=json.dumps(spec))
    if examined.report.errors or examined.graph is None:
        return None
    sizes = {
        name: max(6, examined.graph.minimums.get(name, 1)) for name in open_sizes(examined.graph)
    }
    return graph_of_spec(with_sizes(spec, sizes)) if sizes else examined.graph


class Steps:
    """A module and what trains it.

    Args:
        graph: Of the module; its outputs are held to random targets.
        steps: How many batches there are.
        optimizer: Its declaration.
        precision: What layers run in.
    """

    def __init__(
        self, graph: Graph, steps: int, optimizer: Any = None, precision: Any = "float32"
    ) -> None:
        torch.manual_seed(0)
        self.module = build(graph, seed=0, masks=True)
        self.batches = [_batch(graph, self.module, seed) for seed in range(steps)]
        self.module.train()
        names = list(self.batches[0].targets)
        regularization = regularization_losses(graph, self.module)
        self.objective = Objective([_measure(name) for name in names], regularization)
        train_state = TrainState(
            self.module,
            direct_forward(self.module),
            create(optimizer or RMSprop(), self.module),
            self.objective,
            self.objective,
            constraints_of(graph, self.module),
            Precision(precision, CPU),
        )
        rows = InMemoryRows({}, {}, SIZE * steps)
        self._step = TrainStep(TrainPlan(rows, None, 1, SIZE, 0, True, CPU), train_state)
        self.capture = self._step.capture
        self.loss, self.learn = self._step.loss, self._step.learn


def steps_of(graph: Graph, steps: int = 6, *options: Any) -> Made:
    """Make steps on batches of other values each time."""
    step = Steps(graph, steps, *options)
    torch.manual_seed(5)
    numbers = []
    for place, batch in enumerate(step.batches):
        loss = step.loss(batch, steps - place)
        numbers.append(loss.detach().clone())
        if not loss.requires_grad and not step.capture.is_active:
            return Made(numbers, "nothing to learn", False)
        step.learn(loss)
        gradients = [each.grad for each in step.module.parameters()]
        numbers += [each.clone() for each in gradients if each is not None]
        numbers += [each.clone() for each in step.module.state_dict().values()]
        numbers += [each.clone() for each in step.objective.sums()]
    numbers.append(torch.get_rng_state())
    return Made(numbers, step.capture.reason, step.capture.is_active)


def made_step(
    spec: Mapping[str, Any], patch: pytest.MonkeyPatch, batches: int
) -> tuple[Steps, list[Batch]]:
    """Steps that are captured as soon as may be, and batches for them."""
    patch.setattr(step_capture, "FEWEST_STEPS", 1)
    graph = graph_of_spec(spec)
    assert graph is not None
    steps = Steps(graph, batches)
    return steps, steps.batches


def pair(
    graph: Graph, patch: pytest.MonkeyPatch, steps: int = 6, *options: Any
) -> tuple[Made, Made]:
    """Steps that may be captured, and steps that are not."""
    patch.setattr(step_capture, "FEWEST_STEPS", 1)
    captured = steps_of(graph, steps, *options)
    with switches.CAPTURE.off():
        return captured, steps_of(graph, steps, *options)


def _measure(name: str) -> OutputMetrics:
    loss, metric = OutputLoss(MeanSquaredError()), accumulator(MeanAbsoluteError(), Setting(CPU))
    return OutputMetrics(name, 1.0, None, loss, Mean(CPU), {"mae": metric})


def first_difference(one: Made, other: Made) -> int | None:
    """The place of the first numbers that are not the same bits; None where all are."""
    if len(one.numbers) != len(other.numbers):
        return -1
    for place, (left, right) in enumerate(zip(one.numbers, other.numbers, strict=True)):
        if left.dtype != right.dtype or not torch.equal(_bits(left), _bits(right)):
            return place
    return None


def _bits(tensor: Tensor) -> Tensor:
    return tensor.reshape(-1).view(torch.uint8)


def _batch(graph: Graph, module: Any, seed: int) -> Batch:
    generator = torch.Generator().manual_seed(seed)
    inputs = {}
    for name, each in random_inputs(graph, {}, SIZE).items():
        order = torch.randperm(each.numel(), generator=generator)
        inputs[name] = each.reshape(-1)[order].view(each.shape)
    with torch.no_grad():
        outputs = module.eval()(dict(inputs))
    module.train()
    masks = {mask_key(name) for name in outputs}
    targets = {
        name: torch.randn(each.shape, generator=generator)
        for name, each in outputs.items()
        if name not in masks and each.is_floating_point() and each.ndim > 1
    }
    return Batch(inputs, targets, SIZE)
