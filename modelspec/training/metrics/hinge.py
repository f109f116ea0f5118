"""Margins."""

from typing import ClassVar

from modelspec.training.metrics.base import Kind, Metric


class Hinge(Metric):
    """The mean of `max(1 - target * prediction, 0)`, targets of 0 counting as -1."""

    keras: ClassVar[str] = "hinge_metrics/#hinge-class"
    kind: ClassVar[Kind] = "binary"
    higher_is_better: ClassVar[bool] = False


class SquaredHinge(Metric):
    """The mean square of `hinge`."""

    keras: ClassVar[str] = "hinge_metrics/#squaredhinge-class"
    kind: ClassVar[Kind] = "binary"
    higher_is_better: ClassVar[bool] = False


class CategoricalHinge(Metric):
    """The mean of `max(largest wrong value - right value + 1, 0)` of several classes."""

    keras: ClassVar[str] = "hinge_metrics/#categoricalhinge-class"
    kind: ClassVar[Kind] = "classes"
    higher_is_better: ClassVar[bool] = False
