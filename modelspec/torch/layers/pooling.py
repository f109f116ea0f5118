"""Twins of the poolings."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from modelspec.layers import pooling
from modelspec.layers.values import Weight
from modelspec.torch.layers.twin import Call, Twin
from modelspec.torch.layers.windows import Pads, even, pad, same_pads


class _Pool(nn.Module):
    """Pools `[batch, steps, channels]` or `[batch, height, width, channels]`."""

    def __init__(self, window: Sequence[int], strides: Sequence[int], border: str) -> None:
        super().__init__()
        lift = 2 - len(window)
        self.window = (1,) * lift + tuple(window)
        self.strides = (1,) * lift + tuple(strides)
        self.border = border
        self.flat = lift == 1

    def forward(self, x: Tensor) -> Tensor:
        x = x.unsqueeze(1) if self.flat else x
        pads: Pads = ((0, 0), (0, 0))
        if self.border == "same":
            pads = same_pads(x.shape[1:3], self.window, self.strides, (1, 1))
        out = self.pool(x, pads).permute(0, 2, 3, 1)
        return out.squeeze(1) if self.flat else out

    def pool(self, x: Tensor, pads: Pads) -> Tensor:
        """Channels-last to channels-first."""
        raise NotImplementedError

    def extra_repr(self) -> str:
        first = int(self.flat)
        return f"{self.window[first:]}, strides={self.strides[first:]}, border={self.border!r}"


class MaxPool(_Pool):
    """The largest number in each window."""

    def pool(self, x: Tensor, pads: Pads) -> Tensor:
        padding = (0, 0)
        if even(pads):
            padding = (pads[0][0], pads[1][0])
        else:
            x = pad(x, pads, float("-inf"))
        return F.max_pool2d(x.permute(0, 3, 1, 2), self.window, self.strides, padding)


class AveragePool(_Pool):
    """The mean of the cells of each window that are there."""

    def pool(self, x: Tensor, pads: Pads) -> Tensor:
        if even(pads):
            padding = (pads[0][0], pads[1][0])
            return F.avg_pool2d(
                x.permute(0, 3, 1, 2),
                self.window,
                self.strides,
                padding,
                count_include_pad=False,
            )
        cells = x.new_ones(1, x.shape[1], x.shape[2], 1)
        return self._sum(pad(x, pads)) / self._sum(pad(cells, pads))

    def _sum(self, x: Tensor) -> Tensor:
        return F.avg_pool2d(x.permute(0, 3, 1, 2), self.window, self.strides, divisor_override=1)


class _Pooling(Twin[Any]):
    pool: Callable[[Sequence[int], Sequence[int], str], _Pool]

    def empty(self, layer: Any, weights: Sequence[Weight]) -> nn.Module:
        return type(self).pool(*layer.window(), layer.padding)  # type: ignore[call-arg]


class MaxPooling1D(_Pooling):
    pool = MaxPool


class MaxPooling2D(_Pooling):
    pool = MaxPool


class AveragePooling1D(_Pooling):
    pool = AveragePool


class AveragePooling2D(_Pooling):
    pool = AveragePool


class GlobalMaxPooling1D(Twin[pooling.GlobalMaxPooling1D]):
    def forward(self, call: Call[Any], *operands: Any) -> Any:
        (x,) = operands
        return torch.amax(x, dim=1, **_kept(call))


class GlobalMaxPooling2D(Twin[pooling.GlobalMaxPooling2D]):
    def forward(self, call: Call[Any], *operands: Any) -> Any:
        (x,) = operands
        return torch.amax(x, dim=(1, 2), **_kept(call))


class GlobalAveragePooling1D(Twin[pooling.GlobalAveragePooling1D]):
    def forward(self, call: Call[Any], *operands: Any) -> Any:
        (x,) = operands
        return torch.mean(x, dim=1, **_kept(call))


class GlobalAveragePooling2D(Twin[pooling.GlobalAveragePooling2D]):
    def forward(self, call: Call[Any], *operands: Any) -> Any:
        (x,) = operands
        return torch.mean(x, dim=(1, 2), **_kept(call))


def _kept(call: Call[Any]) -> dict[str, Any]:
    return {"keepdim": True} if call.layer.keepdims else {}
