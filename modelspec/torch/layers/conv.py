"""Twins of Conv1D, Conv2D, Conv3D."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from modelspec.layers import conv
from modelspec.layers.values import Weight
from modelspec.torch import switches
from modelspec.torch.kernels import conv2d
from modelspec.torch.layers.twin import Twin, assign, unset
from modelspec.torch.layers.windows import Pads, convolve_image, even, pad, same_pads


class Conv1D(Twin[conv.Conv1D]):
    def empty(self, layer: conv.Conv1D, weights: Sequence[Weight]) -> nn.Module:
        kernel, channels, filters = weights[0].shape
        return unset(
            lambda: (FastConv1d if switches.CONVOLUTION else ChannelsLastConv1d)(
                channels * layer.groups,
                filters,
                kernel,
                layer.strides,
                dilation=layer.dilation_rate,
                groups=layer.groups,
                bias=layer.use_bias,
                border=layer.padding,
            )
        )

    def load_keras(self, module: nn.Module, layer: conv.Conv1D, arrays: Sequence[Any]) -> None:
        assert isinstance(module, nn.Conv1d)
        assign(module.weight, torch.as_tensor(arrays[0]).permute(2, 1, 0))
        if layer.use_bias:
            assign(module.bias, arrays[1])


class Conv2D(Twin[conv.Conv2D]):
    def empty(self, layer: conv.Conv2D, weights: Sequence[Weight]) -> nn.Module:
        *_, channels, filters = weights[0].shape
        fast = FastConv2d if switches.WINOGRAD else DirectConv2d
        return unset(
            lambda: (fast if switches.CONVOLUTION else ChannelsLastConv2d)(
                channels * layer.groups,
                filters,
                layer.kernel_size,
                layer.strides,
                dilation=layer.dilation_rate,
                groups=layer.groups,
                bias=layer.use_bias,
                border=layer.padding,
            )
        )

    def load_keras(self, module: nn.Module, layer: conv.Conv2D, arrays: Sequence[Any]) -> None:
        assert isinstance(module, nn.Conv2d)
        assign(module.weight, torch.as_tensor(arrays[0]).permute(3, 2, 0, 1))
        if layer.use_bias:
            assign(module.bias, arrays[1])


class Conv3D(Twin[conv.Conv3D]):
    def empty(self, layer: conv.Conv3D, weights: Sequence[Weight]) -> nn.Module:
        *_, channels, filters = weights[0].shape
        return unset(
            lambda: ChannelsLastConv3d(
                channels * layer.groups,
                filters,
                layer.kernel_size,
                layer.strides,
                dilation=layer.dilation_rate,
                groups=layer.groups,
                bias=layer.use_bias,
                border=layer.padding,
            )
        )

    def load_keras(self, module: nn.Module, layer: conv.Conv3D, arrays: Sequence[Any]) -> None:
        assert isinstance(module, nn.Conv3d)
        assign(module.weight, torch.as_tensor(arrays[0]).permute(4, 3, 0, 1, 2))
        if layer.use_bias:
            assign(module.bias, arrays[1])


class ChannelsLastConv1d(nn.Conv1d):
    """Convolves `[batch, steps, channels]`, as a 2-D convolution of height one.

    That is up to three times as fast as torch's own 1-D convolution on a CPU.
    """

    convolve: ClassVar[Callable[..., Tensor]] = staticmethod(F.conv2d)

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int],
        stride: int | tuple[int] = 1,
        *,
        dilation: int | tuple[int] = 1,
        groups: int = 1,
        bias: bool = True,
        border: str = "valid",
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            dilation=dilation,
            groups=groups,
            bias=bias,
        )
        self.border = border
        # Laid out so that, with a height of one, it is a channels-last 2-D kernel.
        rows = torch.empty(out_channels, *self.kernel_size, in_channels // groups)
        self.weight = nn.Parameter(rows.permute(0, 2, 1).copy_(self.weight.detach()))

    def forward(self, input: Tensor) -> Tensor:
        (stride,) = self.stride
        if self.kernel_size == (1,) and stride > 1:
            input, stride = input[:, ::stride], 1
        pads = self._pads(input.shape[1])
        padding = 0
        if even(pads):
            padding = pads[0][0]
        else:
            input = pad(input, pads)
        out = self.convolve(
            input.unsqueeze(1).permute(0, 3, 1, 2),
            self.weight.unsqueeze(2),
            self.bias,
            (1, stride),
            (0, padding),
            (1, self.dilation[0]),
            self.groups,
        )
        return out.permute(0, 2, 3, 1).squeeze(1)

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, border={self.border!r}"  # type: ignore[no-untyped-call]

    def _pads(self, steps: int) -> Pads:
        if self.border == "same":
            return same_pads((steps,), self.kernel_size, self.stride, self.dilation)
        if self.border == "causal":
            return (((self.kernel_size[0] - 1) * self.dilation[0], 0),)
        return ((0, 0),)


class ChannelsLastConv2d(nn.Conv2d):
    """Convolves `[batch, height, width, channels]`.

    Its permuted view is what torch calls channels_last, so the permutations cost nothing.
    """

    convolve: ClassVar[Callable[..., Tensor]] = staticmethod(F.conv2d)

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: tuple[int, int],
        stride: tuple[int, int] = (1, 1),
        *,
        dilation: tuple[int, int] = (1, 1),
        groups: int = 1,
        bias: bool = True,
        border: str = "valid",
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            dilation=dilation,
            groups=groups,
            bias=bias,
        )
        self.border = border
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, input: Tensor) -> Tensor:
        window = (self.kernel_size, self.stride, self.dilation)
        return convolve_image(
            input, self.weight, self.bias, window, self.border, self.groups, self.convolve
        )

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, border={self.border!r}"  # type: ignore[no-untyped-call]


class FastConv1d(ChannelsLastConv1d):
    """The same, with faster gradients on a CPU."""

    plain = ChannelsLastConv1d
    convolve = staticmethod(conv2d)


class FastConv2d(ChannelsLastConv2d):
    """The same, faster in training on a CPU."""

    plain = ChannelsLastConv2d
    convolve = staticmethod(conv2d)


class DirectConv2d(FastConv2d):
    """The same, without Winograd's algorithm."""

    convolve = staticmethod(partial(conv2d, winograd=False))


class ChannelsLastConv3d(nn.Conv3d):
    """Convolves `[batch, depth, height, width, channels]`, likewise."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: tuple[int, int, int],
        stride: tuple[int, int, int] = (1, 1, 1),
        *,
        dilation: tuple[int, int, int] = (1, 1, 1),
        groups: int = 1,
        bias: bool = True,
        border: str = "valid",
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            dilation=dilation,
            groups=groups,
            bias=bias,
        )
        self.border = border
        self.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]

    def forward(self, input: Tensor) -> Tensor:
        stride = self.stride
        if self.kernel_size == (1, 1, 1) and stride != (1, 1, 1):
            input = input[:, :: stride[0], :: stride[1], :: stride[2]]
            stride = (1, 1, 1)
        if self.border == "same":
            pads = same_pads(input.shape[1:4], self.kernel_size, stride, self.dilation)
            input = pad(input, pads)
        out = F.conv3d(
            input.permute(0, 4, 1, 2, 3),
            self.weight,
            self.bias,
            stride,
            0,
            self.dilation,
            self.groups,
        )
        return out.permute(0, 2, 3, 4, 1)

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, border={self.border!r}"  # type: ignore[no-untyped-call]
