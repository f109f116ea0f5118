"""Twins of Rescaling, Normalization, Discretization, CategoryEncoding."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Generator, Tensor, nn

from modelspec.layers import preprocessing
from modelspec.layers.axes import resolve
from modelspec.shapes import Shape
from modelspec.torch.layers.twin import Call, Twin

SMALLEST_DEVIATION = 1e-7

Numbers = float | Sequence[Any]
"""A number, or nested lists of them."""


class Rescaling(Twin[preprocessing.Rescaling]):
    def module(
        self, layer: preprocessing.Rescaling, shapes: Sequence[Shape], generator: Generator
    ) -> nn.Module:
        return Scale(layer.scale, layer.offset)


class Normalization(Twin[preprocessing.Normalization]):
    def module(
        self, layer: preprocessing.Normalization, shapes: Sequence[Shape], generator: Generator
    ) -> nn.Module:
        mean, variance = torch.tensor(layer.mean), torch.tensor(layer.variance)
        deviation = variance.sqrt().clamp(min=SMALLEST_DEVIATION)
        if mean.ndim:
            behind = len(shapes[0]) - 1 - resolve(layer.axis, shapes[0])
            place = (-1, *(1,) * behind)
            mean, deviation = mean.reshape(place), deviation.reshape(place)
        numbers = mean.tolist(), deviation.tolist()
        return Scale(*reversed(numbers)) if layer.invert else Standardize(*numbers)


class Discretization(Twin[preprocessing.Discretization]):
    def module(
        self, layer: preprocessing.Discretization, shapes: Sequence[Shape], generator: Generator
    ) -> nn.Module:
        return Bins(layer.bin_boundaries, layer.output_mode)

    def forward(self, call: Call[preprocessing.Discretization], *operands: Any) -> Any:
        assert call.module is not None
        (x,) = operands
        mode = call.layer.output_mode
        return call.module(without_last(x, call.shapes[0]) if mode == "one_hot" else x)


class CategoryEncoding(Twin[preprocessing.CategoryEncoding]):
    def module(
        self, layer: preprocessing.CategoryEncoding, shapes: Sequence[Shape], generator: Generator
    ) -> nn.Module:
        return Encode(layer.num_tokens, layer.output_mode)

    def forward(self, call: Call[preprocessing.CategoryEncoding], *operands: Any) -> Any:
        assert call.module is not None
        (x,) = operands
        mode = call.layer.output_mode
        return call.module(without_last(x, call.shapes[0]) if mode == "one_hot" else x)


def without_last(x: Any, shape: Shape) -> Any:
    """The operand without a last axis of size 1."""
    return torch.squeeze(x, -1) if shape and shape[-1] == 1 else x


def floats(x: Tensor) -> Tensor:
    """Floats as they are, integers as float32."""
    return x if x.is_floating_point() else x.to(torch.float32)


class Scale(nn.Module):
    """`x * scale + offset`. The numbers are the spec's, not a state to save."""

    scale: Tensor
    offset: Tensor

    def __init__(self, scale: Numbers, offset: Numbers) -> None:
        super().__init__()
        self.register_buffer("scale", torch.tensor(scale), persistent=False)
        self.register_buffer("offset", torch.tensor(offset), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        x = floats(x)
        return x * self.scale.to(x.dtype) + self.offset.to(x.dtype)


class Standardize(nn.Module):
    """`(x - mean) / deviation`. The numbers are the spec's, not a state to save."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, mean: Numbers, deviation: Numbers) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean), persistent=False)
        self.register_buffer("deviation", torch.tensor(deviation), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        x = floats(x)
        return (x - self.mean.to(x.dtype)) / self.deviation.to(x.dtype)


class Encode(nn.Module):
    """Integers as rows of zeros and ones, in float32."""

    def __init__(self, depth: int, mode: str) -> None:
        super().__init__()
        self.depth = depth
        self.mode = mode

    def forward(self, x: Tensor) -> Tensor:
        places = x.long().unsqueeze(-1) if self.mode == "one_hot" else x.long()
        rows = torch.zeros(
            (*places.shape[:-1], self.depth), dtype=torch.float32, device=places.device
        )
        if self.mode == "count":
            return rows.scatter_add(-1, places, torch.ones_like(places, dtype=torch.float32))
        return rows.scatter(-1, places, 1.0)

    def extra_repr(self) -> str:
        return f"{self.depth}, mode={self.mode!r}"


class Bins(nn.Module):
    """The bin of each number, or its encoding."""

    boundaries: Tensor

    def __init__(self, boundaries: Sequence[float], mode: str) -> None:
        super().__init__()
        self.mode = mode
        self.register_buffer("boundaries", torch.tensor(boundaries), persistent=False)
        self.encode = None if mode == "int" else Encode(len(boundaries) + 1, mode)

    def forward(self, x: Tensor) -> Tensor:
        x = x.detach().to(self.boundaries.dtype).contiguous()
        bins = torch.bucketize(x, self.boundaries, out_int32=True, right=True)
        return bins if self.encode is None else self.encode(bins)
