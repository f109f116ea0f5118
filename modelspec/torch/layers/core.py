"""Twins of Dense, Activation, Embedding, Identity."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from modelspec.layers import core
from modelspec.layers.values import Weight
from modelspec.torch import switches
from modelspec.torch.kernels import embedding
from modelspec.torch.layers.activations import activate
from modelspec.torch.layers.twin import Call, Twin, assign, unset


class Dense(Twin[core.Dense]):
    def empty(self, layer: core.Dense, weights: Sequence[Weight]) -> nn.Module:
        features, units = weights[0].shape
        return unset(lambda: nn.Linear(features, units, bias=layer.use_bias))

    def load_keras(self, module: nn.Module, layer: core.Dense, arrays: Sequence[Any]) -> None:
        assert isinstance(module, nn.Linear)
        assign(module.weight, torch.as_tensor(arrays[0]).T)
        if layer.use_bias:
            assign(module.bias, arrays[1])


class Activation(Twin[core.Activation]):
    def forward(self, call: Call[core.Activation], *operands: Any) -> Any:
        return activate(call.layer.activation, *operands)


class Embedding(Twin[core.Embedding]):
    def output_mask(self, call: Call[core.Embedding], *operands: Any) -> Any:
        return operands[0] != 0

    def empty(self, layer: core.Embedding, weights: Sequence[Weight]) -> nn.Module:
        kind = FastEmbedding if switches.EMBEDDING else AnyIndexEmbedding
        return unset(lambda: kind(layer.input_dim, layer.output_dim))

    def load_keras(self, module: nn.Module, layer: core.Embedding, arrays: Sequence[Any]) -> None:
        assert isinstance(module, nn.Embedding)
        assign(module.weight, arrays[0])


class Identity(Twin[core.Identity]):
    def forward(self, call: Call[core.Identity], *operands: Any) -> Any:
        return operands[0]


class AnyIndexEmbedding(nn.Embedding):
    """Torch's, which takes 32 and 64 bit indices only, for indices of any integer type."""

    look_up: ClassVar[Callable[..., Tensor]] = staticmethod(F.embedding)

    def __init__(self, num_embeddings: int, embedding_dim: int) -> None:
        super().__init__(num_embeddings, embedding_dim)

    def forward(self, input: Tensor) -> Tensor:
        if input.dtype not in (torch.int64, torch.int32):
            input = input.long()
        return self.look_up(input, self.weight)


class FastEmbedding(AnyIndexEmbedding):
    """The same, with a faster gradient on a CPU."""

    plain = AnyIndexEmbedding
    look_up = staticmethod(embedding)
