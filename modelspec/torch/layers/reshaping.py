"""Twins of Flatten, Reshape, Permute, RepeatVector."""

from typing import Any

import torch

from modelspec.layers import reshaping
from modelspec.torch.layers.twin import Call, Twin


class Flatten(Twin[reshaping.Flatten]):
    def forward(self, call: Call[reshaping.Flatten], *operands: Any) -> Any:
        (x,) = operands
        return torch.flatten(x, 1) if call.shapes[0] else torch.unsqueeze(x, 1)


class Reshape(Twin[reshaping.Reshape]):
    def forward(self, call: Call[reshaping.Reshape], *operands: Any) -> Any:
        (x,) = operands
        target = call.layer.output_shape(*call.shapes)
        sizes = [size for size in target if isinstance(size, int)]
        if len(sizes) == len(target):
            fixed = all(isinstance(size, int) for size in call.shapes[0])
            return torch.reshape(x, (-1 if fixed else x.shape[0], *sizes))
        return torch.unflatten(torch.flatten(x, 1), 1, call.layer.target_shape)


class Permute(Twin[reshaping.Permute]):
    def forward(self, call: Call[reshaping.Permute], *operands: Any) -> Any:
        (x,) = operands
        return torch.permute(x, (0, *call.layer.dims))


class RepeatVector(Twin[reshaping.RepeatVector]):
    def forward(self, call: Call[reshaping.RepeatVector], *operands: Any) -> Any:
        (x,) = operands
        return torch.unsqueeze(x, 1).expand(-1, call.layer.n, -1)
