"""Twins of the adaptive poolings."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from modelspec.torch.layers.twin import Call, Twin


class _Adaptive(Twin[Any]):
    """Torch's windows are Keras's: it takes the channels first."""

    kernel: Callable[..., Tensor]

    def forward(self, call: Call[Any], *operands: Any) -> Any:
        (x,) = operands
        pooled = type(self).kernel(torch.movedim(x, -1, 1), call.layer.sizes())
        return torch.movedim(pooled, 1, -1)


class AdaptiveAveragePooling1D(_Adaptive):
    kernel = F.adaptive_avg_pool1d


class AdaptiveAveragePooling2D(_Adaptive):
    kernel = F.adaptive_avg_pool2d


class AdaptiveAveragePooling3D(_Adaptive):
    kernel = F.adaptive_avg_pool3d


class AdaptiveMaxPooling1D(_Adaptive):
    kernel = F.adaptive_max_pool1d


class AdaptiveMaxPooling2D(_Adaptive):
    kernel = F.adaptive_max_pool2d


class AdaptiveMaxPooling3D(_Adaptive):
    kernel = F.adaptive_max_pool3d
