"""How what the plugin declares runs on torch."""

from typing import Any

import torch
from torch import Tensor

import acme
from modelspec.torch.layers import Call
from modelspec.torch.layers import Twin as LayerTwin
from modelspec.torch.losses.twin import Twin as LossTwin
from modelspec.torch.metrics.accumulator import MeanOf, Setting, row_targets


class Swish(LayerTwin[acme.Swish]):
    """Without weights: no module, only a computation."""

    def forward(self, call: Call[acme.Swish], *operands: Any) -> Any:
        (x,) = operands
        return x * torch.sigmoid(call.layer.beta * x)


class Pinball(LossTwin):
    """One value an element."""

    settings: acme.Pinball
    elementwise = True

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        error = target - prediction
        quantile = self.settings.quantile
        return torch.maximum(quantile * error, (quantile - 1) * error)


class WithinTolerance(MeanOf):
    """A mean over elements: the base adds it up, over batches and processes."""

    def __init__(self, settings: acme.WithinTolerance, setting: Setting) -> None:
        super().__init__(setting)
        self.tolerance = settings.tolerance

    def elements(self, prediction: Tensor, target: Tensor) -> Tensor:
        error = prediction - row_targets(prediction, target)
        return (error.abs() <= self.tolerance).to(prediction.dtype)
