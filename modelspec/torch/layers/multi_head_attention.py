"""Twins of MultiHeadAttention, GroupedQueryAttention."""

from collections.abc import Sequence
from math import prod
from typing import Any

import torch
from torch import Generator, Tensor, nn

from modelspec.layers import multi_head_attention as attention
from modelspec.layers.values import Weight
from modelspec.torch.layers.attention import _Attends, attended, shares, visible
from modelspec.torch.layers.initializers import draw
from modelspec.torch.layers.twin import assign, made_of, unset


class _Headed(_Attends):
    def empty(self, layer: attention._Headed, weights: Sequence[Weight]) -> nn.Module:
        shapes = {weight.name: weight.shape for weight in weights}
        names = ("query_kernel", "value_kernel", "key_kernel")
        return unset(
            lambda: made_of(
                Heads,
                layer,
                features=tuple(shapes[name][0] for name in names),
                result=shapes["attention_output_kernel"][2:],
            )
        )

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

    Args:
        features: The lengths of a query, of a value and of a key.
        heads: How many heads the query has, and how many the key and the value have.
        sizes: The length of a head of the key, and of the value.
        result: What takes the place of the query's features.
        attention_axes: The axes of steps that see each other, the batch's being 0; all by default.
        use_bias: Whether the projections have biases.
        use_gate: Whether a gate of the query multiplies what the heads give.
        use_causal_mask: Whether a step sees only steps up to its own.
        sliding_window: How near a step must be to be seen.
        dropout: The share of weights that is dropped in training.

    Attributes:
        query, key, gate, value, attention_output: The projections, heads side by side.
    """

    def __init__(
        self,
        features: tuple[int, int, int],
        heads: tuple[int, int],
        sizes: tuple[int, int],
        result: tuple[int, ...],
        *,
        attention_axes: tuple[int, ...] | None = None,
        use_bias: bool = True,
        use_gate: bool = False,
        use_causal_mask: bool = False,
        sliding_window: int | None = None,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.features = features
        self.heads = heads
        self.sizes = sizes
        self.result = result
        self.attention_axes = attention_axes
        self.use_bias = use_bias
        self.use_gate = use_gate
        self.use_causal_mask = use_causal_mask
        self.sliding_window = sliding_window
        self.dropout = dropout
        (query, value, key), (own, others), (key_size, value_size) = features, heads, sizes
        self.query = nn.Linear(query, own * key_size, bias=use_bias)
        self.key = nn.Linear(key, others * key_size, bias=use_bias)
        if use_gate:
            self.gate = nn.Linear(query, own * value_size, bias=use_bias)
        self.value = nn.Linear(value, others * value_size, bias=use_bias)
        self.attention_output = nn.Linear(own * value_size, prod(result), bias=use_bias)

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
        (heads, others), (key_size, _) = self.heads, self.sizes
        order = self._order(query)
        masks = ((query_mask, query, -1), (value_mask, value, -2), (key_mask, key, -2))
        seen = order.seen_by_all(attention_mask, masks)
        output = attended(
            order.split(self.query(query), heads),
            order.split(self.key(key), others),
            order.split(self.value(value), others),
            seen,
            self.use_causal_mask,
            self.sliding_window,
            self.dropout if self.training else 0.0,
            key_size**-0.5,
        )
        if seen is not None and self.dropout:  # Keras then has nothing for who sees nothing
            steps, others = output.shape[-2], key.shape[1:-1].numel()
            window = self.sliding_window
            ruled = visible(steps, others, self.use_causal_mask, window, seen, query.device)
            assert ruled is not None
            output = output.masked_fill(~ruled.any(-1, keepdim=True), 0.0)
        output = order.join(output, query)
        if self.use_gate:
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
        order = self._order(query)
        (heads, others), (key_size, _) = self.heads, self.sizes
        masks = ((query_mask, query, -1), (value_mask, value, -2), (key_mask, key, -2))
        asked = order.split(self.query(query), heads)
        given = order.split(self.key(key), others).repeat_interleave(heads // others, -3)
        seen = order.seen_by_all(attention_mask, masks)
        scores = asked @ given.mT * key_size**-0.5
        result = shares(scores, seen, self.use_causal_mask, self.sliding_window)
        return order.spread(result, query, value)

    def _order(self, query: Tensor) -> "_Order":
        rank = query.dim() - 2
        if self.attention_axes is None:
            return _Order(rank, range(rank))
        axes = [axis % query.dim() - 1 for axis in self.attention_axes]
        return _Order(rank, list(dict.fromkeys(axes)))

    def extra_repr(self) -> str:
        return f"heads={self.heads[0]}, dropout={self.dropout}"


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
