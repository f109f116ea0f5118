"""Twins of ReLU, LeakyReLU, PReLU, ELU, Softmax, GLU."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from modelspec.layers import activation_layers
from modelspec.layers.axes import resolve
from modelspec.layers.values import Weight
from modelspec.torch.layers.twin import Call, Twin, assign


class ReLU(Twin[activation_layers.ReLU]):
    def forward(self, call: Call[activation_layers.ReLU], *operands: Any) -> Any:
        (x,) = operands
        layer = call.layer
        slope, start, end = layer.negative_slope, layer.threshold, layer.max_value
        if slope and end is None and not start:
            return F.leaky_relu(x, negative_slope=slope)
        y = F.threshold(x, start, 0.0) if start else torch.relu(x)
        if end is not None:
            y = torch.clamp(y, max=end)
        return y - slope * torch.relu(start - x) if slope else y


class LeakyReLU(Twin[activation_layers.LeakyReLU]):
    def forward(self, call: Call[activation_layers.LeakyReLU], *operands: Any) -> Any:
        return F.leaky_relu(operands[0], negative_slope=call.layer.negative_slope)


class PReLU(Twin[activation_layers.PReLU]):
    def empty(self, layer: activation_layers.PReLU, weights: Sequence[Weight]) -> nn.Module:
        return Slopes(weights[0].shape)

    def load_keras(
        self, module: nn.Module, layer: activation_layers.PReLU, arrays: Sequence[Any]
    ) -> None:
        assert isinstance(module, Slopes)
        assign(module.alpha, arrays[0])


class Slopes(nn.Module):
    """Numbers above 0 as they are, others times a factor of their own."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape
        self.alpha = nn.Parameter(torch.zeros(shape))

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        return torch.relu(x) - self.alpha * torch.relu(-x)


class ELU(Twin[activation_layers.ELU]):
    def forward(self, call: Call[activation_layers.ELU], *operands: Any) -> Any:
        return F.elu(operands[0], alpha=call.layer.alpha)


class Softmax(Twin[activation_layers.Softmax]):
    def forward(self, call: Call[activation_layers.Softmax], *operands: Any) -> Any:
        (x,) = operands
        shape = call.shapes[0]
        mask = call.mask
        if mask is not None:
            for _ in range(len(shape) - call.mask_axes):
                mask = mask.unsqueeze(-1)
            x = torch.where(mask, x, -3e4)
        y = self._softmax(x, [resolve(axis, shape) + 1 for axis in call.layer.axis], len(shape))
        return y if mask is None else torch.where(mask, y, 0.0)

    def _softmax(self, x: Any, axes: list[int], rank: int) -> Any:
        if axes == [rank]:
            return torch.softmax(x, dim=-1)
        if len(axes) == 1:
            return torch.softmax(x, dim=axes[0])
        return torch.exp(x - torch.logsumexp(x, dim=axes, keepdim=True))


class GLU(Twin[activation_layers.GLU]):
    def forward(self, call: Call[activation_layers.GLU], *operands: Any) -> Any:
        return F.glu(operands[0], dim=resolve(call.layer.axis, call.shapes[0]) + 1)
