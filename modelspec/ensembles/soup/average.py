"""The mean of several models' weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from modelspec.runner.checkpoint.safetensors_file import read_tensors
from modelspec.runner.input.batches import batch_source
from modelspec.torch import build, devices
from modelspec.torch.layers.normalization import BatchNorm, BatchRenorm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from modelspec.data import Arrays
    from modelspec.runner.inference.trained_model import TrainedModel
    from modelspec.torch import SpecModule


def mean_weights(parts: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of each tensor of several models, computed in float64, in its own dtype.

    Integers, a counter or a table, are the first model's.
    """
    found = {}
    for name, first in parts[0].items():
        if not first.is_floating_point():
            found[name] = first
            continue
        mean = torch.stack([part[name].double() for part in parts]).mean(dim=0)
        found[name] = mean.to(first.dtype)
    return found


class Averaging:
    """Averages members, and measures the statistics of batch normalizations anew.

    Args:
        members: Models of one spec.
        train: The training rows, for batch normalizations: what they have measured is of the
            weights that they were trained with, and the mean is another model.
        device: Where to compute.

    Raises:
        DamagedFileError: A file of weights is not what was written.
        DeviceError: There is no such device.
    """

    def __init__(self, members: Sequence[TrainedModel], train: Arrays, device: str) -> None:
        self._parts = [read_tensors(member.weights)[0] for member in members]
        self._train, self._device = train, devices.find(device)
        self._module = build(members[0].graph, seed=0, masks=True).to(self._device)
        spec = members[0].spec.train
        self._batch = spec.batch_size if spec else 32
        self.measures_anew = any(
            isinstance(each, BatchNorm) and not each.frozen for each in self._module.modules()
        )

    def __call__(self, chosen: Sequence[int]) -> dict[str, Tensor]:
        """The mean of some of the members, by their places."""
        mean = mean_weights([self._parts[place] for place in chosen])
        if len(chosen) == 1 or not self.measures_anew:
            return mean
        self._module.load_state_dict(mean)
        measure_statistics(self._module, self._train, self._batch, self._device)
        return {
            name: each.detach().cpu().clone() for name, each in self._module.state_dict().items()
        }


def measure_statistics(
    module: SpecModule, rows: Arrays, batch_size: int, device: torch.device
) -> None:
    """Replace what batch normalizations have measured by the mean over all batches of some rows.

    Everything else is as in evaluation. Batches that are shorter count less.
    """
    module.eval()
    norms = [each for each in module.modules() if isinstance(each, BatchNorm)]
    for each in norms:
        each.train()
    kept = [(each, each.momentum) for each in norms]
    seen = 0
    with torch.inference_mode():
        for batch in batch_source(rows, device).batches(batch_size):
            share = seen / (seen + batch.rows)
            for each in norms:
                each.momentum = share
                if isinstance(each, BatchRenorm):
                    each.renorm_momentum = share
            module(batch.inputs)
            seen += batch.rows
    for each, momentum in kept:
        each.momentum = momentum
    module.eval()
