"""The form of a call that writes its results into memory that is there already."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import torch

from modelspec.torch.capture.step_graph import name_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch._ops import OpOverload

    from modelspec.torch.capture.step_graph import Call

_aten = torch.ops.aten
_FILLED: dict[str, float] = {
    "zeros": 0.0,
    "zeros_like": 0.0,
    "new_zeros": 0.0,
    "ones": 1.0,
    "ones_like": 1.0,
    "new_ones": 1.0,
}
_FILL_PLACE = {"full": 1, "full_like": 1, "new_full": 2}
_UNFILLED = frozenset({"empty", "empty_strided", "empty_like", "new_empty", "new_empty_strided"})
_BOUND = frozenset(
    "abs add addmm argmax bmm cat clamp clamp_min cos div eq erf exp ge gt index_select le log lt "
    "maximum mean minimum mm mul ne neg pow reciprocal rsqrt sigmoid sign sin sqrt sub sum tanh "
    "where _log_softmax _softmax".split()
)
"""Functions that torch binds to Python with the arguments of their schema, which is called in half
the time."""

_RESIZED = frozenset(
    "binary_cross_entropy huber_loss mse_loss multi_margin_loss multilabel_margin_loss_forward "
    "smooth_l1_loss soft_margin_loss".split()
)
"""Losses that use the memory of their result for its terms, before they sum them."""


def leaves_memory(op: OpOverload) -> bool:
    """Whether a call makes memory only."""
    return name_of(op) in _UNFILLED


def fill_value(call: Call) -> float | None:
    """The number that a call fills new memory with, if it does just that."""
    name = call.name
    place = _FILL_PLACE.get(name)
    if place is None:
        return _FILLED.get(name)
    value = call.args[place]
    return value if isinstance(value, bool | int | float) else None


@cache
def out_form(op: OpOverload) -> tuple[Callable[..., Any], tuple[str, ...]] | None:
    """What does the same with results given, and what they are called.

    Only kernels that write there themselves: others make memory of their own first, and copy.
    `relu` is `clamp_min` with 0 to torch itself.
    """
    if op is _aten.relu.default:
        return _relu, ("out",)
    plain = op._schema.arguments
    if name_of(op) in _RESIZED:
        return None
    for name in op.overloadpacket.overloads() if op.namespace == "aten" else ():
        other = getattr(op.overloadpacket, name)
        given = [each for each in other._schema.arguments if not each.is_out]
        outs = tuple(each.name for each in other._schema.arguments if each.is_out)
        if (
            outs
            and [(each.name, str(each.type)) for each in given]
            == [(each.name, str(each.type)) for each in plain]
            and torch._C._dispatch_has_kernel_for_dispatch_key(other.name(), "CPU")
        ):
            return function_of(other), outs
    return None


def function_of(op: OpOverload) -> Callable[..., Any]:
    """What calls a kernel in the shortest time."""
    name = name_of(op)
    outs = [each.name for each in op._schema.arguments if each.is_out]
    if op.namespace == "aten" and outs == ["out"] and name in _BOUND:
        return getattr(torch, name)  # type: ignore[no-any-return]
    in_place = name.endswith("_") and not name.startswith("_") and not outs
    if op.namespace == "aten" and in_place and name[:-1] in _BOUND | {"zero", "fill", "copy"}:
        return getattr(torch.Tensor, name)  # type: ignore[no-any-return]
    return op._op


def _relu(x: torch.Tensor, *, out: torch.Tensor) -> None:
    torch.clamp_min(x, 0, out=out)
