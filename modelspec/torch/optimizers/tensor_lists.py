"""What optimizers compute on lists of tensors, in the shortest time.

torch's functions for lists call its functions for tensors on a CPU, one tensor after the other.
For a list of one, such as the one buffer that the parameters of a small model lie in, calling them
at once saves a tenth of a small step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

    Tensors = tuple[Tensor, ...] | list[Tensor]


def add(tensors: list[Tensor], number: float) -> list[Tensor]:
    """New tensors, a number larger."""
    if _is_one(tensors):
        return [tensors[0].add(number)]
    return list(torch._foreach_add(tensors, number))


def mul_(tensors: list[Tensor], factor: float) -> None:
    """Multiply by a number."""
    if _is_one(tensors):
        tensors[0].mul_(factor)
    else:
        torch._foreach_mul_(tensors, factor)


def sqrt_(tensors: list[Tensor]) -> None:
    """Take the roots."""
    if _is_one(tensors):
        tensors[0].sqrt_()
    else:
        torch._foreach_sqrt_(tensors)


def sub_(tensors: list[Tensor], others: list[Tensor]) -> None:
    """Subtract others."""
    if _is_one(tensors):
        tensors[0].sub_(others[0])
    else:
        torch._foreach_sub_(tensors, others)


def lerp_(tensors: list[Tensor], ends: list[Tensor], share: float) -> None:
    """Move by a share towards others."""
    if _is_one(tensors):
        tensors[0].lerp_(ends[0], share)
    else:
        torch._foreach_lerp_(tensors, ends, share)


def addcmul_(tensors: list[Tensor], ones: Tensors, others: Tensors, value: float) -> None:
    """Add `value` times a product."""
    if _is_one(tensors):
        tensors[0].addcmul_(ones[0], others[0], value=value)
    else:
        torch._foreach_addcmul_(tensors, ones, others, value=value)


def addcdiv_(tensors: list[Tensor], ones: Tensors, others: Tensors, value: float) -> None:
    """Add `value` times a quotient."""
    if _is_one(tensors):
        tensors[0].addcdiv_(ones[0], others[0], value=value)
    else:
        torch._foreach_addcdiv_(tensors, ones, others, value=value)


def _is_one(tensors: list[Tensor]) -> bool:
    return len(tensors) == 1 and tensors[0].is_cpu
