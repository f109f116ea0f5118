"""Twins of further reductions."""

from collections.abc import Callable
from typing import Any, ClassVar

import torch

from modelspec.layers import reductions
from modelspec.layers.axes import resolve
from modelspec.torch.layers.operations import _Reduction
from modelspec.torch.layers.twin import Call, Twin


class Var(_Reduction):
    @staticmethod
    def function(x: Any, dim: list[int], keepdim: bool) -> Any:
        return torch.var(x, dim=dim, correction=0, keepdim=keepdim)


class Std(_Reduction):
    @staticmethod
    def function(x: Any, dim: list[int], keepdim: bool) -> Any:
        return torch.std(x, dim=dim, correction=0, keepdim=keepdim)


class Logsumexp(_Reduction):
    function = torch.logsumexp


class Norm(Twin[reductions.Norm]):
    def forward(self, call: Call[reductions.Norm], *operands: Any) -> Any:
        axes = [resolve(axis, call.shapes[0]) + 1 for axis in call.layer.axis]
        power = float(call.layer.ord)
        keep = call.layer.keepdims
        return torch.linalg.vector_norm(operands[0], ord=power, dim=axes, keepdim=keep)


class _Place(Twin[Any]):
    function: ClassVar[Callable[..., Any]]

    def forward(self, call: Call[Any], *operands: Any) -> Any:
        layer = call.layer
        place = resolve(layer.axis, call.shapes[0]) + 1
        return type(self).function(operands[0], dim=place, keepdim=layer.keepdims).int()


class Argmax(_Place):
    function = torch.argmax


class Argmin(_Place):
    function = torch.argmin
