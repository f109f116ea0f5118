"""Twins of the poolings."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from modelspec.layers import pooling
from modelspec.layers.values import Weight
from modelspec.torch.layers.masked import masked_mean
from modelspec.torch.layers.twin import Call, Twin
from modelspec.torch.layers.windows import Pads, even, pad, same_pads


class _Pool(nn.Module):
    """Pools `[batch, ..., channels]` along the one, two or three axes in the middle."""

    def __init__(self, pool_size: tuple[int, ...], strides: tuple[int, ...], border: str) -> None:
        super().__init__()
        self.pool_size = pool_size
        self.strides = strides
        self.border = border
        self.flat = len(pool_size) == 1
        self.windows = ((1, *pool_size), (1, *strides)) if self.flat else (pool_size, strides)

    def forward(self, x: Tensor) -> Tensor:
        x = x.unsqueeze(1) if self.flat else x
        rank = len(self.windows[0])
        pads: Pads = ((0, 0),) * rank
        if self.border == "same":
            pads = same_pads(x.shape[1:-1], *self.windows, (1,) * rank)
        out = self.pool(x, pads).movedim(1, -1)
        return out.squeeze(1) if self.flat else out

    def pool(self, x: Tensor, pads: Pads) -> Tensor:
        """Channels-last to channels-first."""
        raise NotImplementedError

    def extra_repr(self) -> str:
        return f"{self.pool_size}, strides={self.strides}, border={self.border!r}"


class MaxPool(_Pool):
    """The largest number in each window."""

    def pool(self, x: Tensor, pads: Pads) -> Tensor:
        padding = (0,) * len(pads)
        if even(pads):
            padding = tuple(before for before, _ in pads)
        else:
            x = pad(x, pads, float("-inf"))
        kernel = F.max_pool2d if len(pads) == 2 else F.max_pool3d
        pooled: Tensor = kernel(x.movedim(-1, 1), *self.windows, padding)
        return pooled


class AveragePool(_Pool):
    """The mean of the cells of each window that are there."""

    def pool(self, x: Tensor, pads: Pads) -> Tensor:
        padding = tuple(before for before, _ in pads)
        # Torch's 3-D kernel refuses axes that are shorter than the window but for the padding.
        if even(pads) and (len(pads) == 2 or not any(padding)):
            return self._kernel(x, padding=padding, count_include_pad=False)
        cells = x.new_ones(1, *x.shape[1:-1], 1)
        return self._sum(pad(x, pads)) / self._sum(pad(cells, pads))

    def _sum(self, x: Tensor) -> Tensor:
        return self._kernel(x, divisor_override=1)

    def _kernel(self, x: Tensor, **options: Any) -> Tensor:
        if len(self.windows[0]) == 2:
            return F.avg_pool2d(x.movedim(-1, 1), *self.windows, **options)
        # Torch has no 3-D kernel of half precision on a CPU.
        wide = x.float() if x.itemsize < 4 and x.device.type == "cpu" else x
        out = F.avg_pool3d(wide.movedim(-1, 1), *self.windows, **options)
        return out.to(x.dtype)


class _Pooling(Twin[Any]):
    pool: Callable[[tuple[int, ...], tuple[int, ...], str], _Pool]

    def empty(self, layer: Any, weights: Sequence[Weight]) -> nn.Module:
        return type(self).pool(*layer.window(), layer.padding)  # type: ignore[call-arg]


class MaxPooling1D(_Pooling):
    pool = MaxPool


class MaxPooling2D(_Pooling):
    pool = MaxPool


class MaxPooling3D(_Pooling):
    pool = MaxPool


class AveragePooling1D(_Pooling):
    pool = AveragePool


class AveragePooling2D(_Pooling):
    pool = AveragePool


class AveragePooling3D(_Pooling):
    pool = AveragePool


class GlobalMaxPooling1D(Twin[pooling.GlobalMaxPooling1D]):
    def forward(self, call: Call[Any], *operands: Any) -> Any:
        (x,) = operands
        return torch.amax(x, dim=1, **_kept(call))


class GlobalMaxPooling2D(Twin[pooling.GlobalMaxPooling2D]):
    def forward(self, call: Call[Any], *operands: Any) -> Any:
        (x,) = operands
        return torch.amax(x, dim=(1, 2), **_kept(call))


class GlobalMaxPooling3D(Twin[pooling.GlobalMaxPooling3D]):
    def forward(self, call: Call[Any], *operands: Any) -> Any:
        (x,) = operands
        return torch.amax(x, dim=(1, 2, 3), **_kept(call))


class GlobalAveragePooling1D(Twin[pooling.GlobalAveragePooling1D]):
    def forward(self, call: Call[Any], *operands: Any) -> Any:
        (x,) = operands
        if call.mask is not None:
            return masked_mean(x, call.mask, **_kept(call))
        return torch.mean(x, dim=1, **_kept(call))


class GlobalAveragePooling2D(Twin[pooling.GlobalAveragePooling2D]):
    def forward(self, call: Call[Any], *operands: Any) -> Any:
        (x,) = operands
        return torch.mean(x, dim=(1, 2), **_kept(call))


class GlobalAveragePooling3D(Twin[pooling.GlobalAveragePooling3D]):
    def forward(self, call: Call[Any], *operands: Any) -> Any:
        (x,) = operands
        return torch.mean(x, dim=(1, 2, 3), **_kept(call))


def _kept(call: Call[Any]) -> dict[str, Any]:
    return {"keepdim": True} if call.layer.keepdims else {}
