"""Twins of MultiHeadAttention, GroupedQueryAttention."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import torch
from torch import Generator, Tensor, nn

from modelspec.layers import multi_head_attention as attention
from modelspec.layers.values import Weight
from modelspec.torch.layers.attention import _Attends, attended, shares, visible
from modelspec.torch.layers.initializers import draw
from modelspec.torch.layers.twin import assign, unset


class _Headed(_Attends):
    def empty(self, layer: attention._Headed, weights: Sequence[Weight]) -> nn.Module:
        named = {weight.name: weight.shape for weight in weights}
        kernels = {n.removesuffix("_kernel"): s for n, s in named.items() if n.endswith("_kernel")}
        return unset(lambda: Heads(layer, kernels))

    def initial(
        self, layer: attention._Headed, weights: Sequence[Weight], generator: Generator
    ) -> list[Tensor]:
        starts = {"kernel": layer.kernel_initializer, "bias": layer.bias_initializer}
        return [
            draw(starts[w.name.rpartition("_")[2]], w.shape, generator, _fan(w)) for w in weights
        ]

    def load_keras(
        self, module: nn.Module, layer: attention._Headed, arrays: Sequence[Any]
    ) -> None:
        assert isinstance(module, Heads)
        given = iter(arrays)
        for name, linear in module.named_children():
            assert isinstance(linear, nn.Linear)
            kernel = torch.as_tensor(next(given))
            inputs = 2 if name == "attention_output" else 1
            assign(linear.weight, kernel.reshape(prod(kernel.shape[:inputs]), -1).T)
            if layer.use_bias:
                assign(linear.bias, torch.as_tensor(next(given)).flatten())


def _fan(weight: Weight) -> tuple[int, int] | None:
    """The inputs and the outputs of a projection's kernel, whose heads are an axis of their own."""
    name, _, kind = weight.name.rpartition("_")
    inputs = 2 if name == "attention_output" else 1
    if kind != "kernel":
        return None
    return prod(weight.shape[:inputs]), prod(weight.shape[inputs:])


class MultiHeadAttention(_Headed):
    pass


class GroupedQueryAttention(_Headed):
    pass


class Heads(nn.Module):
    """Attention in heads, between projections, by torch's own scaled dot product.

    Takes query, value and key, `[batch, ..., features]`, then a mask of what may be seen,
    `[batch, steps, other steps]` or `[batch, heads, steps, other steps]`, and the masks of the
    three.

    Attributes:
        query, key, gate, value, attention_output: The projections, heads side by side.
    """

    query: nn.Linear
    key: nn.Linear
    gate: nn.Linear
    value: nn.Linear
    attention_output: nn.Linear

    def __init__(self, layer: attention._Headed, kernels: Mapping[str, tuple[int, ...]]) -> None:
        super().__init__()
        self.layer = layer
        for name, shape in kernels.items():
            inputs = 2 if name == "attention_output" else 1
            linear = nn.Linear(prod(shape[:inputs]), prod(shape[inputs:]), bias=layer.use_bias)
            self.add_module(name, linear)
        self.result = kernels["attention_output"][2:]

    def forward(
        self,
        query: Tensor,
        value: Tensor,
        key: Tensor,
        attention_mask: Tensor | None = None,
        query_mask: Tensor | None = None,
        value_mask: Tensor | None = None,
        key_mask: Tensor | None = None,
    ) -> Tensor:
        layer = self.layer
        (heads, others), (key_size, _) = layer.heads, layer.sizes
        order = self._order(query)
        masks = ((query_mask, query, -1), (value_mask, value, -2), (key_mask, key, -2))
        seen = order.seen_by_all(attention_mask, masks)
        output = attended(
            order.split(self.query(query), heads),
            order.split(self.key(key), others),
            order.split(self.value(value), others),
            seen,
            layer.use_causal_mask,
            layer.sliding_window,
            layer.dropout if self.training else 0.0,
            key_size**-0.5,
        )
        if seen is not None and layer.dropout:  # Keras then has nothing for who sees nothing
            steps, others = output.shape[-2], key.shape[1:-1].numel()
            window = layer.sliding_window
            ruled = visible(steps, others, layer.use_causal_mask, window, seen, query.device)
            assert ruled is not None
            output = output.masked_fill(~ruled.any(-1, keepdim=True), 0.0)
        output = order.join(output, query)
        if layer.use_gate:
            output = output * torch.sigmoid(self.gate(query))
        output = self.attention_output(output)
        return output if len(self.result) == 1 else torch.unflatten(output, -1, self.result)

    def weights(
        self,
        query: Tensor,
        value: Tensor,
        key: Tensor,
        attention_mask: Tensor | None = None,
        query_mask: Tensor | None = None,
        value_mask: Tensor | None = None,
        key_mask: Tensor | None = None,
    ) -> Tensor:
        """How much each step takes of each other one, in each head."""
        layer, order = self.layer, self._order(query)
        (heads, others), (key_size, _) = layer.heads, layer.sizes
        masks = ((query_mask, query, -1), (value_mask, value, -2), (key_mask, key, -2))
        asked = order.split(self.query(query), heads)
        given = order.split(self.key(key), others).repeat_interleave(heads // others, -3)
        seen = order.seen_by_all(attention_mask, masks)
        scores = asked @ given.mT * key_size**-0.5
        result = shares(scores, seen, layer.use_causal_mask, layer.sliding_window)
        return order.spread(result, query, value)

    def _order(self, query: Tensor) -> "_Order":
        return _Order(query.dim() - 2, self.layer.axes((1,) * (query.dim() - 1)))

    def extra_repr(self) -> str:
        return f"heads={self.layer.heads[0]}, dropout={self.layer.dropout}"


class _Order:
    """How `[batch, ..., features]` becomes `[batch, kept..., heads, steps, size]`, and back.

    Args:
        rank: The number of axes between batch and features.
        axes: Those of them along which steps see each other, which become one.
    """

    def __init__(self, rank: int, axes: Sequence[int]) -> None:
        self.kept = [axis + 1 for axis in range(rank) if axis not in axes]
        self.seen = [axis + 1 for axis in axes]
        self.permutation = [0, *self.kept, rank + 1, *self.seen, rank + 2]
        self.first = len(self.kept) + 2

    def split(self, x: Tensor, heads: int) -> Tensor:
        """What a projection gives, by heads."""
        x = torch.unflatten(x, -1, (heads, -1)).permute(self.permutation)
        return x.flatten(self.first, self.first + len(self.seen) - 1)

    def join(self, x: Tensor, query: Tensor) -> Tensor:
        """The heads side by side again, at the places of the query."""
        if len(self.seen) > 1:
            x = torch.unflatten(x, self.first, [query.shape[axis] for axis in self.seen])
        back = sorted(range(len(self.permutation)), key=self.permutation.__getitem__)
        return x.permute(back).flatten(-2)

    def mask(self, mask: Tensor, x: Tensor) -> Tensor:
        """A mask of an operand's first axes, as `[batch, kept..., 1, steps]`."""
        while mask.dim() < x.dim() - 1:
            mask = mask.unsqueeze(-1)
        mask = mask.expand(x.shape[:-1]).permute([0, *self.kept, *self.seen])
        return mask.flatten(self.first - 1).unsqueeze(self.first - 1)

    def seen_by_all(
        self, attention: Tensor | None, masks: Sequence[tuple[Tensor | None, Tensor, int]]
    ) -> Tensor | None:
        """What all masks together let each step see; None where that is everything.

        Args:
            attention: `[batch, steps, other steps]`, or with heads before the steps.
            masks: Those of the operands, each with its operand, and the axis of the others.
        """
        seen = None
        if attention is not None:
            while attention.dim() < len(self.permutation):
                attention = attention.unsqueeze(1)
            seen = attention.bool()
        for mask, x, axis in masks:
            if mask is not None:
                own = self.mask(mask, x).unsqueeze(axis)
                seen = own if seen is None else seen & own
        return seen

    def spread(self, weights: Tensor, query: Tensor, value: Tensor) -> Tensor:
        """`[..., steps, other steps]` with the axes that the steps were before."""
        if len(self.seen) == 1:
            return weights
        weights = torch.unflatten(weights, -1, [value.shape[axis] for axis in self.seen])
        return torch.unflatten(weights, self.first, [query.shape[axis] for axis in self.seen])
