"""Twins of DepthwiseConv1D, DepthwiseConv2D, SeparableConv1D, SeparableConv2D."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from modelspec.layers import separable
from modelspec.layers.values import Weight
from modelspec.torch.layers.initializers import draw
from modelspec.torch.layers.twin import Twin, assign, unset
from modelspec.torch.layers.windows import convolve_image

DepthwiseLayer = separable.DepthwiseConv1D | separable.DepthwiseConv2D
SeparableLayer = separable.SeparableConv1D | separable.SeparableConv2D


class _Separable(Twin[Any]):
    def initial(
        self, layer: Any, weights: Sequence[Weight], generator: torch.Generator
    ) -> list[Tensor]:
        return [
            draw(layer.option(weight.name, "initializer"), weight.shape, generator)
            for weight in weights
        ]


class _Depthwise(_Separable):
    def empty(self, layer: DepthwiseLayer, weights: Sequence[Weight]) -> nn.Module:
        *_, channels, _ = weights[0].shape
        return _depthwise(layer, channels, bias=layer.use_bias)

    def load_keras(self, module: nn.Module, layer: DepthwiseLayer, arrays: Sequence[Any]) -> None:
        assert isinstance(module, ChannelsLastDepthwise)
        _load_kernel(module, arrays[0])
        if layer.use_bias:
            assign(module.bias, arrays[1])


class DepthwiseConv1D(_Depthwise):
    pass


class DepthwiseConv2D(_Depthwise):
    pass


class _Both(_Separable):
    def empty(self, layer: SeparableLayer, weights: Sequence[Weight]) -> nn.Module:
        *_, mixed, filters = weights[1].shape
        channels = weights[0].shape[-2]
        return nn.Sequential(
            _depthwise(layer, channels, bias=False),
            unset(lambda: nn.Linear(mixed, filters, bias=layer.use_bias)),
        )

    def load_keras(self, module: nn.Module, layer: SeparableLayer, arrays: Sequence[Any]) -> None:
        assert isinstance(module, nn.Sequential)
        depthwise, pointwise = module
        assert isinstance(depthwise, ChannelsLastDepthwise)
        assert isinstance(pointwise, nn.Linear)
        _load_kernel(depthwise, arrays[0])
        kernel = torch.as_tensor(arrays[1])
        assign(pointwise.weight, kernel.reshape(kernel.shape[-2:]).T)
        if layer.use_bias:
            assign(pointwise.bias, arrays[2])


class SeparableConv1D(_Both):
    pass


class SeparableConv2D(_Both):
    pass


def _depthwise(
    layer: DepthwiseLayer | SeparableLayer, channels: int, *, bias: bool
) -> "ChannelsLastDepthwise":
    kernel, stride, dilation = layer.window()
    return ChannelsLastDepthwise(
        channels,
        kernel,
        stride,
        dilation=dilation,
        depth_multiplier=layer.depth_multiplier,
        bias=bias,
        border=layer.padding,
    )


def _load_kernel(module: "ChannelsLastDepthwise", array: Any) -> None:
    """Take Keras's kernel, `[..., channels, multiplier]`."""
    kernel = torch.as_tensor(array)
    kernel = kernel.unsqueeze(0) if module.is_row else kernel
    assign(module.weight, kernel.permute(2, 3, 0, 1).flatten(0, 1).unsqueeze(1))


class ChannelsLastDepthwise(nn.Module):
    """Convolves each channel of `[batch, ..., channels]` by itself; a sequence as an image's row.

    Its weight is torch's, `[channels * multiplier, 1, height, width]`.
    """

    def __init__(
        self,
        channels: int,
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        *,
        dilation: tuple[int, ...],
        depth_multiplier: int = 1,
        bias: bool = True,
        border: str = "valid",
    ) -> None:
        super().__init__()
        self.channels = channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.dilation = dilation
        self.depth_multiplier = depth_multiplier
        self.border = border
        self.is_row = len(kernel_size) == 1
        rows = (1,) * self.is_row
        self.window = ((*rows, *kernel_size), (*rows, *stride), (*rows, *dilation))
        filters = channels * depth_multiplier
        self.weight = nn.Parameter(torch.zeros(filters, 1, *rows, *kernel_size))
        self.bias = nn.Parameter(torch.zeros(filters)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        x = x.unsqueeze(1) if self.is_row else x
        out = convolve_image(x, self.weight, self.bias, self.window, self.border, self.channels)
        return out.squeeze(1) if self.is_row else out

    def extra_repr(self) -> str:
        shown = f"{self.channels}, {self.weight.shape[0]}, kernel_size={self.kernel_size}"
        return f"{shown}, stride={self.stride}, border={self.border!r}"
