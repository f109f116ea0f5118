"""Rows as tensors on a device, and the order in which an epoch takes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from modelspec.data import permutation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np

Tensors = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows, all of them on one device.

    Attributes:
        inputs: By input, `(rows, ...)`.
        targets: By output that is trained or measured, `(rows, ...)`.
        count: How many rows.
    """

    inputs: Tensors
    targets: Tensors
    count: int

    def pick(self, index: Tensor) -> tuple[Tensors, Tensors]:
        """The inputs and targets of some rows, copied."""
        return (
            {name: tensor.index_select(0, index) for name, tensor in self.inputs.items()},
            {name: tensor.index_select(0, index) for name, tensor in self.targets.items()},
        )

    def cut(self, start: int, stop: int) -> tuple[Tensors, Tensors]:
        """The inputs and targets of rows that follow each other, not copied."""
        return (
            {name: tensor[start:stop] for name, tensor in self.inputs.items()},
            {name: tensor[start:stop] for name, tensor in self.targets.items()},
        )

    def slices(self, size: int) -> Iterator[tuple[Tensors, Tensors, int]]:
        """All rows in their order, `size` at a time: inputs, targets, how many."""
        for start in range(0, self.count, size):
            stop = min(start + size, self.count)
            yield *self.cut(start, stop), stop - start


def on_device(
    inputs: Mapping[str, np.ndarray], targets: Mapping[str, np.ndarray], device: torch.device
) -> Rows:
    """Arrays as rows on a device; on the CPU they share the arrays' memory."""
    count = len(next(iter(inputs.values())))
    return Rows(_tensors(inputs, device), _tensors(targets, device), count)


def _tensors(arrays: Mapping[str, np.ndarray], device: torch.device) -> Tensors:
    return {name: torch.as_tensor(array).to(device) for name, array in arrays.items()}


def order(count: int, seed: int, epoch: int, device: torch.device) -> Tensor:
    """The order of an epoch's rows, a permutation that is a function of seed and epoch alone."""
    return torch.from_numpy(permutation(count, seed, epoch)).to(device)
