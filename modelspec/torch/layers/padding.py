"""Twins of ZeroPadding, Cropping, UpSampling."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from modelspec.layers import padding
from modelspec.layers.values import Weight
from modelspec.torch.layers.resampling import resized
from modelspec.torch.layers.twin import Call, Twin, made_of


class _ZeroPadding(Twin[Any]):
    def forward(self, call: Call[Any], *operands: Any) -> Any:
        flat = [0, 0]
        for before, after in reversed(call.layer.borders()):
            flat += [before, after]
        return torch.nn.functional.pad(operands[0], flat)


class ZeroPadding1D(_ZeroPadding):
    pass


class ZeroPadding2D(_ZeroPadding):
    pass


class ZeroPadding3D(_ZeroPadding):
    pass


class _Cropping(Twin[Any]):
    def forward(self, call: Call[Any], *operands: Any) -> Any:
        kept = [slice(before, -after or None) for before, after in call.layer.borders()]
        return operands[0][(slice(None), *kept)]


class Cropping1D(_Cropping):
    pass


class Cropping2D(_Cropping):
    pass


class Cropping3D(_Cropping):
    pass


class _UpSampling(Twin[Any]):
    def forward(self, call: Call[Any], *operands: Any) -> Any:
        (x,) = operands
        for axis, factor in enumerate(call.layer.factors(), 1):
            if factor > 1:
                x = torch.repeat_interleave(x, factor, axis)
        return x


class UpSampling1D(_UpSampling):
    pass


class UpSampling3D(_UpSampling):
    pass


class UpSampling2D(_UpSampling):
    def empty(self, layer: padding.UpSampling2D, weights: Sequence[Weight]) -> nn.Module | None:
        return None if layer.interpolation == "nearest" else made_of(Enlarged, layer)

    def forward(self, call: Call[padding.UpSampling2D], *operands: Any) -> Any:
        if call.module is None:
            return super().forward(call, *operands)
        return call.module(*operands)


class Enlarged(nn.Module):
    """Images, so many times as large."""

    def __init__(self, size: tuple[int, int], interpolation: str) -> None:
        super().__init__()
        self.size = size
        self.interpolation = interpolation

    def forward(self, x: Tensor) -> Tensor:
        size = (x.shape[1] * self.size[0], x.shape[2] * self.size[1])
        return resized(x, size, self.interpolation)

    def extra_repr(self) -> str:
        return f"{self.size}, {self.interpolation!r}"
