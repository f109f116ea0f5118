"""Twins of Split and Tile."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from modelspec.layers import splitting
from modelspec.layers.axes import resolve
from modelspec.torch.layers.twin import Call, Twin


class Split(Twin[splitting.Split]):
    def outputs(
        self, call: Call[splitting.Split], operands: Mapping[str, Sequence[Any]]
    ) -> dict[str, Any]:
        layer, (shape,) = call.layer, call.shapes
        sizes = list(layer.sizes(shape))
        parts = torch.split(operands[""][0], sizes, dim=resolve(layer.axis, shape) + 1)
        return {port: parts[place] for place, port in enumerate(layer.output_ports())}


class Tile(Twin[splitting.Tile]):
    def forward(self, call: Call[splitting.Tile], *operands: Any) -> Any:
        return torch.tile(operands[0], (1, *call.layer.repeats))
