"""Twin of Masking."""

from typing import Any

import torch

from modelspec.layers import masks
from modelspec.torch.layers.twin import Call, Twin


class Masking(Twin[masks.Masking]):
    def forward(self, call: Call[masks.Masking], *operands: Any) -> Any:
        (x,) = operands
        return torch.where(self._valid(call, x).unsqueeze(-1), x, 0.0)

    def output_mask(self, call: Call[masks.Masking], *operands: Any) -> Any:
        return self._valid(call, *operands)

    def _valid(self, call: Call[masks.Masking], x: Any) -> Any:
        return torch.any(torch.ne(x, call.layer.mask_value), -1)
