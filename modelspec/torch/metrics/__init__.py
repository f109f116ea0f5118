"""Metrics that accumulate on the device and are read once, with Keras 3's numbers.

Each keeps one tensor of sums, `totals`: adding up those of several processes gives the metric
over all of them. A declaration of `modelspec.training.metrics` and what computes it have one
name, in modules of one name. Source: https://keras.io/api/metrics/.
"""

from typing import Any

from modelspec.torch.find_twin import find_twin
from modelspec.torch.metrics.accumulator import Accumulator, Mean, Setting
from modelspec.training.metrics import Metric

__all__ = ["Accumulator", "Mean", "Setting", "accumulator"]


def accumulator(metric: Metric, setting: Setting = Setting()) -> Accumulator:  # noqa: B008
    """The accumulator of a metric, for the output that is described."""
    twin: Any = find_twin(type(metric), __name__, Accumulator, required=("update",))
    made: Accumulator = twin(metric, setting)
    return made
