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
_TRANSPOSED: dict[int, Any] = {
    1: F.conv_transpose1d,
    2: F.conv_transpose2d,
    3: F.conv_transpose3d,
}


class _Transposed(Twin[Any]):
    def empty(self, layer: Declared, weights: Sequence[Weight]) -> nn.Module:
        *_, filters, channels = weights[0].shape
        kernel, stride, dilation = layer.window()
        return ChannelsLastTransposed(
            channels, filters, kernel, stride, dilation, layer.crops(), bias=layer.use_bias
        )

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

    Args:
        in_channels: The number of channels.
        out_channels: The number of filters.
        kernel_size: The kernel, by axis.
        stride: How far apart windows are.
        dilation: How far apart the cells of a window are.
        crops: What is cut off before and after each axis; below 0, what is added.
        bias: Whether there is a bias.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        dilation: tuple[int, ...],
        crops: tuple[tuple[int, int], ...],
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.dilation = dilation
        self.crops = crops
        self.weight = nn.Parameter(torch.zeros(in_channels, out_channels, *kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        rank = len(self.stride)
        out: Tensor = _TRANSPOSED[rank](
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
