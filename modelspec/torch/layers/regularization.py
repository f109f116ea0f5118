"""Twins of the dropouts, of noise, and of ActivityRegularization."""

from collections.abc import Sequence
from math import sqrt
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from modelspec.layers import regularization
from modelspec.layers.values import Weight
from modelspec.torch import switches
from modelspec.torch.kernels import dropout
from modelspec.torch.layers.twin import Call, Twin

_SELU_FLOOR = -1.6732632423543772 * 1.0507009873554805
"""What `selu` comes near to far below 0."""


class Dropout(Twin[regularization.Dropout]):
    random = True

    def empty(self, layer: regularization.Dropout, weights: Sequence[Weight]) -> nn.Module:
        if layer.noise_shape is not None:
            return SharedDropout(layer.rate, layer.noise_shape)
        return FastDropout(layer.rate) if switches.DROPOUT else nn.Dropout(layer.rate)


class _SpatialDropout(Twin[Any]):
    random = True

    def empty(self, layer: Any, weights: Sequence[Weight]) -> nn.Module:
        return ChannelDropout(layer.rate)


class SpatialDropout1D(_SpatialDropout):
    pass


class SpatialDropout2D(_SpatialDropout):
    pass


class SpatialDropout3D(_SpatialDropout):
    pass


class GaussianNoise(Twin[regularization.GaussianNoise]):
    random = True

    def empty(self, layer: regularization.GaussianNoise, weights: Sequence[Weight]) -> nn.Module:
        return AddedNoise(layer.stddev)


class GaussianDropout(Twin[regularization.GaussianDropout]):
    random = True

    def empty(self, layer: regularization.GaussianDropout, weights: Sequence[Weight]) -> nn.Module:
        return FactorNoise(layer.rate)


class AlphaDropout(Twin[regularization.AlphaDropout]):
    random = True

    def empty(self, layer: regularization.AlphaDropout, weights: Sequence[Weight]) -> nn.Module:
        return SeluDropout(layer.rate)


class ActivityRegularization(Twin[regularization.ActivityRegularization]):
    """What it costs, the builder has noted, as of every layer."""

    def forward(self, call: Call[regularization.ActivityRegularization], *operands: Any) -> Any:
        return operands[0]


class _Random(nn.Module):
    """Does something in training, if a rate is above 0.

    Args:
        rate: How much.
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        return self.changed(x) if self.training and self.rate > 0 else x

    def changed(self, x: Tensor) -> Tensor:
        """The input in training."""
        raise NotImplementedError

    def extra_repr(self) -> str:
        """The rate."""
        return str(self.rate)


class FastDropout(nn.Dropout):
    """Torch's, by fewer random bits on a CPU."""

    plain = nn.Dropout

    def forward(self, input: Tensor) -> Tensor:
        return dropout(input, self.p, self.training)


class SharedDropout(nn.Module):
    """Dropout whose draws are shared along some axes.

    Args:
        rate: The share that is dropped.
        shape: Of what is drawn; None for the operand's own size.
    """

    def __init__(self, rate: float, shape: tuple[int | None, ...]) -> None:
        super().__init__()
        self.rate = rate
        self.shape = shape

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        pairs = zip(self.shape, x.shape, strict=True)
        drawn = [own if size is None else size for size, own in pairs]
        return x * F.dropout(x.new_ones(drawn), self.rate)

    def extra_repr(self) -> str:
        return f"p={self.rate}, shape={self.shape}"


class ChannelDropout(_Random):
    """Drops channels, which are the last axis."""

    def changed(self, x: Tensor) -> Tensor:
        """The input with other channels dropped in every sample."""
        kept = x.new_ones(len(x), *(1 for _ in x.shape[2:]), x.shape[-1])
        return x * F.dropout(kept, self.rate)


class AddedNoise(_Random):
    """Adds noise."""

    def changed(self, x: Tensor) -> Tensor:
        """The input with noise."""
        return x + torch.randn_like(x) * self.rate


class FactorNoise(_Random):
    """Multiplies by noise around 1."""

    def changed(self, x: Tensor) -> Tensor:
        """The input times noise."""
        return x * (1 + torch.randn_like(x) * sqrt(self.rate / (1 - self.rate)))


class SeluDropout(_Random):
    """Drops to the floor of `selu`, then restores mean and variance."""

    def changed(self, x: Tensor) -> Tensor:
        """The input with a share of it on the floor."""
        scale: float = ((1 - self.rate) * (1 + self.rate * _SELU_FLOOR**2)) ** -0.5
        shift = -scale * _SELU_FLOOR * self.rate
        kept = torch.rand_like(x) >= self.rate
        return scale * torch.where(kept, x, _SELU_FLOOR) + shift
