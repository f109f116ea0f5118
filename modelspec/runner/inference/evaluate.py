"""Evaluating a trained model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelspec.data.class_weights import class_weights
from modelspec.diagnostics import Report
from modelspec.runner.inference.loaded_module import loaded_module
from modelspec.runner.input.batches import batch_source
from modelspec.runner.loop.evaluation_pass import evaluate_pass
from modelspec.runner.loop.objective import REGULARIZATION, objective_of, wanted_logits
from modelspec.runner.loop.units import data_units
from modelspec.runner.process.malloc import keep_freed_memory
from modelspec.runner.run.value_notes import value_notes
from modelspec.torch import devices
from modelspec.torch.passes import leave_logits
from modelspec.torch.passes.direct import InferenceForward
from modelspec.torch.regularization import regularization_losses

if TYPE_CHECKING:
    from modelspec.data import Arrays
    from modelspec.runner.inference.trained_model import TrainedModel
    from modelspec.torch import SpecModule

BATCH = 256


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of an evaluation.

    Attributes:
        rows: The number of rows.
        loss: The weighted sum of the outputs' losses; None where no output has one.
        outputs: The loss and the metrics of each output.
        notes: What has to be said of an output's values: their units.
    """

    rows: int
    loss: float | None
    outputs: dict[str, dict[str, float]]
    notes: dict[str, str] = field(default_factory=dict)

    def logs(self, prefix: str = "") -> dict[str, float]:
        """The values by the names that a training logs them under: `val_loss`, `val_age_mae`."""
        several = len(self.outputs) > 1
        found = {} if self.loss is None else {"loss": self.loss}
        for output, values in self.outputs.items():
            start = f"{output}_" if several else ""
            found |= {start + key: value for key, value in values.items() if start or key != "loss"}
        return {prefix + key: value for key, value in found.items()}


def evaluate(trained: TrainedModel, arrays: Arrays, device: str = "auto") -> Evaluation:
    """Evaluate a model on rows with targets.

    Raises:
        DeviceError: There is no such device.
        SpecError: The weights do not fit the model, or are damaged.
    """
    return Evaluator(trained, frozenset(arrays.targets), device).evaluate(arrays)


class Evaluator:
    """A model in memory, that can be evaluated on rows again and again.

    Args:
        trained: The model.
        measured: The outputs that have targets.
        device: Where to compute.
        module: The model's module on its device, where it is in memory already.

    Raises:
        DeviceError: There is no such device.
        SpecError: The weights do not fit the model, or are damaged.
    """

    def __init__(
        self,
        trained: TrainedModel,
        measured: frozenset[str],
        device: str = "auto",
        *,
        module: SpecModule | None = None,
    ) -> None:
        keep_freed_memory()
        self._device = devices.find(device)
        if module is None:
            module = loaded_module(trained, self._device)
        self._view, logits = leave_logits(module, wanted_logits(trained.graph))
        self._direct = InferenceForward(self._view)
        weights = class_weights(trained.graph, trained.preprocessing, Report())
        regularization = regularization_losses(trained.graph, module)
        units = data_units(trained.preprocessing.features, measured, self._device)
        self._objective = objective_of(
            trained.graph,
            self._device,
            weights,
            logits,
            measured,
            regularization,
            units=units,
            thresholds=trained.preprocessing.thresholds,
        )
        self._notes = value_notes(trained.graph, trained.preprocessing, measured)

    def evaluate(self, arrays: Arrays) -> Evaluation:
        """Evaluate it on rows with targets."""
        objective = self._objective
        rows = batch_source(arrays, self._device)
        evaluate_pass(self._view, rows, objective, BATCH, direct=self._direct)
        values = objective.values()
        loss = objective.total(values) if objective.loss_keys else None
        outputs = {name: found for name, found in values.items() if name != REGULARIZATION}
        return Evaluation(arrays.rows, loss, outputs, self._notes)
