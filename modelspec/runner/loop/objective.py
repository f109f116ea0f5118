"""The total loss of a training, and the losses and metrics of its outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from modelspec.language.data import weight_key
from modelspec.runner.loop.output_metrics import OutputMetrics
from modelspec.torch import switches
from modelspec.torch.build import mask_key
from modelspec.torch.losses import OutputLoss
from modelspec.torch.metrics import Mean, Setting, accumulator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from modelspec.graph.graph import Graph, GraphOutput
    from modelspec.runner.distributed.process_group import ProcessGroup
    from modelspec.runner.loop.units import DataUnits
    from modelspec.torch.regularization import RegularizationLosses
    from modelspec.training.losses import Loss

REGULARIZATION = ""
"""What stands for the penalties among the outputs, none of which has this name."""


class Objective:
    """The weighted sum of the outputs' losses, and the running values of all that is logged.

    Attributes:
        measures: One an output that is trained or measured.
        regularization: What the options of the layers add to the loss, if they do.
        parts: Among how many processes batches are shared, which average their gradients.
    """

    def __init__(
        self,
        measures: list[OutputMetrics],
        regularization: RegularizationLosses | None = None,
        device: torch.device | None = None,
        parts: int = 1,
    ) -> None:
        self.measures = measures
        self.regularization = regularization
        self._parts = parts
        self._added = Mean(device or torch.device("cpu"))

    def run(self, module: Callable[[Any], Any], inputs: Any) -> Any:
        """The outputs of the module, whose layers' penalties `add` takes in."""
        return self.regularization.run(module, inputs) if self.regularization else module(inputs)

    def add(
        self,
        outputs: Mapping[str, Tensor],
        targets: Mapping[str, Tensor],
        rows: int,
        whole: int | None = None,
    ) -> Tensor:
        """Take in a batch, and return the loss that is minimised. Never waits for the device.

        Of a part of a `whole` batch the loss is such that the mean of its gradient over all
        parts is the gradient of the batch's loss.

        The mask of an output, `tags.mask` among the outputs, leaves steps of it out; the weights
        of its rows stand among the targets, `tags.sample_weight`.

        Raises:
            TargetError: Targets that do not fit their output.
        """
        terms = []
        for measure in self.measures:
            name = measure.name
            mask, weight = outputs.get(mask_key(name)), targets.get(weight_key(name))
            term = measure.add(outputs[name], targets[name], rows, mask, weight, whole)
            if term is not None:
                terms.append(term)
        total = terms[0] if terms else torch.zeros(())
        for term in terms[1:]:
            total = total + term
        if whole is not None:
            total = total * self._parts
        if terms and self.regularization:
            fraction = 1.0 if whole is None else self._parts * rows / whole
            weight_losses, activity_losses = (
                self.regularization.weight_losses(),
                self.regularization.activity_losses(),
            )
            self._added.add(weight_losses + activity_losses, rows)
            total = total + weight_losses + activity_losses * fraction
        return total

    def reset(self) -> None:
        """Begin an epoch."""
        for measure in self.measures:
            for each in measure.accumulators.values():
                each.reset()
        self._added.reset()

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
            if output == REGULARIZATION:
                continue
            named = {self._prefix(output) + name: value for name, value in found.items()}
            logged |= {key: value for key, value in named.items() if key != "loss"}
        return {prefix + key: value for key, value in logged.items()}

    def values(self) -> dict[str, dict[str, float]]:
        """The running values of each output, with one transfer from the device.

        A metric of several values has them as `f1_score_0`, `f1_score_1`. The penalties, if
        there are any, are the loss of `REGULARIZATION`.
        """
        running = [
            (measure.name, *part)
            for measure in self.measures
            for name, each in measure.accumulators.items()
            for part in _parts(name, each.value(), measure.factors.get(name))
        ]
        if self.regularization and self.loss_keys:
            running.append((REGULARIZATION, "loss", self._added.value()))
        numbers = torch.stack([value for *_, value in running]).tolist() if running else []
        found: dict[str, dict[str, float]] = {output: {} for output, *_ in running}
        found = {measure.name: {} for measure in self.measures} | found
        for (output, name, _), number in zip(running, numbers, strict=True):
            found[output][name] = number
        return found

    def total(self, values: Mapping[str, Mapping[str, float]]) -> float:
        """The weighted sum of the losses among `values`, and the penalties."""
        return values.get(REGULARIZATION, {}).get("loss", 0.0) + sum(
            measure.weight * values[measure.name]["loss"]
            for measure in self.measures
            if measure.loss is not None
        )

    def sums(self) -> list[Tensor]:
        """All running sums, which those of other processes can be added to."""
        found = [each.totals for m in self.measures for each in m.accumulators.values()]
        return [*found, self._added.totals]

    def state(self) -> dict[str, dict[str, Tensor]]:
        """The running sums."""
        found = {
            measure.name: {name: each.totals for name, each in measure.accumulators.items()}
            for measure in self.measures
        }
        return (
            {**found, REGULARIZATION: {"loss": self._added.totals}}
            if self.regularization
            else found
        )

    def load_state(self, state: Mapping[str, Mapping[str, Any]]) -> None:
        """Take back what `state` returned."""
        for measure in self.measures:
            for name, each in measure.accumulators.items():
                each.totals.copy_(state[measure.name][name])
        if self.regularization:
            self._added.totals.copy_(state[REGULARIZATION]["loss"])

    def _prefix(self, output: str) -> str:
        return f"{output}_" if len(self.measures) > 1 else ""


def _parts(name: str, value: Tensor, factor: float | None) -> list[tuple[str, Tensor]]:
    """A value by its name, or several by theirs, times a factor."""
    value = value if factor is None else value * factor
    if value.ndim == 0:
        return [(name, value)]
    return [(f"{name}_{index}", each) for index, each in enumerate(value.unbind())]


def wanted_logits(graph: Graph) -> dict[str, str]:
    """The outputs whose loss is safer on logits, with the activation that it would compute."""
    return {
        output.name: output.loss.ends_in
        for output in graph.outputs.values()
        if output.loss and output.loss.ends_in and _along_the_last(output)
    }


def class_targets(graph: Graph, objective: Objective) -> dict[str, tuple[int, int]]:
    """The outputs whose one-hot targets might as well be class indices.

    Returns:
        By output, how many axes such targets have, the batch's included, and how many classes.
    """
    found = {}
    for measure in objective.measures if switches.INDEX_TARGETS else ():
        shape = getattr(graph.outputs[measure.name].value, "shape", None)
        if shape and isinstance(shape[-1], int) and measure.takes_indices:
            found[measure.name] = (len(shape) + 1, shape[-1])
    return found


def _along_the_last(output: GraphOutput) -> bool:
    """Whether an output's classes lie along its last axis, as those of its activation do."""
    axis = getattr(_from_the_end(output), "axis", -1)
    return axis == -1 or (output.loss is not None and output.loss.activation == "sigmoid")


def _from_the_end(output: GraphOutput) -> Loss | None:
    """The loss, its axis counted from the end: masked steps are flattened into the batch."""
    loss, shape = output.loss, getattr(output.value, "shape", None)
    axis = getattr(loss, "axis", None)
    if loss is None or shape is None or axis is None:
        return loss
    axes = [each - len(shape) - 1 if each > 0 else each for each in _listed(axis)]
    return loss.model_copy(update={"axis": axes if isinstance(axis, list) else axes[0]})


def _listed(axis: int | list[int]) -> list[int]:
    return axis if isinstance(axis, list) else [axis]


def objective_of(
    graph: Graph,
    device: torch.device,
    class_weights: Mapping[str, Sequence[float]],
    logits: Mapping[str, str],
    measured: frozenset[str],
    regularization: RegularizationLosses | None = None,
    group: ProcessGroup | None = None,
    units: Mapping[str, DataUnits] | None = None,
    thresholds: Mapping[str, Sequence[float]] | None = None,
) -> Objective:
    """The objective of a graph's outputs.

    Args:
        graph: Its outputs say losses, weights and metrics.
        device: Where the sums lie.
        class_weights: One factor a class, by output.
        logits: The activation that an output leaves to its loss, by output.
        measured: The outputs that have targets.
        regularization: What the options of the layers add to the loss, if they do.
        group: The processes that share each batch, if several do.
        units: What brings normalised outputs into the data's units for their metrics, by output.
        thresholds: From which probability on an output says yes, by output; one that is still
            to be chosen is 0.5.
    """
    to_be_chosen = {name: (0.5,) for name, each in graph.outputs.items() if each.decision}
    decisions = {
        name: torch.tensor(each, dtype=torch.float32, device=device)
        for name, each in {**to_be_chosen, **(thresholds or {})}.items()
    }
    shared = group if group and group.size > 1 else None
    over_all = shared.all_reduce_sum if shared else None
    return Objective(
        [
            _measure(
                output,
                device,
                class_weights.get(output.name),
                logits,
                over_all,
                (units or {}).get(output.name),
                decisions.get(output.name),
            )
            for output in graph.outputs.values()
            if output.name in measured
        ],
        regularization,
        device,
        shared.size if shared else 1,
    )


def _measure(
    output: GraphOutput,
    device: torch.device,
    class_weight: Sequence[float] | None,
    left_out: Mapping[str, str],
    over_all: Callable[[Sequence[Tensor]], None] | None,
    units: DataUnits | None,
    threshold: Tensor | None,
) -> OutputMetrics:
    logits = left_out.get(output.name)
    declared = _from_the_end(output)
    factors = torch.tensor(class_weight, device=device) if class_weight else None
    loss = OutputLoss(declared, logits is not None, factors, over_all) if declared else None
    shape = getattr(output.value, "shape", None)
    width = shape[-1] if shape and isinstance(shape[-1], int) else None
    setting = Setting(device, width, declared is not None and declared.activation == "sigmoid")
    found = {str(metric.name): accumulator(metric, setting) for metric in output.metrics}
    weighted = frozenset(str(metric.name) for metric in output.metrics if metric.weighted)
    scaled = [metric for metric in output.metrics if metric.in_data_units and units]
    factor = units.factor if units else None
    multiplied = {str(m.name): factor**m.power for m in scaled if factor and m.power}
    in_units = frozenset(str(metric.name) for metric in scaled) - multiplied.keys()
    decided = frozenset(str(metric.name) for metric in output.metrics if metric.at_decision)
    return OutputMetrics(
        output.name,
        output.weight,
        logits,
        loss,
        Mean(device),
        found,
        weighted,
        units=units,
        in_units=in_units,
        factors=multiplied,
        threshold=threshold,
        decided=decided,
    )
