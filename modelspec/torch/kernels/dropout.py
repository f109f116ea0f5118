"""Dropout by 16 random bits an element."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from modelspec.torch.kernels.eager import runs_eagerly

_VALUES = 1 << 16
"""How many values 16 bits have."""
_RAREST = 2**-10
"""The least rate, of what is dropped or of what is kept, that 16 bits meet within a percent."""
_FEWEST = 2048
"""Elements below which torch's own is as fast."""


def dropout(x: Tensor, p: float = 0.5, training: bool = True) -> Tensor:
    """Drop elements, and scale those that are kept such that the mean of each stays as it is.

    On a CPU an element is kept where 16 random bits are below a limit, which takes a quarter of
    the time of torch's draws, and a byte an element of memory. The rate is thereby rounded to a
    multiple of 1/65536; the scale is one over the share that is kept in fact, so that means are
    exact. Rates below 1/1024 or above 1023/1024, which rounding would change by over a percent,
    small tensors, and what does not run eagerly on a CPU, are torch's.

    Args:
        x: Of any shape.
        p: The share that is dropped.
        training: Whether anything is.
    """
    rare = not _RAREST <= p <= 1 - _RAREST
    if not training or rare or not runs_eagerly(x) or x.numel() < _FEWEST:
        return F.dropout(x, p, training)
    kept = round((1 - p) * _VALUES)
    mask = _draws(x) < kept - _VALUES // 2
    result: Tensor = _Masked.apply(x, mask, _VALUES / kept)  # type: ignore[no-untyped-call]
    return result


def _draws(x: Tensor) -> Tensor:
    """Random integers of 16 bits, of the tensor's shape, four from each 64 bits drawn."""
    words = torch.empty(-(-x.numel() // 4), dtype=torch.int64).random_(-(2**63), None)
    return words.view(torch.int16)[: x.numel()].view(x.shape)


class _Masked(torch.autograd.Function):
    """`x * mask * scale`, which keeps the mask only, one byte an element, for the gradient."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, mask: Tensor, scale: float) -> Tensor:
        ctx.save_for_backward(mask)
        ctx.scale = scale
        return torch.ops.aten.native_dropout_backward(x, mask, scale)  # type: ignore[no-any-return]

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        (mask,) = ctx.saved_tensors
        return _Masked.apply(gradients[0], mask, ctx.scale), None, None  # type: ignore[no-untyped-call]
