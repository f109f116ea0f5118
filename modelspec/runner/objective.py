"""What a run minimises and measures: every output's loss and metrics, summed on the device."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from modelspec.torch.losses import OutputLoss
from modelspec.torch.metrics import Accumulator, Mean, accumulator
from modelspec.training import losses, metrics

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelspec.graph.graph import Graph, GraphOutput


@dataclass(slots=True)
class Measure:
    """The loss and the metrics of one output.

    Attributes:
        activation: What makes probabilities of logits, for the metrics; None where the output
            has its activation already.
        loss: None for an output that is only measured.
        mean: The loss over the samples so far.
    """

    name: str
    weight: float
    activation: str | None
    loss: OutputLoss | None
    mean: Mean
    metrics: dict[str, Accumulator] = field(default_factory=dict)

    def add(self, prediction: Tensor, target: Tensor, rows: int) -> Tensor | None:
        """Take in a batch; its loss times the output's weight, if it is trained."""
        value = None
        if self.loss is not None:
            value = self.loss(prediction, target)
            self.mean.add(value, rows)
            if self.weight != 1.0:
                value = value * self.weight
        if self.metrics:
            self._measure(prediction.detach(), target)
        return value

    @torch.no_grad()
    def _measure(self, prediction: Tensor, target: Tensor) -> None:
        if self.activation == "softmax":
            prediction = prediction.softmax(-1)
        elif self.activation == "sigmoid":
            prediction = prediction.sigmoid()
        for metric in self.metrics.values():
            metric.update(prediction, target)

    @property
    def accumulators(self) -> dict[str, Accumulator]:
        """All running sums, by name."""
        return {"loss": self.mean, **self.metrics} if self.loss else dict(self.metrics)


class Objective:
    """The weighted sum of the outputs' losses, and the running values of all that is logged.

    Attributes:
        measures: One an output that is trained or measured.
    """

    def __init__(self, measures: list[Measure]) -> None:
        self.measures = measures

    def add(
        self, outputs: Mapping[str, Tensor], targets: Mapping[str, Tensor], rows: int
    ) -> Tensor:
        """Take in a batch, and return the loss that is minimised. Never waits for the device.

        Raises:
            TargetError: Targets that do not fit their output.
        """
        terms = [
            term
            for measure in self.measures
            if (term := measure.add(outputs[measure.name], targets[measure.name], rows)) is not None
        ]
        total = terms[0] if terms else torch.zeros(())
        for term in terms[1:]:
            total = total + term
        return total

    def reset(self) -> None:
        """Begin an epoch."""
        for measure in self.measures:
            for each in measure.accumulators.values():
                each.reset()

    @property
    def loss_keys(self) -> dict[str, str]:
        """What each trained output's loss is called in the logs, by output."""
        trained = [measure.name for measure in self.measures if measure.loss is not None]
        return {name: self._prefix(name) + "loss" for name in trained}

    def logs(self, prefix: str = "") -> dict[str, float]:
        """The running values under Keras's names. Waits for the device.

        With one output `loss, accuracy`; with several also `age_loss, age_mae`. `loss` is the
        weighted sum.
        """
        values = self.values()
        logged = {"loss": self.total(values)} if self.loss_keys else {}
        for output, found in values.items():
            named = {self._prefix(output) + name: value for name, value in found.items()}
            logged |= {key: value for key, value in named.items() if key != "loss"}
        return {prefix + key: value for key, value in logged.items()}

    def values(self) -> dict[str, dict[str, float]]:
        """The running values of each output, with one transfer from the device."""
        running = [
            (measure.name, name, each.value())
            for measure in self.measures
            for name, each in measure.accumulators.items()
        ]
        numbers = torch.stack([value for *_, value in running]).tolist() if running else []
        found: dict[str, dict[str, float]] = {measure.name: {} for measure in self.measures}
        for (output, name, _), number in zip(running, numbers, strict=True):
            found[output][name] = number
        return found

    def total(self, values: Mapping[str, Mapping[str, float]]) -> float:
        """The weighted sum of the losses among `values`."""
        return sum(
            measure.weight * values[measure.name]["loss"]
            for measure in self.measures
            if measure.loss is not None
        )

    def state(self) -> dict[str, dict[str, Tensor]]:
        """The running sums."""
        return {
            measure.name: {name: each.totals for name, each in measure.accumulators.items()}
            for measure in self.measures
        }

    def load_state(self, state: Mapping[str, Mapping[str, Any]]) -> None:
        """Take back what `state` returned."""
        for measure in self.measures:
            for name, each in measure.accumulators.items():
                each.totals.copy_(state[measure.name][name])

    def _prefix(self, output: str) -> str:
        return f"{output}_" if len(self.measures) > 1 else ""


def wanted_logits(graph: Graph) -> dict[str, str]:
    """The outputs whose loss is safer on logits, with the activation that it would compute."""
    found = {
        output.name: losses.find(output.loss) for output in graph.outputs.values() if output.loss
    }
    return {name: loss.activation for name, loss in found.items() if loss and loss.activation}


def objective_of(
    graph: Graph,
    device: torch.device,
    class_weights: Mapping[str, Sequence[float]],
    logits: Mapping[str, str],
    measured: frozenset[str],
) -> Objective:
    """The objective of a graph's outputs.

    Args:
        graph: Its outputs say losses, weights and metrics.
        device: Where the sums lie.
        class_weights: One factor a class, by output.
        logits: The activation that an output leaves to its loss, by output.
        measured: The outputs that have targets.
    """
    return Objective(
        [
            _measure(output, device, class_weights.get(output.name), logits.get(output.name))
            for output in graph.outputs.values()
            if output.name in measured
        ]
    )


def _measure(
    output: GraphOutput,
    device: torch.device,
    class_weight: Sequence[float] | None,
    logits: str | None,
) -> Measure:
    declared = losses.find(output.loss) if output.loss else None
    factors = torch.tensor(class_weight, device=device) if class_weight else None
    loss = declared and OutputLoss(declared, logits is not None, factors)
    found = {
        name: accumulator(metric, device, loss=declared.name if declared else None)
        for name in output.metrics
        if (metric := metrics.find(name))
    }
    return Measure(output.name, output.weight, logits, loss, Mean(device), found)
