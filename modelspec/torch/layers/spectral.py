"""Twin of SpectralNormalization."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F  # noqa: N812

from modelspec.layers import spectral
from modelspec.layers.options.initializers import Normal
from modelspec.shapes import Shape
from modelspec.torch.layers.finding import find
from modelspec.torch.layers.freezing import freeze
from modelspec.torch.layers.initializers import draw
from modelspec.torch.layers.twin import Call, Twin, assign

_START = Normal(type="truncated_normal", stddev=0.02)
_EPSILON = 1e-7


class SpectralNormalization(Twin[spectral.SpectralNormalization]):
    mixes_samples = True
    """Two calls are not one on all samples: each changes the kernel."""

    def module(
        self,
        layer: spectral.SpectralNormalization,
        shapes: Sequence[Shape],
        generator: Generator,
    ) -> nn.Module:
        inner = find(layer.layer).module(layer.layer, shapes, generator)
        assert inner is not None
        vector = draw(_START, layer.weights(*shapes)[1].shape, generator)
        module = Spectral(inner, len(vector.flatten()), layer.power_iterations)
        assign(module.vector_u, vector)
        if not layer.trainable:
            freeze(module)
        return module

    def load_keras(
        self, module: nn.Module, layer: spectral.SpectralNormalization, arrays: Sequence[Any]
    ) -> None:
        assert isinstance(module, Spectral)
        kernel, vector, *others = arrays
        find(layer.layer).load_keras(module.layer, layer.layer, [kernel, *others])
        assign(module.vector_u, vector)

    def outputs(
        self,
        call: Call[spectral.SpectralNormalization],
        operands: Mapping[str, Sequence[Any]],
    ) -> dict[str, Any]:
        inner = call.layer.layer
        inside = Call(inner, call.shapes, call.module, call.get_module)
        return find(inner).outputs(inside, operands)


class Spectral(nn.Module):
    """A module whose `weight` is divided by its largest singular value before a call in training.

    Keras's last axis, that of the vector, is the weight's first.
    """

    vector_u: Tensor

    def __init__(self, layer: nn.Module, length: int, iterations: int) -> None:
        super().__init__()
        self.layer = layer
        self.length = length
        self.iterations = iterations
        self.frozen = False
        self.register_buffer("vector_u", torch.full((1, length), length**-0.5))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor
        if not self.training or self.frozen:
            out = self.layer(x)
            return out
        self._normalize()
        # A copy: the weight may change again, by another call, before its gradient is taken.
        copy = {"weight": self.layer.get_parameter("weight").clone()}
        out = functional_call(self.layer, copy, (x,))
        return out

    @torch.no_grad()
    def _normalize(self) -> None:
        weight = self.layer.get_parameter("weight")
        matrix = weight.flatten(1)
        old = u = self.vector_u
        for _ in range(self.iterations):
            v = F.normalize(u @ matrix, dim=None, eps=_EPSILON)  # type: ignore[arg-type]
            u = F.normalize(v @ matrix.T, dim=None, eps=_EPSILON)  # type: ignore[arg-type]
        largest = (v @ matrix.T @ u.T).squeeze()
        alive = weight.any()
        self.vector_u.copy_(torch.where(alive, u, old))
        weight.div_(torch.where(alive, largest, 1.0))

    def extra_repr(self) -> str:
        return f"iterations={self.iterations}"
