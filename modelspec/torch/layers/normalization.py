"""Twins of the normalizations."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F  # noqa: N812

from modelspec.layers import normalization
from modelspec.layers.axes import distinct, resolve
from modelspec.layers.values import Weight
from modelspec.torch.layers.twin import Call, Twin, assign, unset


class BatchNormalization(Twin[normalization.BatchNormalization]):
    mixes_samples = True

    def empty(
        self, layer: normalization.BatchNormalization, weights: Sequence[Weight]
    ) -> nn.Module:
        (channels,) = weights[-1].shape
        flags = {"scale": layer.scale, "center": layer.center}
        if not layer.renorm:
            return BatchNorm(channels, layer.epsilon, layer.momentum, **flags)
        bounds = layer.renorm_clipping
        return BatchRenorm(
            channels,
            layer.epsilon,
            layer.momentum,
            **flags,
            renorm_momentum=layer.renorm_momentum,
            rmin=None if bounds is None else bounds.rmin,
            rmax=None if bounds is None else bounds.rmax,
            dmax=None if bounds is None else bounds.dmax,
        )

    def initial(
        self,
        layer: normalization.BatchNormalization,
        weights: Sequence[Weight],
        generator: Generator,
    ) -> list[Tensor]:
        if not layer.renorm:
            return super().initial(layer, weights, generator)
        arrays = super().initial(layer, weights[:-3], generator)
        mean, variance = arrays[-2:]
        return [*arrays, variance.sqrt(), mean, variance.sqrt()]

    def load_keras(
        self, module: nn.Module, layer: normalization.BatchNormalization, arrays: Sequence[Any]
    ) -> None:
        assert isinstance(module, BatchNorm)
        targets = (
            *((module.weight,) if layer.scale else ()),
            *((module.bias,) if layer.center else ()),
            *module.statistics(),
        )
        for target, array in zip(targets, arrays, strict=True):
            assign(target, array)

    def forward(self, call: Call[normalization.BatchNormalization], *operands: Any) -> Any:
        assert call.module is not None
        (x,) = operands
        last = len(call.shapes[0])
        axis = call.layer.axis % (last + 1)
        mask = {} if call.mask is None else {"mask": call.mask}
        if mask and (axis < last or call.mask_axes < last - 1):
            whole = mask["mask"]
            for _ in range(last - call.mask_axes):
                whole = whole.unsqueeze(-1)
            mask = {"mask": torch.movedim(whole.expand_as(x), axis, -1)}
        if axis == last:
            return call.module(x, **mask)
        return torch.movedim(call.module(torch.movedim(x, axis, -1), **mask), -1, axis)


class BatchNorm(nn.Module):
    """Normalizes the last axis by batch statistics in training, by the moving ones otherwise.

    As in Keras, and other than torch's own, the moving variance is that of the biased batch
    variance, `momentum` is the share that is kept, and a frozen one only uses what it has measured.
    A mask, of the input's shape or all axes of it but the last, leaves cells out of the statistics.
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(
        self, channels: int, eps: float, momentum: float, *, scale: bool, center: bool
    ) -> None:
        super().__init__()
        self.channels = channels
        self.eps = eps
        self.momentum = momentum
        self.scale = scale
        self.center = center
        self.frozen = False
        self.weight = nn.Parameter(torch.ones(channels)) if scale else None
        self.bias = nn.Parameter(torch.zeros(channels)) if center else None
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is not None and self.training and not self.frozen:
            return self._measured_where(x, mask if mask.ndim == x.ndim else mask.unsqueeze(-1))
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

    def _measured_where(self, x: Tensor, mask: Tensor) -> Tensor:
        mean, variance = moments_where(x, mask)
        with torch.no_grad():
            self.running_mean.lerp_(mean.to(self.running_mean.dtype), 1 - self.momentum)
            self.running_var.lerp_(variance.to(self.running_var.dtype), 1 - self.momentum)
        out = (x - mean) * (variance + self.eps).rsqrt()
        out = out if self.weight is None else out * self.weight
        return out if self.bias is None else out + self.bias

    def statistics(self) -> tuple[Tensor, ...]:
        """What it has measured, in Keras's order."""
        return self.running_mean, self.running_var

    def extra_repr(self) -> str:
        return f"{self.channels}, eps={self.eps}, momentum={self.momentum}"


class BatchRenorm(BatchNorm):
    """The same, corrected in training towards statistics of many batches."""

    running_std: Tensor
    renorm_mean: Tensor
    renorm_std: Tensor

    def __init__(
        self,
        channels: int,
        eps: float,
        momentum: float,
        *,
        scale: bool,
        center: bool,
        renorm_momentum: float = 0.99,
        rmin: float | None = None,
        rmax: float | None = None,
        dmax: float | None = None,
    ) -> None:
        super().__init__(channels, eps, momentum, scale=scale, center=center)
        self.renorm_momentum = renorm_momentum
        self.rmin = rmin
        self.rmax = rmax
        self.dmax = dmax
        self.register_buffer("running_std", torch.ones(channels))
        self.register_buffer("renorm_mean", torch.zeros(channels))
        self.register_buffer("renorm_std", torch.ones(channels))

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        if not self.training or self.frozen:
            return super().forward(x)
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        if mask is None:
            axes = tuple(range(x.ndim - 1))
            mean, variance = wide.mean(axes), wide.var(axes, correction=0)
        else:
            mean, variance = moments_where(
                wide, mask if mask.ndim == x.ndim else mask.unsqueeze(-1)
            )
        factor, shift = self._correction(mean, variance)
        out = (wide - mean) * (variance + self.eps).rsqrt() * factor + shift
        out = out if self.weight is None else out * self.weight
        return (out if self.bias is None else out + self.bias).to(x.dtype)

    @torch.no_grad()
    def _correction(self, mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor]:
        """Factor and shift towards the statistics, which then move towards the batch."""
        deviation = (variance + self.eps).sqrt()
        known = self.renorm_std.clamp(min=self.eps**0.5)
        factor, shift = deviation / known, (mean - self.renorm_mean) / known
        if self.rmin is not None or self.rmax is not None:
            factor = factor.clamp(self.rmin, self.rmax)
        if self.dmax is not None:
            shift = shift.clamp(-self.dmax, self.dmax)
        self.renorm_mean.lerp_(mean.to(self.renorm_mean.dtype), 1 - self.renorm_momentum)
        self.renorm_std.lerp_(deviation.to(self.renorm_std.dtype), 1 - self.renorm_momentum)
        self.running_mean.lerp_(mean.to(self.running_mean.dtype), 1 - self.momentum)
        self.running_std.lerp_(deviation.to(self.running_std.dtype), 1 - self.momentum)
        self.running_var.copy_((self.running_std.square() - self.eps).clamp(min=0))
        return factor, shift

    def statistics(self) -> tuple[Tensor, ...]:
        return *super().statistics(), self.running_std, self.renorm_mean, self.renorm_std


def moments_where(x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance of the last axis over the cells that count."""
    axes = tuple(range(x.ndim - 1))
    count = mask.expand_as(x).sum(axes) + 1e-7
    mean = torch.where(mask, x, 0.0).sum(axes) / count
    return mean, torch.where(mask, x - mean, 0.0).square().sum(axes) / count


class _Along(Twin[Any]):
    """What normalizes along `layer.normalized(shape)`: its module does so along the last axes."""

    def load_keras(self, module: nn.Module, layer: Any, arrays: Sequence[Any]) -> None:
        load(module, arrays)

    def forward(self, call: Call[Any], *operands: Any) -> Any:
        (x,) = operands
        (shape,) = call.shapes
        axes = [axis + 1 for axis in call.layer.normalized(shape)]
        if axes[0] == len(shape) + 1 - len(axes):
            return self.normalize(call, x, axes)
        places = list(range(-len(axes), 0))
        return torch.movedim(
            self.normalize(call, torch.movedim(x, axes, places), axes), places, axes
        )

    def normalize(self, call: Call[Any], x: Any, axes: list[int]) -> Any:
        """Along the last axes, which are `axes` of the operand, the batch's being 0."""
        assert call.module is not None
        return call.module(x)


class LayerNormalization(_Along):
    def empty(
        self, layer: normalization.LayerNormalization, weights: Sequence[Weight]
    ) -> nn.Module | None:
        if not weights:
            return None
        size = list(weights[0].shape)
        if layer.rms_scaling:
            return DeviationNorm(weights[0].shape, layer.epsilon)
        if layer.scale:
            return unset(lambda: nn.LayerNorm(size, layer.epsilon, bias=layer.center))
        return ShiftedLayerNorm(weights[0].shape, layer.epsilon)

    def normalize(
        self, call: Call[normalization.LayerNormalization], x: Any, axes: list[int]
    ) -> Any:
        if call.module is not None:
            return call.module(x)
        size = [call.shapes[0][axis - 1] for axis in axes]
        return F.layer_norm(x, size, eps=call.layer.epsilon)  # type: ignore[arg-type]


class ShiftedLayerNorm(nn.Module):
    """Layer normalization with a trained shift and no scale, which torch has not."""

    def __init__(self, size: tuple[int, ...], eps: float) -> None:
        super().__init__()
        self.size = size
        self.eps = eps
        self.bias = nn.Parameter(torch.zeros(size))

    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, self.bias.shape, None, self.bias, self.eps)

    def extra_repr(self) -> str:
        return f"{tuple(self.bias.shape)}, eps={self.eps}"


class DeviationNorm(nn.Module):
    """Divides by the standard deviation along the last axes, and scales; nothing is subtracted."""

    def __init__(self, size: tuple[int, ...], eps: float) -> None:
        super().__init__()
        self.size = size
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x: Tensor) -> Tensor:
        axes = tuple(range(-self.weight.ndim, 0))
        variance = x.var(axes, correction=0, keepdim=True)
        return x * (variance + self.eps).rsqrt() * self.weight

    def extra_repr(self) -> str:
        return f"{tuple(self.weight.shape)}, eps={self.eps}"


class RMSNormalization(_Along):
    def empty(self, layer: normalization.RMSNormalization, weights: Sequence[Weight]) -> nn.Module:
        return nn.RMSNorm(list(weights[0].shape), layer.epsilon)

    def initial(
        self,
        layer: normalization.RMSNormalization,
        weights: Sequence[Weight],
        generator: Generator,
    ) -> list[Tensor]:
        return [torch.ones(weights[0].shape)]


class GroupNormalization(Twin[normalization.GroupNormalization]):
    def empty(
        self, layer: normalization.GroupNormalization, weights: Sequence[Weight]
    ) -> nn.Module:
        return GroupNorm(
            layer.groups,
            weights[0].shape if weights else (),
            layer.epsilon,
            scale=layer.scale,
            center=layer.center,
        )

    def load_keras(
        self, module: nn.Module, layer: normalization.GroupNormalization, arrays: Sequence[Any]
    ) -> None:
        load(module, arrays)

    def forward(self, call: Call[normalization.GroupNormalization], *operands: Any) -> Any:
        assert call.module is not None
        (x,) = operands
        axis = resolve(call.layer.axis, call.shapes[0]) + 1
        if axis == 1:
            return call.module(x)
        return torch.movedim(call.module(torch.movedim(x, axis, 1)), 1, axis)


class GroupNorm(nn.Module):
    """Normalizes groups of channels of `[batch, channels, ...]`; as few numbers as there are."""

    def __init__(
        self, groups: int, size: tuple[int, ...], eps: float, *, scale: bool, center: bool
    ) -> None:
        super().__init__()
        self.groups = groups
        self.size = size
        self.eps = eps
        self.scale = scale
        self.center = center
        self.weight = nn.Parameter(torch.ones(size)) if scale else None
        self.bias = nn.Parameter(torch.zeros(size)) if center else None

    def forward(self, x: Tensor) -> Tensor:
        groups = x.shape[1] if self.groups == -1 else self.groups
        # Torch's kernel has no gradient with one of the two, and in channels-last memory its
        # gradient crashes the process where the operand needs none.
        has_gradient = x.requires_grad or not torch.is_grad_enabled()
        if self.weight is not None and self.bias is not None and has_gradient:
            return torch.group_norm(x, groups, self.weight, self.bias, self.eps)
        out = torch.group_norm(x, groups, eps=self.eps)
        place = (-1, *(1,) * (x.ndim - 2))
        out = out if self.weight is None else out * self.weight.reshape(place)
        return out if self.bias is None else out + self.bias.reshape(place)

    def extra_repr(self) -> str:
        return f"{self.groups}, eps={self.eps}"


class UnitNormalization(Twin[normalization.UnitNormalization]):
    def forward(self, call: Call[normalization.UnitNormalization], *operands: Any) -> Any:
        (x,) = operands
        axes = [axis + 1 for axis in distinct(call.layer.axis, call.shapes[0])]
        return F.normalize(x, dim=axes)  # type: ignore[arg-type]


def load(module: nn.Module, arrays: Sequence[Any]) -> None:
    """Copy arrays into `weight` and `bias`, so far as the module has them."""
    targets = [getattr(module, name, None) for name in ("weight", "bias")]
    present = [target for target in targets if isinstance(target, Tensor)]
    for target, array in zip(present, arrays, strict=True):
        assign(target, array)
