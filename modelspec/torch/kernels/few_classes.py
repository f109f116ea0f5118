"""Softmax, its logarithm and cross-entropy of rows that are shorter than a processor's register.

Torch takes such rows number by number. Where their classes come first in memory, or where rows are
made as long as a register by logits of minus infinity, which change neither value nor gradient, it
takes as many numbers at once as the register holds.
"""

from __future__ import annotations

from math import inf

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from modelspec.torch.kernels.eager import runs_eagerly

_LANES = {"AVX512": 16, "AVX2": 8}
"""How many 32-bit floats a register holds. Other processors were not measured."""
_FEWEST = 320
"""Numbers below which torch's own is as fast forward."""
_FEWEST_LEARNT = {"AVX512": 1280, "AVX2": 2048}
"""The same forward and backward."""
_LONGEST = 1 << 16
"""Numbers above which rows that are made longer do not fit the cache."""
_CAPABILITY = torch.backends.cpu.get_cpu_capability()


def softmax(input: Tensor, dim: int) -> Tensor:
    """Torch's softmax of logits that nothing is learnt from, up to rounding.

    Args:
        input: Logits, of any shape.
        dim: The axis of the classes. Only along the last one is there something to gain.
    """
    learnt = torch.is_grad_enabled() and input.requires_grad
    if learnt or not _is_short(input, dim, _FEWEST):
        return torch.softmax(input, dim)
    found = torch.softmax(_classes_first(input), 0).t().contiguous()
    return found if input.ndim == 2 else found.view(input.shape)


def log_softmax(input: Tensor, dim: int) -> Tensor:
    """Torch's logarithm of the softmax, up to rounding, with its gradients.

    Args:
        input: Logits, of any shape.
        dim: The axis of the classes, as in `softmax`.
    """
    if not _is_short(input, dim, _fewest(input)):
        return torch.log_softmax(input, dim)
    return torch.log_softmax(_classes_first(input), 0).t().view(input.shape)


def cross_entropy(input: Tensor, target: Tensor, ignore_index: int = -100) -> Tensor:
    """The mean cross-entropy of logits and class indices, torch's up to rounding.

    An index that is none of the classes is an error or gives an infinite loss; torch's own always
    makes it an error.

    Args:
        input: Logits, `[rows, classes]`.
        target: The index of each row's class, `[rows]`.
        ignore_index: What stands for a row that does not count.
    """
    if _is_short(input, -1, _fewest(input)):
        rows, classes = input.shape
        lanes = _LANES[_CAPABILITY]
        if 2 * classes < lanes or rows * lanes > _LONGEST:
            logarithms = torch.log_softmax(_classes_first(input), 0).t()
            return F.nll_loss(logarithms, target, ignore_index=ignore_index)
        input = torch.cat((input, input.new_full((rows, lanes - classes), -inf)), 1)
    return F.cross_entropy(input, target, ignore_index=ignore_index)


def _is_short(x: Tensor, dim: int, fewest: int) -> bool:
    """Whether rows are shorter than a register, and enough for what rearranging them costs."""
    return (
        x.ndim > 1
        and 1 < x.shape[-1] < _LANES.get(_CAPABILITY, 0)
        and x.numel() >= fewest
        and dim in (-1, x.ndim - 1)
        and x.dtype == torch.float32
        and runs_eagerly(x)
    )


def _fewest(x: Tensor) -> int:
    learnt = torch.is_grad_enabled() and x.requires_grad
    return _FEWEST_LEARNT.get(_CAPABILITY, 0) if learnt else _FEWEST


def _classes_first(x: Tensor) -> Tensor:
    """A copy as `[classes, rows]`."""
    rows = x if x.ndim == 2 else x.flatten(0, -2)
    return rows.t().contiguous()
