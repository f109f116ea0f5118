"""Predictions on rows with targets, summed up for the report."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from modelspec.graph.totals import totals
from modelspec.runner.checkpoint.load_weights import load_weights
from modelspec.runner.input.batches import batch_source
from modelspec.runner.reporting.accumulators import accumulator_for
from modelspec.torch import build, devices
from modelspec.torch.build import mask_key

if TYPE_CHECKING:
    from torch import Tensor

    from modelspec.data import Arrays
    from modelspec.graph.graph import Graph
    from modelspec.report.contents import Found
    from modelspec.runner.inference.trained_model import TrainedModel

MOST_ROWS, MOST_COSTLY_ROWS = 10_000, 1_000
"""Of more rows, a sample of so many is predicted; fewer where each is read from a file."""
MOST_FLOPS = 50e9
"""How many FLOPs the predictions may cost."""
MOST_VALUES = 2_000_000
"""How many numbers the targets of an output may have together."""
FEW_ROWS = 64
BATCH = 256


class Predictions(NamedTuple):
    """The predictions of all outputs, summed up.

    Attributes:
        rows: How many rows were predicted.
        results: By output; an output whose loss has nothing to show is left out.
    """

    rows: int
    results: dict[str, Found]


def collect_predictions(trained: TrainedModel, arrays: Arrays, device: str = "auto") -> Predictions:
    """Predict rows with targets; a sample of them where they are many.

    Raises:
        DeviceError: There is no such device.
        SpecError: The weights do not fit the model, or are damaged; a picture is broken.
    """
    wanted = {
        name: each
        for name, output in trained.graph.outputs.items()
        if name in arrays.targets and (each := accumulator_for(output)) is not None
    }
    if not wanted:
        return Predictions(0, {})
    arrays = _sample_rows(arrays, trained.graph)
    where = devices.find(device)
    module = build(trained.graph, seed=0, masks=True)
    load_weights(module, trained.weights, trained.graph)
    module.to(where).eval()
    with torch.inference_mode():
        for batch in batch_source(arrays, where).batches(_batch_size(trained)):
            outputs = module(batch.inputs)
            for name, each in wanted.items():
                each.add(
                    *_unmasked(outputs[name], batch.targets[name], outputs.get(mask_key(name)))
                )
    results = {name: each.result(trained.preprocessing) for name, each in wanted.items()}
    return Predictions(arrays.rows, results)


def _batch_size(trained: TrainedModel) -> int:
    """Rows that the device has room for, as it had while training."""
    train = trained.spec.train
    return min(BATCH, 2 * train.batch_size) if train else BATCH


def _sample_rows(arrays: Arrays, graph: Graph) -> Arrays:
    costly = any(getattr(values, "costly", False) for values in arrays.inputs.values())
    most = MOST_COSTLY_ROWS if costly else MOST_ROWS
    flops = totals(graph).flops
    if isinstance(flops, int) and flops:
        most = min(most, max(FEW_ROWS, int(MOST_FLOPS / flops)))
    cells = [prod(size or 1 for size in each.shape[1:]) for each in arrays.targets.values()]
    most = min(most, max(FEW_ROWS, MOST_VALUES // max(cells)))
    if arrays.rows <= most:
        return arrays
    return arrays.take(np.sort(np.random.default_rng(0).permutation(arrays.rows)[:most]))


def _unmasked(predicted: Tensor, target: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """The rows; of an output with a mask, the steps that the mask keeps."""
    if mask is None:
        return predicted, target
    kept = mask != 0
    return predicted[kept], target[kept]
