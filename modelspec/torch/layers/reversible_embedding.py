"""Twin of ReversibleEmbedding."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Generator, Tensor, nn

from modelspec.layers import reversible_embedding
from modelspec.layers.values import Weight
from modelspec.torch.layers.initializers import draw
from modelspec.torch.layers.twin import Twin, assign

_Layer = reversible_embedding.ReversibleEmbedding


class ReversibleEmbedding(Twin[_Layer]):
    def empty(self, layer: _Layer, weights: Sequence[Weight]) -> nn.Module:
        return BothWays(layer.input_dim, layer.output_dim, layer.logit_soft_cap)

    def initial(
        self, layer: _Layer, weights: Sequence[Weight], generator: Generator
    ) -> list[Tensor]:
        return [draw(layer.embeddings_initializer, each.shape, generator) for each in weights]

    def load_keras(self, module: nn.Module, layer: _Layer, arrays: Sequence[Any]) -> None:
        assert isinstance(module, BothWays)
        assign(module.weight, arrays[0])


class BothWays(nn.Module):
    """Vectors of indices; of vectors, a score for each index."""

    def __init__(self, count: int, length: int, cap: float | None) -> None:
        super().__init__()
        self.count = count
        self.length = length
        self.weight = nn.Parameter(torch.zeros(count, length))
        self.cap = cap

    def forward(self, x: Tensor) -> Tensor:
        if not x.is_floating_point():
            index = x if x.dtype in (torch.int64, torch.int32) else x.long()
            return nn.functional.embedding(index, self.weight)
        scores = x @ self.weight.mT
        return scores if self.cap is None else torch.tanh(scores / self.cap) * self.cap

    def extra_repr(self) -> str:
        cap = "" if self.cap is None else f", cap={self.cap}"
        return f"{self.weight.shape[0]}, {self.weight.shape[1]}{cap}"
