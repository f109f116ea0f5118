"""Padding of channels-last tensors for windows that slide along their axes, as in Keras."""

from collections.abc import Sequence

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
