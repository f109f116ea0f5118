"""Twins of the layers that make one tensor of several."""

import operator
from collections.abc import Callable
from functools import reduce
from string import ascii_lowercase
from typing import Any, ClassVar

import torch
from torch.nn import functional as F  # noqa: N812

from modelspec.layers import Layer, merging
from modelspec.layers.axes import resolve
from modelspec.torch.layers.masked import every_step
from modelspec.torch.layers.twin import Call, Twin


class _Merge(Twin[Layer]):
    """Joins operands two by two, after their ranks are aligned at the right."""

    join: ClassVar[Callable[..., Any]]

    def forward(self, call: Call[Layer], *operands: Any) -> Any:
        return reduce(self.join, aligned(call, operands))


class Add(_Merge):
    join = staticmethod(operator.add)


class Subtract(_Merge):
    join = staticmethod(operator.sub)


class Multiply(_Merge):
    join = staticmethod(operator.mul)


class Maximum(_Merge):
    join = staticmethod(torch.maximum)


class Minimum(_Merge):
    join = staticmethod(torch.minimum)


class Average(_Merge):
    join = staticmethod(operator.add)

    def forward(self, call: Call[Layer], *operands: Any) -> Any:
        total = super().forward(call, *operands)
        return total / len(operands) if len(operands) > 1 else total


class Concatenate(Twin[merging.Concatenate]):
    def forward(self, call: Call[merging.Concatenate], *operands: Any) -> Any:
        return torch.cat(operands, dim=call.layer.axis) if len(operands) > 1 else operands[0]

    def output_mask(self, call: Call[merging.Concatenate], *operands: Any) -> Any:
        rank = len(call.shapes[0])
        pairs = zip(operands, call.masks[""], strict=True)
        masks = [every_step(x, rank - 1) if mask is None else mask for x, mask in pairs]
        axis = resolve(call.layer.axis, call.shapes[0]) + 1
        if axis < rank:
            return torch.cat(masks, dim=axis)
        return reduce(operator.or_, dict.fromkeys(masks))


class Dot(Twin[merging.Dot]):
    def forward(self, call: Call[merging.Dot], *operands: Any) -> Any:
        left, right = operands
        i, j = call.layer.resolved(*call.shapes)
        if call.layer.normalize:
            left = F.normalize(left, dim=i + 1)
            right = F.normalize(right, dim=j + 1)
        ranks = [len(shape) for shape in call.shapes]
        if ranks == [1, 1]:
            return torch.sum(left * right, dim=1, keepdim=True)
        return torch.einsum(equation(ranks[0], ranks[1], i, j), left, right)


def equation(left: int, right: int, i: int, j: int) -> str:
    """Einstein's notation for a batch of products of two ranks along the axes i and j."""
    letters = iter(ascii_lowercase.replace("n", "").replace("z", ""))
    first = [next(letters) for _ in range(left)]
    second = [next(letters) for _ in range(right)]
    first[i] = second[j] = "z"
    kept = "".join(letter for letter in first + second if letter != "z")
    return f"n{''.join(first)},n{''.join(second)}->n{kept}"


def aligned(call: Call[Any], operands: tuple[Any, ...]) -> list[Any]:
    """The operands with axes of size 1 after the batch axis, so that all have the same rank."""
    rank = max(map(len, call.shapes))
    result = []
    for shape, operand in zip(call.shapes, operands, strict=True):
        for _ in range(rank - len(shape)):
            operand = torch.unsqueeze(operand, 1)
        result.append(operand)
    return result
