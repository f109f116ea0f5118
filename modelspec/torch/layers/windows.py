"""Windows that slide along channels-last tensors: padding as in Keras, and convolution."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

Pads = tuple[tuple[int, int], ...]
"""The cells before and after each axis."""


def same_pads(
    sizes: Sequence[int], kernel: Sequence[int], strides: Sequence[int], dilation: Sequence[int]
) -> Pads:
    """What `padding: same` adds to each axis, also of sizes that an export leaves open."""
    return tuple(map(_same, sizes, kernel, strides, dilation))


def _same(size: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    reach = (kernel - 1) * dilation
    if stride == 1:
        total = reach
    else:
        total = torch.sym_max(  # type: ignore[no-untyped-call]
            (-(-size // stride) - 1) * stride + reach + 1 - size, 0
        )
    return total // 2, total - total // 2


def even(pads: Pads) -> bool:
    """Whether as much goes before as after, so that torch's own padding does."""
    return all(isinstance(after, int) and before == after for before, after in pads)


def pad(x: Tensor, pads: Pads, value: float = 0.0) -> Tensor:
    """`[batch, ..., channels]` with cells around the axes in the middle."""
    flat = [0, 0]
    for before, after in reversed(pads):
        flat += [before, after]
    return F.pad(x, flat, value=value)


def convolve_image(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    window: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]],
    border: str,
    groups: int,
    convolve: Callable[..., Tensor] = F.conv2d,
) -> Tensor:
    """Convolve `[batch, height, width, channels]`.

    Args:
        x: The images.
        weight: torch's, `[filters, channels / groups, height, width]`.
        bias: `[filters]`; None for none.
        window: Kernel, stride and dilation, by axis.
        border: `same` or `valid`.
        groups: Into how many groups the channels are divided.
        convolve: What does it to `[batch, channels, height, width]`, called as `F.conv2d` is.
    """
    kernel, stride, dilation = window
    if kernel == (1, 1) and stride != (1, 1):
        # Else oneDNN's gradient of a strided 1x1 kernel over few channels breaks the memory.
        x, stride = x[:, :: stride[0], :: stride[1]], (1, 1)
    pads: Pads = ((0, 0), (0, 0))
    if border == "same":
        pads = same_pads(x.shape[1:3], kernel, stride, dilation)
    padding = (0, 0)
    if even(pads):
        padding = (pads[0][0], pads[1][0])
    else:
        x = pad(x, pads)
    out = convolve(x.permute(0, 3, 1, 2), weight, bias, stride, padding, dilation, groups)
    return out.permute(0, 2, 3, 1)
