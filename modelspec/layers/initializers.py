"""What weights start as. Numbers are Keras's; `modelspec.torch.layers.initializers` draws them.

In a layer: one annotated field a weight, named `WEIGHT_initializer`, with Keras's default by name:

    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: VectorInitializer = "zeros"

`MatrixInitializer` is for what always has two axes (the kernels of Dense, LSTM, Embedding), which
may be an identity; `Initializer` for what has two or more (of convolutions); `VectorInitializer`
for what may have one (biases, gamma, beta). The value is the name, where only a name is written,
else an `Option`. Twins pass either on to `draw`.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from modelspec.layers.choices import Choice, Option

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


VECTORS: dict[str, type[Option]] = {
    "constant": Constant,
    "glorot_normal": Scaled,
    "glorot_uniform": Scaled,
    "he_normal": Scaled,
    "he_uniform": Scaled,
    "lecun_normal": Scaled,
    "lecun_uniform": Scaled,
    "normal": Normal,
    "ones": Fixed,
    "random_normal": Normal,
    "random_uniform": Uniform,
    "truncated_normal": Normal,
    "uniform": Uniform,
    "variance_scaling": VarianceScaling,
    "zeros": Fixed,
}
"""What any weight may start as."""

KERNELS: dict[str, type[Option]] = {**VECTORS, "orthogonal": Orthogonal}
"""What a weight of two axes or more may start as."""

MATRICES: dict[str, type[Option]] = {**KERNELS, "identity": Identity}
"""What a weight of two axes may start as."""

VectorInitializer: TypeAlias = Annotated[str | Option, Choice(VECTORS, plain=True)]
Initializer: TypeAlias = Annotated[str | Option, Choice(KERNELS, plain=True)]
MatrixInitializer: TypeAlias = Annotated[str | Option, Choice(MATRICES, plain=True)]
