"""Twins of Conv1DTranspose, Conv2DTranspose, Conv3DTranspose."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from modelspec.layers import transposed
from modelspec.layers.values import Weight
from modelspec.torch.layers.twin import Twin, assign

Declared = transposed.Conv1DTranspose | transposed.Conv2DTranspose | transposed.Conv3DTranspose
_FUNCTIONS: dict[int, Any] = {
    1: F.conv_transpose1d,
    2: F.conv_transpose2d,
    3: F.conv_transpose3d,
}


class _Transposed(Twin[Any]):
    def empty(self, layer: Declared, weights: Sequence[Weight]) -> nn.Module:
        *_, filters, channels = weights[0].shape
        return ChannelsLastTransposed(layer, channels, filters)

    def load_keras(self, module: nn.Module, layer: Declared, arrays: Sequence[Any]) -> None:
        assert isinstance(module, ChannelsLastTransposed)
        kernel = torch.as_tensor(arrays[0])
        places = range(kernel.dim() - 2)
        assign(module.weight, kernel.permute(-1, -2, *places))
        if layer.use_bias:
            assign(module.bias, arrays[1])


class Conv1DTranspose(_Transposed):
    pass


class Conv2DTranspose(_Transposed):
    pass


class Conv3DTranspose(_Transposed):
    pass


class ChannelsLastTransposed(nn.Module):
    """Convolves `[batch, ..., channels]` the other way round.

    The whole result is made, and cut at each end as Keras does: torch can cut both ends alike
    only.
    """

    def __init__(self, layer: Declared, channels: int, filters: int) -> None:
        super().__init__()
        kernel, self.stride, self.dilation = layer.window()
        self.crops = layer.crops()
        self.weight = nn.Parameter(torch.empty(channels, filters, *kernel))
        self.bias = nn.Parameter(torch.empty(filters)) if layer.use_bias else None

    def forward(self, x: Tensor) -> Tensor:
        rank = len(self.stride)
        out: Tensor = _FUNCTIONS[rank](
            x.movedim(-1, 1), self.weight, self.bias, self.stride, dilation=self.dilation
        )
        out = out.movedim(1, -1)
        kept = [slice(max(before, 0), -max(after, 0) or None) for before, after in self.crops]
        out = out[(slice(None), *kept)]
        return self._filled(out) if any(min(crop) < 0 for crop in self.crops) else out

    def _filled(self, out: Tensor) -> Tensor:
        """Cells that no window reaches hold the bias alone."""
        flat = [0, 0]
        for before, after in reversed(self.crops):
            flat += [max(-before, 0), max(-after, 0)]
        if self.bias is None:
            return F.pad(out, flat)
        return F.pad(out - self.bias, flat) + self.bias

    def extra_repr(self) -> str:
        channels, filters, *kernel = self.weight.shape
        return f"{channels}, {filters}, kernel_size={tuple(kernel)}, stride={self.stride}"
