"""Twins of BatchNormalization, LayerNormalization."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from modelspec.layers import normalization
from modelspec.layers.values import Weight
from modelspec.shapes import Shape
from modelspec.torch.layers.twin import Call, Twin, assign, unset


class BatchNormalization(Twin[normalization.BatchNormalization]):
    mixes_samples = True

    def empty(
        self, layer: normalization.BatchNormalization, weights: Sequence[Weight]
    ) -> nn.Module:
        (channels,) = weights[-1].shape
        return BatchNorm(
            channels, layer.epsilon, layer.momentum, scale=layer.scale, center=layer.center
        )

    def load_keras(
        self, module: nn.Module, layer: normalization.BatchNormalization, arrays: Sequence[Any]
    ) -> None:
        assert isinstance(module, BatchNorm)
        targets = (
            *((module.weight,) if layer.scale else ()),
            *((module.bias,) if layer.center else ()),
            module.running_mean,
            module.running_var,
        )
        for target, array in zip(targets, arrays, strict=True):
            assign(target, array)

    def forward(self, call: Call[normalization.BatchNormalization], *operands: Any) -> Any:
        assert call.module is not None
        (x,) = operands
        last = len(call.shapes[0])
        axis = call.layer.axis % (last + 1)
        if axis == last:
            return call.module(x)
        return torch.movedim(call.module(torch.movedim(x, axis, -1)), -1, axis)


class BatchNorm(nn.Module):
    """Normalizes the last axis by batch statistics in training, by the moving ones otherwise.

    As in Keras, and other than torch's own, the moving variance is that of the biased batch
    variance, `momentum` is the share that is kept, and a frozen one only uses what it has measured.
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(
        self, channels: int, eps: float, momentum: float, *, scale: bool, center: bool
    ) -> None:
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.frozen = False
        self.weight = nn.Parameter(torch.ones(channels)) if scale else None
        self.bias = nn.Parameter(torch.zeros(channels)) if center else None
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        # All cells in one row of a channels_last image: torch's fast kernels, for any rank.
        image = x.reshape(1, -1, 1, x.shape[-1]).permute(0, 3, 1, 2)
        out = self._measured(image) if self.training and not self.frozen else self._fixed(image)
        return out.permute(0, 2, 3, 1).reshape(x.shape)

    def _fixed(self, image: Tensor) -> Tensor:
        return F.batch_norm(
            image, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
        )

    def _measured(self, image: Tensor) -> Tensor:
        out, mean, inverse = torch.native_batch_norm(
            image, self.weight, self.bias, None, None, True, 0.0, self.eps
        )
        with torch.no_grad():
            variance = inverse.pow(-2).sub_(self.eps)
            self.running_mean.lerp_(mean.to(self.running_mean.dtype), 1 - self.momentum)
            self.running_var.lerp_(variance.to(self.running_var.dtype), 1 - self.momentum)
        return out

    def extra_repr(self) -> str:
        return f"{self.running_mean.numel()}, eps={self.eps}, momentum={self.momentum}"


class LayerNormalization(Twin[normalization.LayerNormalization]):
    def empty(
        self, layer: normalization.LayerNormalization, weights: Sequence[Weight]
    ) -> nn.Module | None:
        if not weights:
            return None
        size = list(weights[0].shape)
        if layer.scale:
            return unset(lambda: nn.LayerNorm(size, layer.epsilon, bias=layer.center))
        return ShiftedLayerNorm(size, layer.epsilon)

    def load_keras(
        self, module: nn.Module, layer: normalization.LayerNormalization, arrays: Sequence[Any]
    ) -> None:
        assert isinstance(module, nn.LayerNorm | ShiftedLayerNorm)
        targets: list[Any] = [module.weight, module.bias] if layer.scale else [module.bias]
        for target, array in zip(targets, arrays, strict=False):
            assign(target, array)

    def forward(self, call: Call[normalization.LayerNormalization], *operands: Any) -> Any:
        (x,) = operands
        (shape,) = call.shapes
        axes = [axis + 1 for axis in call.layer.normalized(shape)]
        places = list(range(-len(axes), 0))
        if axes[0] == len(shape) + 1 - len(axes):
            return self._normalize(call, x, shape, axes)
        moved = self._normalize(call, torch.movedim(x, axes, places), shape, axes)
        return torch.movedim(moved, places, axes)

    def _normalize(
        self,
        call: Call[normalization.LayerNormalization],
        x: Any,
        shape: Shape,
        axes: list[int],
    ) -> Any:
        if call.layer.scale or call.layer.center:
            assert call.module is not None
            return call.module(x)
        size = [shape[axis - 1] for axis in axes]
        return F.layer_norm(x, size, eps=call.layer.epsilon)  # type: ignore[arg-type]


class ShiftedLayerNorm(nn.Module):
    """Layer normalization with a trained shift and no scale, which torch has not."""

    def __init__(self, size: list[int], eps: float) -> None:
        super().__init__()
        self.eps = eps
        self.bias = nn.Parameter(torch.zeros(size))

    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, self.bias.shape, None, self.bias, self.eps)

    def extra_repr(self) -> str:
        return f"{tuple(self.bias.shape)}, eps={self.eps}"
