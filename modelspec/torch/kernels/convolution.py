"""A convolution whose gradients on a CPU are taken in the fastest of several ways."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from modelspec.torch.kernels.eager import runs_eagerly
from modelspec.torch.kernels.weight_gradient import by_products, weight_gradient

_SMALL = 5_000_000
"""Multiplications below which what is gained is less than what calling Python costs."""
_FEW = 4
"""Channels up to which oneDNN takes long for the bias."""


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int] = (0, 0),
    dilation: tuple[int, int] = (1, 1),
    groups: int = 1,
) -> Tensor:
    """Torch's convolution, and gradients that equal its own up to rounding.

    On a CPU, of 32-bit floats, neither dilated nor in groups, and not in a small batch: the
    gradient of the weights is by matrix products where `by_products` says that they are faster,
    and that of the bias is a sum there and in layers of few channels, where oneDNN takes up to as
    long for it as for the weights. All else is torch's own: other shapes, what is compiled,
    exported or transformed, other devices and types, and the gradient of a gradient.

    Args:
        input: `[batch, channels, height, width]`, channels last in memory.
        weight: `[filters, channels / groups, height, width]`, likewise.
        bias: `[filters]`; None for none.
        stride: By axis, as are padding and dilation.
        padding: The cells before and after.
        dilation: From one cell of the window to the next.
        groups: Into how many groups the channels are divided.
    """
    operands = (input, weight) if bias is None else (input, weight, bias)
    if (
        torch.is_grad_enabled()
        and runs_eagerly(*operands)
        and groups == 1
        and tuple(dilation) == (1, 1)
        and _is_ordinary(input, weight, stride)
    ):
        products = by_products(input.shape, weight.shape, stride, padding)
        if products or (bias is not None and input.shape[1] <= _FEW):
            result: Tensor = _Convolution.apply(input, weight, bias, stride, padding, products)  # type: ignore[no-untyped-call]
            return result
    return F.conv2d(input, weight, bias, stride, padding, dilation, groups)


def _is_ordinary(x: Tensor, weight: Tensor, stride: tuple[int, int]) -> bool:
    """Whether there is a gradient to take, of 32-bit floats, channels last, and not too few."""
    if not (weight.requires_grad and x.dtype == weight.dtype == torch.float32 and x.dim() == 4):
        return False
    steps = stride[0] * stride[1]
    batch, _, height, width = x.shape
    return batch * height * width * weight.numel() >= _SMALL * steps and x.is_contiguous(
        memory_format=torch.channels_last
    )


class _Convolution(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        stride: tuple[int, int],
        padding: tuple[int, int],
        products: bool,
    ) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.window = stride, padding
        ctx.products = products
        return F.conv2d(x, weight, bias, stride, padding)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        x, weight = ctx.saved_tensors
        stride, padding = ctx.window
        wanted = list(ctx.needs_input_grad[:3])
        if torch.is_grad_enabled():  # the gradient of this gradient is wanted
            return (*_torchs(gradients[0], x, weight, stride, padding, wanted), None, None, None)
        slope = gradients[0].contiguous(memory_format=torch.channels_last)
        of_input = of_weight = of_bias = None
        if wanted[1] and ctx.products:
            of_weight = weight_gradient(x, slope, weight.shape, stride, padding)
        elif wanted[1]:
            of_weight = _torchs(slope, x, weight, stride, padding, [False, True, False])[1]
        if wanted[0]:
            of_input = _torchs(slope, x, weight, stride, padding, [True, False, False])[0]
        if wanted[2]:
            of_bias = slope.sum((0, 2, 3))
        return of_input, of_weight, of_bias, None, None, None


def _torchs(
    slope: Tensor,
    x: Tensor,
    weight: Tensor,
    stride: tuple[int, int],
    padding: tuple[int, int],
    wanted: list[bool],
) -> Any:
    """The gradients of the input, the weights and the bias, as torch computes them."""
    return torch.ops.aten.convolution_backward(
        slope, x, weight, [len(weight)], stride, padding, (1, 1), False, (0, 0), 1, wanted
    )
