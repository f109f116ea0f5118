"""Twins of Attention, AdditiveAttention."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F  # noqa: N812

from modelspec.layers import attention
from modelspec.layers.values import Weight
from modelspec.torch.layers.initializers import draw
from modelspec.torch.layers.one_node import one_node
from modelspec.torch.layers.twin import Call, Twin, assign, made_of


class _Attends(Twin[Any]):
    random = True

    def outputs(self, call: Call[Any], operands: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        assert call.module is not None
        given = _all_three(operands[""])
        found = call.masks.get("", (None,))
        masks = _all_three(found)[: max(2, len(found))]  # the value's counts once
        arguments = [*given, *operands.get("attention_mask", (None,)), *masks]
        while arguments[-1] is None:
            arguments.pop()
        assert call.get_module is not None
        return {
            "": call.module(*arguments),
            "scores": scores_of(arguments[0], call.get_module(), *arguments[1:]),
        }


class Attention(_Attends):
    def empty(self, layer: attention.Attention, weights: Sequence[Weight]) -> nn.Module:
        return made_of(DotAttention if layer.score_mode == "dot" else SummedAttention, layer)

    def initial(
        self, layer: attention.Attention, weights: Sequence[Weight], generator: Generator
    ) -> list[Tensor]:
        return [torch.ones(weight.shape, device=generator.device) for weight in weights]

    def load_keras(self, module: nn.Module, layer: Any, arrays: Sequence[Any]) -> None:
        for weight, array in zip(layer.weights((1, 1)), arrays, strict=True):
            assign(getattr(module, weight.name), torch.as_tensor(array))


class AdditiveAttention(_Attends):
    def empty(self, layer: attention.AdditiveAttention, weights: Sequence[Weight]) -> nn.Module:
        return made_of(AddedAttention, layer, features=weights[0].shape[0] if weights else 0)

    def initial(
        self, layer: attention.AdditiveAttention, weights: Sequence[Weight], generator: Generator
    ) -> list[Tensor]:
        return [draw("glorot_uniform", weight.shape, generator) for weight in weights]

    def load_keras(self, module: nn.Module, layer: Any, arrays: Sequence[Any]) -> None:
        assert isinstance(module, AddedAttention)
        for array in arrays:
            assign(module.scale, array)


class _Weighted(nn.Module):
    """Attention without kernels, on `[batch, steps, features]`.

    Takes query, value and key, then a mask of what may be seen, which is none here, and the masks
    of the three: what is masked is not seen, and a masked query gives zeros.
    """

    def __init__(self, dropout: float, use_causal_mask: bool) -> None:
        super().__init__()
        self.dropout = dropout
        self.use_causal_mask = use_causal_mask

    def forward(
        self,
        query: Tensor,
        value: Tensor,
        key: Tensor,
        seen: Tensor | None = None,
        query_mask: Tensor | None = None,
        value_mask: Tensor | None = None,
        key_mask: Tensor | None = None,
    ) -> Tensor:
        seen = seen if value_mask is None else value_mask.unsqueeze(-2)
        output = self.attend(query, value, key, seen)
        return output if query_mask is None else torch.where(query_mask.unsqueeze(-1), output, 0.0)

    def attend(self, query: Tensor, value: Tensor, key: Tensor, seen: Tensor | None) -> Tensor:
        """The output, where only what is `seen` counts."""
        return F.dropout(self.weigh(query, key, seen), self.dropout, self.training) @ value

    def weights(
        self,
        query: Tensor,
        value: Tensor,
        key: Tensor,
        seen: Tensor | None = None,
        query_mask: Tensor | None = None,
        value_mask: Tensor | None = None,
        key_mask: Tensor | None = None,
    ) -> Tensor:
        """How much each step takes of each other one, for the arguments of a call."""
        return self.weigh(query, key, seen if value_mask is None else value_mask.unsqueeze(-2))

    def weigh(self, query: Tensor, key: Tensor, seen: Tensor | None) -> Tensor:
        """How much each step takes of each other one, where only what is `seen` counts."""
        return shares(self.scores(query, key), seen, self.use_causal_mask, None)

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        """How like each step of a query is to each key: `[batch, steps, other steps]`."""
        raise NotImplementedError

    def extra_repr(self) -> str:
        return f"dropout={self.dropout}, use_causal_mask={self.use_causal_mask}"


class DotAttention(_Weighted):
    """The score is the dot product, times a trained scale."""

    def __init__(
        self, *, use_scale: bool = False, dropout: float = 0.0, use_causal_mask: bool = False
    ) -> None:
        super().__init__(dropout, use_causal_mask)
        self.use_scale = use_scale
        self.scale = nn.Parameter(torch.ones(())) if use_scale else None

    def attend(self, query: Tensor, value: Tensor, key: Tensor, seen: Tensor | None) -> Tensor:
        scaled = query if self.scale is None else query * self.scale
        rate = self.dropout if self.training else 0.0
        return attended(scaled, key, value, seen, self.use_causal_mask, None, rate, 1.0)

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        return (query if self.scale is None else query * self.scale) @ key.mT


class SummedAttention(_Weighted):
    """The score is the sum of `tanh(query + key)`, times a trained weight."""

    def __init__(
        self, *, use_scale: bool = False, dropout: float = 0.0, use_causal_mask: bool = False
    ) -> None:
        super().__init__(dropout, use_causal_mask)
        self.use_scale = use_scale
        self.scale = nn.Parameter(torch.ones(())) if use_scale else None
        self.concat_score_weight = nn.Parameter(torch.ones(()))

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        both = query.unsqueeze(-2) + key.unsqueeze(-3)
        scaled = both if self.scale is None else both * self.scale
        return self.concat_score_weight * torch.tanh(scaled).sum(-1)


class AddedAttention(_Weighted):
    """The score is a trained sum of `tanh(query + key)`."""

    def __init__(
        self,
        features: int = 0,
        *,
        use_scale: bool = True,
        dropout: float = 0.0,
        use_causal_mask: bool = False,
    ) -> None:
        super().__init__(dropout, use_causal_mask)
        self.features = features
        self.use_scale = use_scale
        self.scale = nn.Parameter(torch.ones(features)) if use_scale else None

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        both = torch.tanh(query.unsqueeze(-2) + key.unsqueeze(-3))
        return both.sum(-1) if self.scale is None else both @ self.scale


def attended(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    seen: Tensor | None,
    causal: bool,
    window: int | None,
    dropout: float,
    scale: float,
) -> Tensor:
    """`softmax(scale * query @ key) @ value`, where only what is `seen` counts.

    Where nothing at all is seen, everything counts alike, as in Keras.
    """
    if seen is not None or window is not None:
        steps, others = query.shape[-2], key.shape[-2]
        seen = visible(steps, others, causal, window, seen, query.device)
        causal = False
    bias = None if seen is None else hidden(seen, query.dtype)
    if query.dim() == 3 and torch.compiler.is_exporting():  # ONNX knows it with heads only
        bias = bias if bias is None or bias.dim() < 3 else bias.unsqueeze(-3)
        query, key, value = (each.unsqueeze(-3) for each in (query, key, value))
        return F.scaled_dot_product_attention(
            query, key, value, bias, dropout, causal, scale=scale
        ).squeeze(-3)
    grouped = query.dim() > 3 and query.shape[-3] != key.shape[-3]
    return F.scaled_dot_product_attention(
        query, key, value, bias, dropout, causal, scale=scale, enable_gqa=grouped
    )


def shares(scores: Tensor, seen: Tensor | None, causal: bool, window: int | None) -> Tensor:
    """The softmax of scores `[..., steps, other steps]`, where only what is `seen` counts."""
    steps, others = scores.shape[-2:]
    seen = visible(steps, others, causal, window, seen, scores.device)
    return torch.softmax(scores if seen is None else scores + hidden(seen, scores.dtype), -1)


@one_node
def scores_of(query: Tensor, module: Any, *arguments: Any) -> Tensor:
    """How much each step takes of each other one; takes what the module itself is called with."""
    return module.weights(query, *arguments)  # type: ignore[no-any-return]


def visible(
    steps: int,
    others: int,
    causal: bool,
    window: int | None,
    seen: Tensor | None,
    device: torch.device,
) -> Tensor | None:
    """Which of the other steps each step sees, by all rules together; None where it is all."""
    if not causal and window is None:
        return seen
    row = torch.arange(steps, device=device).unsqueeze(-1)
    column = torch.arange(others, device=device)
    ruled = row >= column if causal else None
    if window is not None:
        near = (row - column).abs() < window
        ruled = near if ruled is None else ruled & near
    assert ruled is not None
    return ruled if seen is None else seen & ruled


def hidden(seen: Tensor, dtype: torch.dtype) -> Tensor:
    """What, added to a score, keeps a step from being seen, and yet is finite."""
    return torch.zeros(seen.shape, dtype=dtype, device=seen.device).masked_fill(
        ~seen, torch.finfo(dtype).min / 2
    )


def _all_three(given: Sequence[Any]) -> tuple[Any, Any, Any]:
    """Query, value and key: what is not given is what stands before it."""
    query, value = given[0], given[1] if len(given) > 1 else given[0]
    return query, value, given[2] if len(given) > 2 else value
