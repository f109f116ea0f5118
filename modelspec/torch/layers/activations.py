"""Keras's activation functions, by name. They record nodes when they are given proxies."""

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional as F  # noqa: N812


def activate(name: str | None, x: Any) -> Any:
    """The function of that name of `x`; `x` itself for None and `linear`."""
    return x if name is None else _FUNCTIONS[name](x)


def _squareplus(x: Any) -> Any:
    return (x + torch.sqrt(x * x + 4)) / 2


def _sparse_plus(x: Any) -> Any:
    """0 up to -1, x from 1 on, and a parabola between."""
    return torch.where(x >= 1, x, torch.square(torch.clamp(x, -1, 1) + 1) / 4)


def _sparse_sigmoid(x: Any) -> Any:
    return torch.clamp((x + 1) / 2, 0, 1)


_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "celu": F.celu,
    "elu": F.elu,
    "exponential": torch.exp,
    "gelu": F.gelu,
    "hard_shrink": F.hardshrink,
    "hard_sigmoid": F.hardsigmoid,
    "hard_silu": F.hardswish,
    "hard_swish": F.hardswish,
    "hard_tanh": F.hardtanh,
    "leaky_relu": lambda x: F.leaky_relu(x, negative_slope=0.2),
    "linear": lambda x: x,
    "log_sigmoid": F.logsigmoid,
    "log_softmax": lambda x: torch.log_softmax(x, dim=-1),
    "mish": F.mish,
    "relu": torch.relu,
    "relu6": F.relu6,
    "selu": torch.selu,
    "sigmoid": torch.sigmoid,
    "silu": F.silu,
    "soft_shrink": F.softshrink,
    "softmax": lambda x: torch.softmax(x, dim=-1),
    "softplus": F.softplus,
    "softsign": F.softsign,
    "sparse_plus": _sparse_plus,
    "sparse_sigmoid": _sparse_sigmoid,
    "squareplus": _squareplus,
    "swish": F.silu,
    "tanh": torch.tanh,
    "tanh_shrink": F.tanhshrink,
}
