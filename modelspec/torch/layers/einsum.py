"""Twins of EinsumDense and Einsum."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Generator, Tensor, nn

from modelspec.layers import einsum
from modelspec.layers.values import Weight
from modelspec.torch.layers.initializers import draw
from modelspec.torch.layers.twin import Call, Twin, assign


class EinsumDense(Twin[einsum.EinsumDense]):
    def empty(self, layer: einsum.EinsumDense, weights: Sequence[Weight]) -> nn.Module:
        return Product(layer.equation, *(weight.shape for weight in weights))

    def initial(
        self, layer: einsum.EinsumDense, weights: Sequence[Weight], generator: Generator
    ) -> list[Tensor]:
        kernel, *biases = weights
        drawn = draw(layer.kernel_initializer, kernel.shape, generator, layer.fan(kernel.shape))
        return [drawn, *(draw(layer.bias_initializer, b.shape, generator) for b in biases)]

    def load_keras(
        self, module: nn.Module, layer: einsum.EinsumDense, arrays: Sequence[Any]
    ) -> None:
        assert isinstance(module, Product)
        assign(module.weight, arrays[0])
        if layer.bias_axes is not None:
            assign(module.bias, arrays[1])


class Einsum(Twin[einsum.Einsum]):
    def forward(self, call: Call[einsum.Einsum], *operands: Any) -> Any:
        return torch.einsum(call.layer.equation, *operands)


class Product(nn.Module):
    """A product in Einstein's notation with a weight."""

    def __init__(
        self, equation: str, kernel: tuple[int, ...], offset: tuple[int, ...] | None = None
    ) -> None:
        super().__init__()
        self.equation = equation
        self.kernel = kernel
        self.offset = offset
        self.weight = nn.Parameter(torch.zeros(kernel))
        self.bias = None if offset is None else nn.Parameter(torch.zeros(offset))

    def forward(self, x: Tensor) -> Tensor:
        out = torch.einsum(self.equation, x, self.weight)
        return out if self.bias is None else out + self.bias

    def extra_repr(self) -> str:
        return f"{self.equation!r}"
