"""Twins of ExpandDims, Squeeze, Stack, GetItem."""

from typing import Any

import torch

from modelspec.layers import slicing
from modelspec.layers.axes import resolve
from modelspec.torch.layers.twin import Call, Twin


class ExpandDims(Twin[slicing.ExpandDims]):
    def forward(self, call: Call[slicing.ExpandDims], *operands: Any) -> Any:
        return torch.unsqueeze(operands[0], dim=call.layer.axis)


class Squeeze(Twin[slicing.Squeeze]):
    def forward(self, call: Call[slicing.Squeeze], *operands: Any) -> Any:
        axes = [resolve(axis, call.shapes[0]) + 1 for axis in call.layer.axis]
        return torch.squeeze(operands[0], dim=axes)


class Stack(Twin[slicing.Stack]):
    def forward(self, call: Call[slicing.Stack], *operands: Any) -> Any:
        return torch.stack(operands, dim=call.layer.axis)


class GetItem(Twin[slicing.GetItem]):
    def forward(self, call: Call[slicing.GetItem], *operands: Any) -> Any:
        return operands[0][(slice(None), *call.layer.parts(len(call.shapes[0])))]
