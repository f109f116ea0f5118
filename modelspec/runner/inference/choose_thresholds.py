"""Choosing the thresholds of a run that has ended, by its best weights on the validation rows."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from modelspec.runner.inference.loaded_module import loaded_module
from modelspec.runner.inference.thresholds import best_threshold
from modelspec.runner.inference.trained_model import TrainedModel, run_weights
from modelspec.runner.input.batches import batch_source
from modelspec.runner.run import atomic_write
from modelspec.runner.run.directory import BEST, LAST, PREPROCESSING, weights_file
from modelspec.runner.setup.prepare import base_folder
from modelspec.torch import devices
from modelspec.torch.build import mask_key

if TYPE_CHECKING:
    from torch import Tensor

    from modelspec.data import Arrays
    from modelspec.graph.graph import GraphOutput
    from modelspec.runner.inference.thresholds import Choice
    from modelspec.runner.run.result import RunResult
    from modelspec.runner.setup.prepare import Prepared

BATCH = 256


def keep_best_thresholds(
    prepared: Prepared, run: RunResult, device: str = "auto"
) -> tuple[Prepared, list[str]]:
    """Choose the thresholds that a spec asks for, and write them into the run's preprocessing.

    Returns:
        The training with what was chosen, and what is to be said of it, a line an output.

    Raises:
        OSError: They cannot be written.
        SpecError: The weights that were written are damaged.
    """
    outputs = [
        each for each in prepared.graph.outputs.values() if each.decision and each.decision.best
    ]
    rows = prepared.splits.validation
    if not outputs or run.folder is None or rows is None or not _is_main():
        return prepared, []
    if not any(weights_file(run.folder, name).is_file() for name in (BEST, LAST)):
        return prepared, []  # it was interrupted before the first save
    preprocessing = prepared.splits.preprocessing
    trained = TrainedModel(
        prepared.spec,
        prepared.graph,
        preprocessing,
        run_weights(run.folder),
        base_folder(prepared.spec),
        run.folder,
    )
    found = choose_thresholds(trained, rows, outputs, device)
    thresholds = {name: tuple(each.threshold for each in chosen) for name, chosen in found.items()}
    preprocessing = preprocessing.with_thresholds(preprocessing.thresholds | thresholds)
    text = json.dumps(preprocessing.to_dict(), indent=2) + "\n"
    atomic_write.write_file(
        run.folder / PREPROCESSING, lambda part: part.write_text(text, encoding="utf-8")
    )
    splits = replace(prepared.splits, preprocessing=preprocessing)
    told = [_told(output, found[output.name], rows.rows) for output in outputs]
    return replace(prepared, splits=splits), told


def choose_thresholds(
    trained: TrainedModel, rows: Arrays, outputs: list[GraphOutput], device: str
) -> dict[str, list[Choice]]:
    """The threshold of each label of some outputs, by what a model says of rows with targets."""
    where = devices.find(device)
    module = loaded_module(trained, where)
    parts: dict[str, list[tuple[Tensor, Tensor]]] = {output.name: [] for output in outputs}
    with torch.inference_mode():
        for batch in batch_source(rows, where).batches(BATCH):
            values = module(batch.inputs)
            for output in outputs:
                name = output.name
                said = values[name].float()
                if output.loss is not None and output.loss.of_logits:
                    said = said.sigmoid()
                truth = batch.targets[name].reshape(said.shape)
                mask = values.get(mask_key(name))
                if mask is not None:
                    said, truth = said[mask != 0], truth[mask != 0]
                width = said.shape[-1]
                parts[name].append((said.reshape(-1, width).cpu(), truth.reshape(-1, width).cpu()))
    found = {}
    for output in outputs:
        assert output.decision
        values, yes = (torch.cat(each).numpy() for each in zip(*parts[output.name], strict=True))
        found[output.name] = [
            best_threshold(values[:, label], np.asarray(yes[:, label] >= 0.5), output.decision)
            for label in range(values.shape[1])
        ]
    return found


def _told(output: GraphOutput, chosen: list[Choice], rows: int) -> str:
    assert output.decision
    listed = ", ".join(
        f"{each.threshold:.4g}" + ("" if each.score is None else f" ({each.score:.4f})")
        for each in chosen
    )
    some = any(each.score is None for each in chosen)
    left = "; where all rows say the same, there is nothing to choose" if some else ""
    of = f"{rows:,} row{'s' * (rows != 1)}"
    return f"{output.name} is yes from {listed} on: {output.decision.told()} of {of}{left}"


def _is_main() -> bool:
    """Whether torchrun has not started this process, or it is the one that writes for all."""
    return int(os.environ.get("WORLD_SIZE", "1")) == 1 or os.environ.get("RANK", "0") == "0"
