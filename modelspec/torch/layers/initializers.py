"""Keras's initializers, with Keras's default parameters, drawn from an explicit generator.

Shapes are Keras's: `(..., inputs, outputs)`.
"""

from collections.abc import Callable
from math import prod, sqrt

import torch
from torch import Generator, Tensor

_TRUNCATED_DEVIATION = 0.87962566103423978
"""The standard deviation of a unit normal distribution that is cut off at 2."""


def draw(name: str, shape: tuple[int, ...], generator: Generator) -> Tensor:
    """A new array of 32-bit floats, on the generator's device."""
    array = torch.empty(shape, device=generator.device)
    return _INITIALIZERS[name](array, generator)


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many inputs an output has, and how many outputs an input has."""
    if len(shape) < 2:
        return prod(shape), prod(shape)
    field = prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


def _scaled(scale: float, mode: str, normal: bool) -> Callable[[Tensor, Generator], Tensor]:
    """Keras's `VarianceScaling`."""

    def initialize(array: Tensor, generator: Generator) -> Tensor:
        fan_in, fan_out = fans(tuple(array.shape))
        fan = fan_in if mode == "fan_in" else (fan_in + fan_out) / 2
        deviation = sqrt(scale / max(1.0, fan))
        if normal:
            return _truncated(array, generator, deviation / _TRUNCATED_DEVIATION)
        limit = sqrt(3) * deviation
        return array.uniform_(-limit, limit, generator=generator)

    return initialize


def _truncated(array: Tensor, generator: Generator, deviation: float = 0.05) -> Tensor:
    return torch.nn.init.trunc_normal_(
        array, 0.0, deviation, -2 * deviation, 2 * deviation, generator=generator
    )


def _orthogonal(array: Tensor, generator: Generator) -> Tensor:
    """An orthogonal matrix over all axes but the last by the last."""
    return torch.nn.init.orthogonal_(array.view(-1, array.shape[-1]), generator=generator).view(
        array.shape
    )


def _normal(array: Tensor, generator: Generator) -> Tensor:
    return array.normal_(0.0, 0.05, generator=generator)


def _uniform(array: Tensor, generator: Generator) -> Tensor:
    return array.uniform_(-0.05, 0.05, generator=generator)


_INITIALIZERS: dict[str, Callable[[Tensor, Generator], Tensor]] = {
    "glorot_normal": _scaled(1.0, "fan_avg", normal=True),
    "glorot_uniform": _scaled(1.0, "fan_avg", normal=False),
    "he_normal": _scaled(2.0, "fan_in", normal=True),
    "he_uniform": _scaled(2.0, "fan_in", normal=False),
    "lecun_normal": _scaled(1.0, "fan_in", normal=True),
    "lecun_uniform": _scaled(1.0, "fan_in", normal=False),
    "normal": _normal,
    "ones": lambda array, _: array.fill_(1.0),
    "orthogonal": _orthogonal,
    "random_normal": _normal,
    "random_uniform": _uniform,
    "truncated_normal": _truncated,
    "uniform": _uniform,
    "zeros": lambda array, _: array.zero_(),
}
