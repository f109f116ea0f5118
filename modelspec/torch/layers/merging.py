"""Twins of the layers that make one tensor of several."""

import operator
from collections.abc import Callable, Sequence
from functools import reduce
from string import ascii_lowercase
from typing import Any, ClassVar

import torch
from torch.nn import functional as F  # noqa: N812

from modelspec.layers import Layer
from modelspec.layers.axes import resolve
from modelspec.layers.merging import concatenate, dot
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
    """What does not count is 1, and 0 where nothing counts."""

    join = staticmethod(operator.mul)

    def forward(self, call: Call[Layer], *operands: Any) -> Any:
        masks = _step_masks(call)
        parts = [
            x if mask is None else torch.where(mask, x, 1)
            for x, mask in zip(operands, masks, strict=True)
        ]
        product = super().forward(call, *parts)
        if any(mask is None for mask in masks):
            return product
        return torch.where(reduce(operator.or_, aligned(call, masks)), product, 0)


class _Extreme(_Merge):
    """What does not count is what it is compared with."""

    def forward(self, call: Call[Layer], *operands: Any) -> Any:
        masks = aligned(call, _step_masks(call))
        (found, counts), *others = zip(aligned(call, operands), masks, strict=True)
        for x, mask in others:
            if mask is not None:
                x = torch.where(mask, x, found)
            if counts is not None:
                found = torch.where(counts, found, x)
            counts = None if mask is None or counts is None else counts | mask
            found = type(self).join(found, x)
        return found


class Maximum(_Extreme):
    join = staticmethod(torch.maximum)


class Minimum(_Extreme):
    join = staticmethod(torch.minimum)


class Average(_Merge):
    join = staticmethod(operator.add)

    def forward(self, call: Call[Any], *operands: Any) -> Any:
        if call.layer.operand_weights is not None:
            return reduce(self.join, aligned(call, weighted(call, operands)))
        total = super().forward(call, *operands)
        return total / len(operands) if len(operands) > 1 else total


def weighted(call: Call[Any], operands: Sequence[Any]) -> list[Any]:
    """Each operand times its share; one that has none counts as nothing, whatever it is."""
    shares = call.layer.shares(len(operands))
    return [
        operand * share if share else torch.zeros_like(operand)
        for operand, share in zip(operands, shares, strict=True)
    ]


class Concatenate(Twin[concatenate.Concatenate]):
    def forward(self, call: Call[concatenate.Concatenate], *operands: Any) -> Any:
        return torch.cat(operands, dim=call.layer.axis) if len(operands) > 1 else operands[0]

    def output_mask(self, call: Call[concatenate.Concatenate], *operands: Any) -> Any:
        rank = len(call.shapes[0])
        pairs = zip(operands, call.masks[""], strict=True)
        masks = [every_step(x, rank - 1) if mask is None else mask for x, mask in pairs]
        axis = resolve(call.layer.axis, call.shapes[0]) + 1
        if axis < rank:
            return torch.cat(masks, dim=axis)
        return reduce(operator.or_, dict.fromkeys(masks))


class Dot(Twin[dot.Dot]):
    def forward(self, call: Call[dot.Dot], *operands: Any) -> Any:
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


def _step_masks(call: Call[Any]) -> list[Any]:
    """The mask of each operand with an axis for each of the operand's; None where it has none."""
    found = []
    for shape, mask in zip(
        call.shapes, call.masks.get("", (None,) * len(call.shapes)), strict=True
    ):
        for _ in range(len(shape) - call.mask_axes if mask is not None else 0):
            mask = torch.unsqueeze(mask, -1)
        found.append(mask)
    return found


def aligned(call: Call[Any], operands: Sequence[Any]) -> list[Any]:
    """The operands with axes of size 1 after the batch axis, so that all have the same rank."""
    rank = max(map(len, call.shapes))
    result = []
    for shape, operand in zip(call.shapes, operands, strict=True):
        for _ in range(rank - len(shape) if operand is not None else 0):
            operand = torch.unsqueeze(operand, 1)
        result.append(operand)
    return result
