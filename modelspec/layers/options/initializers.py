"""The initializers, with their arguments: Keras's names, defaults and numbers."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from modelspec.layers.choices import Option

Finite: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
Positive: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Seed: TypeAlias = Annotated[int, Field(ge=0, lt=2**63)]
Deviation: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Constant(Option):
    """The same number everywhere."""

    value: Finite = 0.0
    """The number."""


class Fixed(Option):
    """What has no arguments: zeros, ones."""


class Random(Option):
    """What is drawn."""

    seed: Seed | None = None
    """Gives the same numbers wherever it is written; null follows the seed of the run."""


class Scaled(Random):
    """Numbers whose deviation follows from how many inputs and outputs the weight has."""


class Identity(Option):
    """Ones (`gain`) on the diagonal of a matrix, zeros elsewhere."""

    gain: Finite = 1.0
    """What stands on the diagonal."""


class Normal(Random):
    """Normally distributed numbers; `truncated_normal` are at most two deviations off."""

    mean: Finite = 0.0
    """Their mean."""
    stddev: Deviation = 0.05
    """Their standard deviation, before any are cut off."""


class Uniform(Random):
    """Numbers of one probability between two bounds."""

    minval: Finite = -0.05
    """The least."""
    maxval: Finite = 0.05
    """The largest."""

    @model_validator(mode="after")
    def _in_order(self) -> "Uniform":
        if self.minval > self.maxval:
            raise ValueError("`minval` must not be above `maxval`")
        return self


class VarianceScaling(Random):
    """Numbers whose variance is `scale` by the number of inputs or outputs of the weight."""

    scale: Positive = 1.0
    """The factor."""
    mode: Literal["fan_in", "fan_out", "fan_avg"] = "fan_in"
    """What it is divided by."""
    distribution: Literal["truncated_normal", "untruncated_normal", "uniform"] = "truncated_normal"
    """How they are distributed."""


class Orthogonal(Random):
    """An orthogonal matrix over all axes but the last by the last."""

    gain: Finite = 1.0
    """What it is multiplied by."""
