"""Twins of operations of two tensors."""

from collections.abc import Callable
from typing import Any, ClassVar

import torch

from modelspec.torch.layers.merging import aligned
from modelspec.torch.layers.twin import Call, Twin


class _Pair(Twin[Any]):
    function: ClassVar[Callable[..., Any]]

    def forward(self, call: Call[Any], *operands: Any) -> Any:
        return type(self).function(*aligned(call, operands))


class Mod(_Pair):
    function = torch.remainder


class Arctan2(_Pair):
    function = torch.arctan2
