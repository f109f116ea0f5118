"""Predictions on rows with targets, summed up for the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

from modelspec.runner.inference.loaded_module import loaded_module
from modelspec.runner.inference.sample_rows import sample_rows
from modelspec.runner.input.batches import batch_source
from modelspec.runner.reporting.accumulators import accumulator_for
from modelspec.runner.reporting.worst_rows import WorstRows, has_worst_rows
from modelspec.torch import devices
from modelspec.torch.build import mask_key

if TYPE_CHECKING:
    from torch import Tensor

    from modelspec.data import Arrays
    from modelspec.data.table.table import RowIndices
    from modelspec.report.contents import Found
    from modelspec.runner.inference.trained_model import TrainedModel
    from modelspec.runner.reporting.worst_rows import FarRows

BATCH = 256


class Predictions(NamedTuple):
    """The predictions of all outputs, summed up.

    Attributes:
        rows: How many rows were predicted.
        results: By output; an output whose loss has nothing to show is left out.
        worst: The rows that each output is furthest off at, as the rows that were given count
            them; of outputs that say one thing a row.
    """

    rows: int
    results: dict[str, Found]
    worst: dict[str, FarRows]


def collect_predictions(trained: TrainedModel, arrays: Arrays, device: str = "auto") -> Predictions:
    """Predict rows with targets; a sample of them where they are many.

    Raises:
        DeviceError: There is no such device.
        SpecError: The weights do not fit the model, or are damaged; a picture is broken.
    """
    thresholds = trained.preprocessing.thresholds
    wanted = {
        name: each
        for name, output in trained.graph.outputs.items()
        if name in arrays.targets
        and (each := accumulator_for(output, thresholds.get(name))) is not None
    }
    if not wanted:
        return Predictions(0, {}, {})
    worst = {
        name: WorstRows(trained.graph.outputs[name])
        for name in wanted
        if has_worst_rows(trained.graph.outputs[name])
    }
    drawn = sample_rows(arrays, trained.graph)
    arrays = arrays if drawn is None else arrays.take(drawn)
    where = devices.find(device)
    module = loaded_module(trained, where)
    with torch.inference_mode():
        for batch in batch_source(arrays, where).batches(_batch_size(trained)):
            outputs = module(batch.inputs)
            for name, each in wanted.items():
                predicted, target = outputs[name], batch.targets[name]
                mask = outputs.get(mask_key(name))
                each.add(*_unmasked(predicted, target, mask))
                if name in worst and mask is None:
                    worst[name].add(predicted, target)
    results = {name: each.result(trained.preprocessing) for name, each in wanted.items()}
    far = {name: each.result(trained.preprocessing) for name, each in worst.items()}
    known = {name: _as_given(each, drawn) for name, each in far.items() if each is not None}
    return Predictions(arrays.rows, results, known)


def _as_given(found: FarRows, drawn: RowIndices | None) -> FarRows:
    """The rows, counted as they were before some were drawn."""
    if drawn is None:
        return found
    rows = [each._replace(row=int(drawn[each.row])) for each in found.rows]
    return found._replace(rows=rows)


def _batch_size(trained: TrainedModel) -> int:
    """Rows that the device has room for, as it had while training."""
    train = trained.spec.train
    return min(BATCH, 2 * train.batch_size) if train else BATCH


def _unmasked(predicted: Tensor, target: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """The rows; of an output with a mask, the steps that the mask keeps."""
    if mask is None:
        return predicted, target
    kept = mask != 0
    return predicted[kept], target[kept]
