"""Normalised numbers in the units of the data, for the metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
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
        line = feature.affine()
        self._scale, self._offset = (
            torch.tensor(each, dtype=self._dtype, device=device) if line else None
            for each in line or (None, None)
        )

    @property
    def factor(self) -> float | None:
        """How many of the data's units one is that the model sees, where that is one number."""
        scales = set() if self._scale is None else set(self._scale.tolist())
        return scales.pop() if len(scales) == 1 else None

    def __call__(self, values: Tensor) -> Tensor:
        """Normalised numbers in the data's units. Waits for the device where that is no line."""
        values = values.to(self._dtype)
        if self._scale is not None and self._offset is not None:
            return torch.addcmul(self._offset, values, self._scale)
        with np.errstate(over="ignore"):  # of a prediction that is far off
            found = self._feature.to_units(values.numpy(force=True))
        return torch.from_numpy(found).to(values)


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
