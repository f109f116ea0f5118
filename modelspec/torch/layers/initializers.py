"""Keras's initializers, drawn from an explicit generator.

Shapes are Keras's: `(..., inputs, outputs)`.
"""

from collections.abc import Callable
from math import prod, sqrt
from typing import Any

import torch
from torch import Generator, Tensor

from modelspec.layers.choices import Option
from modelspec.layers.initializers import MATRICES
from modelspec.layers.options.initializers import VarianceScaling

_TRUNCATED_DEVIATION = 0.87962566103423978
"""The standard deviation of a unit normal distribution that is cut off at 2."""


def draw(
    initializer: str | Option,
    shape: tuple[int, ...],
    generator: Generator,
    fan: tuple[int, int] | None = None,
) -> Tensor:
    """A new array of 32-bit floats, on the generator's device.

    Args:
        initializer: Its name, or the declaration.
        shape: The array's.
        generator: What is drawn from.
        fan: The number of inputs and of outputs, where `fans(shape)` is not what they are.
    """
    option = initializer
    if isinstance(option, str):
        option = MATRICES[option](type=option)
    seed = getattr(option, "seed", None)
    if seed is not None:
        generator = Generator(generator.device).manual_seed(seed)
    array = torch.empty(shape, device=generator.device)
    if option.type in _SCALED or option.type == "variance_scaling":
        scaled = _SCALED.get(option.type, option)
        return _scale(scaled, array, generator, fan or fans(shape))
    return _INITIALIZERS[option.type](option, array, generator)


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many inputs an output has, and how many outputs an input has."""
    if len(shape) < 2:
        return prod(shape), prod(shape)
    field = prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


def _scale(option: Any, array: Tensor, generator: Generator, ends: tuple[int, int]) -> Tensor:
    fan_in, fan_out = ends
    fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[option.mode]
    deviation = sqrt(option.scale / max(1.0, fan))
    if option.distribution == "truncated_normal":
        return _cut_off(array, generator, 0.0, deviation / _TRUNCATED_DEVIATION)
    if option.distribution == "untruncated_normal":
        return array.normal_(0.0, deviation, generator=generator)
    limit = sqrt(3) * deviation
    return array.uniform_(-limit, limit, generator=generator)


def _scaled(scale: float, mode: str, distribution: str) -> VarianceScaling:
    arguments: dict[str, Any] = {"scale": scale, "mode": mode, "distribution": distribution}
    return VarianceScaling.model_construct(type="variance_scaling", **arguments)


def _cut_off(array: Tensor, generator: Generator, mean: float, deviation: float) -> Tensor:
    if not deviation:
        return array.fill_(mean)
    low, high = mean - 2 * deviation, mean + 2 * deviation
    return torch.nn.init.trunc_normal_(array, mean, deviation, low, high, generator=generator)


def _orthogonal(option: Any, array: Tensor, generator: Generator) -> Tensor:
    """An orthogonal matrix over all axes but the last by the last."""
    matrix = array.view(-1, array.shape[-1])
    return torch.nn.init.orthogonal_(matrix, option.gain, generator=generator).view(array.shape)


def _truncated(option: Any, array: Tensor, generator: Generator) -> Tensor:
    return _cut_off(array, generator, option.mean, option.stddev)


def _normal(option: Any, array: Tensor, generator: Generator) -> Tensor:
    return array.normal_(option.mean, option.stddev, generator=generator)


def _uniform(option: Any, array: Tensor, generator: Generator) -> Tensor:
    return array.uniform_(option.minval, option.maxval, generator=generator)


_SCALED = {
    "glorot_normal": _scaled(1.0, "fan_avg", "truncated_normal"),
    "glorot_uniform": _scaled(1.0, "fan_avg", "uniform"),
    "he_normal": _scaled(2.0, "fan_in", "truncated_normal"),
    "he_uniform": _scaled(2.0, "fan_in", "uniform"),
    "lecun_normal": _scaled(1.0, "fan_in", "truncated_normal"),
    "lecun_uniform": _scaled(1.0, "fan_in", "uniform"),
}

_INITIALIZERS: dict[str, Callable[[Any, Tensor, Generator], Tensor]] = {
    "constant": lambda option, array, _: array.fill_(option.value),
    "identity": lambda option, array, _: torch.nn.init.eye_(array).mul_(option.gain),
    "normal": _normal,
    "ones": lambda _, array, __: array.fill_(1.0),
    "orthogonal": _orthogonal,
    "random_normal": _normal,
    "random_uniform": _uniform,
    "truncated_normal": _truncated,
    "uniform": _uniform,
    "zeros": lambda _, array, __: array.zero_(),
}
