"""Normalised numbers in the units of the data, for the metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.data.features import Feature


class DataUnits:
    """Makes what an output predicts, and its targets, numbers in the data's own units.

    They are float64 where the device has it: an offset may be as large as seconds since 1970.

    Args:
        feature: Of the output's targets; normalises them.
        device: Where predictions and targets lie.
    """

    def __init__(self, feature: Feature, device: torch.device) -> None:
        self._feature = feature
        self._dtype = torch.float32 if device.type == "mps" else torch.float64
        scaling = feature.affine()
        self._scale, self._offset = (
            torch.tensor(each, dtype=self._dtype, device=device) if scaling else None
            for each in scaling or (None, None)
        )

    def __call__(self, values: Tensor) -> Tensor:
        """Normalised numbers in the data's units. Waits for the device where that is no line."""
        values = values.to(self._dtype)
        if self._scale is not None and self._offset is not None:
            return torch.addcmul(self._offset, values, self._scale)
        found = torch.from_numpy(self._feature.to_units(values.numpy(force=True)))
        return found.to(values)


def data_units(
    features: Mapping[str, Feature], names: frozenset[str], device: torch.device
) -> dict[str, DataUnits]:
    """What brings outputs into the data's units, by output; of those that are normalised.

    Args:
        features: By input and output.
        names: The outputs that have targets.
        device: Where to compute.
    """
    return {
        name: DataUnits(feature, device)
        for name, feature in features.items()
        if name in names and feature.normalised
    }
