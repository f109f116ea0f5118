"""Twins of what ensembles are made of."""

import operator
from functools import reduce
from typing import Any

import torch

from modelspec.layers import ensembles
from modelspec.torch.layers.merging import aligned, weighted
from modelspec.torch.layers.twin import Call, Twin

_LEAST = -3e38
"""A logit whose probability is 0 beside any other, and which is no infinity."""


class Spread(Twin[ensembles.Spread]):
    def forward(self, call: Call[ensembles.Spread], *operands: Any) -> Any:
        values = aligned(call, operands)
        mean = reduce(operator.add, weighted(call, values))
        variance = reduce(operator.add, weighted(call, [(each - mean) ** 2 for each in values]))
        differ = variance > 0  # the slope of the root at 0 is infinite
        spread = torch.where(differ, torch.sqrt(torch.where(differ, variance, 1.0)), 0.0)
        if not call.layer.at_largest:
            return spread
        largest = torch.argmax(mean, dim=-1, keepdim=True)
        return torch.gather(spread, -1, largest)


class TemperatureScaling(Twin[ensembles.TemperatureScaling]):
    """Where a slope would not be finite, at 0 and 1, the probability goes round the logit."""

    def forward(self, call: Call[ensembles.TemperatureScaling], *operands: Any) -> Any:
        (p,) = operands
        temperature = call.layer.temperature
        if call.layer.of == "softmax":
            some = p > 0
            logits = torch.log(torch.where(some, p, 1.0)) / temperature
            return torch.softmax(torch.where(some, logits, _LEAST), dim=-1)
        inside = (p > 0) & (p < 1)
        logits = torch.logit(torch.where(inside, p, 0.5)) / temperature
        return torch.where(inside, torch.sigmoid(logits), p)
