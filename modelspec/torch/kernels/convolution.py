"""A convolution that, with its gradients, is taken in the fastest of several ways on a CPU."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from modelspec.torch.kernels.eager import runs_eagerly
from modelspec.torch.kernels.weight_gradient import by_products, weight_gradient
from modelspec.torch.kernels.winograd import (
    by_winograd,
    convolved,
    slopes_of_input,
    slopes_of_weight,
)

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
    *,
    winograd: bool = True,
) -> Tensor:
    """Torch's convolution; where there is a gradient to take, both equal torch's own to rounding.

    On a CPU, of 32-bit floats, neither dilated nor in groups, and not in a small batch: by
    Winograd's algorithm where `by_winograd` says that it is faster; else the gradient of the
    weights is by matrix products where `by_products` says so. The gradient of the bias is a sum
    there and in layers of few channels, where oneDNN takes up to as long for it as for the weights.
    All else is torch's own: other shapes, what is compiled, exported or transformed, other devices
    and types, and the gradient of a gradient.

    Args:
        input: `[batch, channels, height, width]`, channels last in memory.
        weight: `[filters, channels / groups, height, width]`, likewise.
        bias: `[filters]`; None for none.
        stride: By axis, as are padding and dilation.
        padding: The cells before and after.
        dilation: From one cell of the window to the next.
        groups: Into how many groups the channels are divided.
        winograd: Whether Winograd's algorithm may be taken.
    """
    operands = (input, weight) if bias is None else (input, weight, bias)
    if (
        torch.is_grad_enabled()
        and runs_eagerly(*operands)
        and groups == 1
        and tuple(dilation) == (1, 1)
        and _is_ordinary(input, weight, stride)
    ):
        ways = _ways(input, weight, stride, padding, winograd)
        if any(ways) or (bias is not None and input.shape[1] <= _FEW):
            result: Tensor = _Convolution.apply(input, weight, bias, stride, padding, ways)  # type: ignore[no-untyped-call]
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


class _Ways(NamedTuple):
    """What is by Winograd's algorithm, and whether the weights' gradient is by products."""

    outputs: bool
    weights: bool
    products: bool


def _ways(
    x: Tensor, weight: Tensor, stride: tuple[int, int], padding: tuple[int, int], winograd: bool
) -> _Ways:
    shapes = x.shape, weight.shape, stride, padding
    if winograd and any(halved := by_winograd(*shapes)):
        return _Ways(*halved, products=False)
    return _Ways(False, False, by_products(*shapes))


class _Convolution(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        stride: tuple[int, int],
        padding: tuple[int, int],
        ways: _Ways,
    ) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.window = stride, padding
        ctx.ways = ways
        if ways.outputs:
            return convolved(x, weight, bias, padding)
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
        if wanted[1] and ctx.ways.products:
            of_weight = weight_gradient(x, slope, weight.shape, stride, padding)
        elif wanted[1] and ctx.ways.weights:
            of_weight = slopes_of_weight(x, slope, weight.shape, padding)
        elif wanted[1]:
            of_weight = _torchs(slope, x, weight, stride, padding, [False, True, False])[1]
        if wanted[0] and ctx.ways.outputs:
            of_input = slopes_of_input(slope, weight, padding)
        elif wanted[0]:
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
