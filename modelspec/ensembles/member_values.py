"""What each member of an ensemble says of some rows, in the form in which it is averaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from modelspec.runner.inference.predict import BATCH
from modelspec.runner.input.batches import batch_source
from modelspec.torch import build, devices
from modelspec.torch.passes.values import values_at

if TYPE_CHECKING:
    from modelspec.data import Arrays
    from modelspec.data.table.table import Array
    from modelspec.ensembles.combine import Combined


def member_values(combined: Combined, arrays: Arrays, device: str = "auto") -> dict[str, Array]:
    """What the members say of some rows, by output.

    Args:
        combined: The members as one model.
        arrays: Rows, encoded by its preprocessing.
        device: Where to compute.

    Returns:
        `[members, rows, ...]`, float32: probabilities, or numbers of the first member's scale,
        before they are averaged.

    Raises:
        DeviceError: There is no such device.
        DamagedFileError: A file of weights is not what was written.
    """
    where = devices.find(device)
    module = build(combined.graph, seed=0)
    module.load_state_dict(combined.tensors())
    module.to(where).eval()
    wanted = {name: list(inner) for name, inner in combined.inner.items()}
    nodes = list(dict.fromkeys(node for inner in wanted.values() for node in inner))
    parts: dict[str, list[Array]] = {node: [] for node in nodes}
    with torch.inference_mode():
        for batch in batch_source(arrays, where).batches(BATCH):
            for node, value in values_at(module, batch.inputs, nodes).items():
                parts[node].append(value.float().numpy(force=True))
    found = {node: np.concatenate(each) for node, each in parts.items()}
    return {name: np.stack([found[node] for node in inner]) for name, inner in wanted.items()}
