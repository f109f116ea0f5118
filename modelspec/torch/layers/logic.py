"""Twins of Compare, Logical, Where."""

from collections.abc import Callable
from typing import Any

import torch

from modelspec.layers import logic
from modelspec.torch.layers.merging import aligned
from modelspec.torch.layers.twin import Call, Twin

_COMPARISONS: dict[str, Callable[..., Any]] = {
    "equal": torch.eq,
    "not_equal": torch.ne,
    "greater": torch.gt,
    "greater_equal": torch.ge,
    "less": torch.lt,
    "less_equal": torch.le,
}
_LOGICAL: dict[str, Callable[..., Any]] = {
    "logical_and": torch.logical_and,
    "logical_or": torch.logical_or,
    "logical_xor": torch.logical_xor,
    "logical_not": torch.logical_not,
}


class Compare(Twin[logic.Compare]):
    def forward(self, call: Call[logic.Compare], *operands: Any) -> Any:
        constant = call.layer.constant
        pair = aligned(call, operands) if constant is None else (operands[0], constant)
        return _COMPARISONS[call.layer.function](*pair)


class Logical(Twin[logic.Logical]):
    def forward(self, call: Call[logic.Logical], *operands: Any) -> Any:
        return _LOGICAL[call.layer.function](*aligned(call, operands))


class Where(Twin[logic.Where]):
    def forward(self, call: Call[logic.Where], *operands: Any) -> Any:
        layer = call.layer
        condition, *others = aligned(call, operands)
        numbers = iter(others)
        taken = [
            next(numbers) if each is None else _constant(each, alone=not others)
            for each in (layer.x1, layer.x2)
        ]
        return torch.where(condition.bool(), *taken)


def _constant(value: float, *, alone: bool) -> float:
    """A number that leaves integers beside it integers, where it is one itself."""
    return int(value) if value.is_integer() and not alone else value
