"""Twins of raw operations."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import torch
from torch.nn import functional as F  # noqa: N812

from modelspec.layers import operations
from modelspec.layers.axes import resolve
from modelspec.torch.layers.merging import aligned
from modelspec.torch.layers.twin import Call, Twin


class _Reduction(Twin[Any]):
    function: ClassVar[Callable[..., Any]]

    def forward(self, call: Call[Any], *operands: Any) -> Any:
        layer = call.layer
        axes = [resolve(axis, call.shapes[0]) + 1 for axis in layer.axis]
        return type(self).function(operands[0], dim=axes, keepdim=layer.keepdims)


class Mean(_Reduction):
    function = torch.mean


class Sum(_Reduction):
    function = torch.sum


class Max(_Reduction):
    function = torch.amax


class Min(_Reduction):
    function = torch.amin


class Prod(Twin[operations.Prod]):
    def forward(self, call: Call[operations.Prod], *operands: Any) -> Any:
        (x,) = operands
        axes = [resolve(axis, call.shapes[0]) + 1 for axis in call.layer.axis]
        for axis in sorted(axes, reverse=True):
            x = torch.prod(x, dim=axis, keepdim=call.layer.keepdims)
        return x


_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "absolute": torch.abs,
    "approximate_gelu": partial(F.gelu, approximate="tanh"),
    "arccos": torch.arccos,
    "arccosh": torch.arccosh,
    "arcsin": torch.arcsin,
    "arcsinh": torch.arcsinh,
    "arctan": torch.arctan,
    "arctanh": torch.arctanh,
    "ceil": torch.ceil,
    "cos": torch.cos,
    "cosh": torch.cosh,
    "erf": torch.erf,
    "exp": torch.exp,
    "exp2": torch.exp2,
    "expm1": torch.expm1,
    "floor": torch.floor,
    "log": torch.log,
    "log10": torch.log10,
    "log1p": torch.log1p,
    "log2": torch.log2,
    "negative": torch.neg,
    "reciprocal": torch.reciprocal,
    "round": torch.round,
    "rsqrt": torch.rsqrt,
    "sign": torch.sign,
    "sin": torch.sin,
    "sinh": torch.sinh,
    "sqrt": torch.sqrt,
    "square": torch.square,
    "tan": torch.tan,
    "trunc": torch.trunc,
}


class Elementwise(Twin[operations.Elementwise]):
    def forward(self, call: Call[operations.Elementwise], *operands: Any) -> Any:
        return _FUNCTIONS[call.layer.function](*operands)


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": torch.add,
    "subtract": torch.sub,
    "multiply": torch.mul,
    "divide": torch.div,
    "power": torch.pow,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
    "mod": torch.remainder,
    "floor_divide": partial(torch.div, rounding_mode="floor"),  # `floor_divide` has no gradient
}


class Arithmetic(Twin[operations.Arithmetic]):
    def forward(self, call: Call[operations.Arithmetic], *operands: Any) -> Any:
        (x,) = operands
        layer = call.layer
        constant = x.new_tensor(layer.constant)
        pair = (constant, x) if layer.constant_first else (x, constant)
        return _ARITHMETIC[layer.function](*pair)


class Divide(Twin[operations.Divide]):
    def forward(self, call: Call[operations.Divide], *operands: Any) -> Any:
        return torch.div(*aligned(call, operands))


class Matmul(Twin[operations.Matmul]):
    def forward(self, call: Call[operations.Matmul], *operands: Any) -> Any:
        return torch.matmul(*operands)


class Clip(Twin[operations.Clip]):
    def forward(self, call: Call[operations.Clip], *operands: Any) -> Any:
        return torch.clamp(operands[0], min=call.layer.x_min, max=call.layer.x_max)


class Cast(Twin[operations.Cast]):
    def forward(self, call: Call[operations.Cast], *operands: Any) -> Any:
        return operands[0].to(getattr(torch, call.layer.dtype))
