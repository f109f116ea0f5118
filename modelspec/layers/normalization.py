"""Normalizations: batch, layer, group, root mean square, unit."""

from typing import Annotated, ClassVar, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from modelspec.layers.axes import distinct, resolve
from modelspec.layers.base import Layer, known_size
from modelspec.layers.constraints import Constraint
from modelspec.layers.fields import Axes, Epsilon, Fraction, PositiveInt
from modelspec.layers.initializers import VectorInitializer
from modelspec.layers.kept import FLOAT, OPERANDS, Kept
from modelspec.layers.regularizers import Regularizer
from modelspec.layers.values import Example, LayerError, Weight
from modelspec.shapes import Dim, Shape, product, text

Bound: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)] | None


class _Normalization(Layer):
    """What keeps the shape, and then scales and shifts."""

    keeps = OPERANDS
    epsilon: Epsilon = 0.001
    """Added to the variance, so that nothing is divided by zero."""
    center: bool = True
    """Whether a trained `beta` is added."""
    scale: bool = True
    """Whether the result is multiplied by a trained `gamma`."""
    beta_initializer: VectorInitializer = "zeros"
    """What `beta` starts as."""
    gamma_initializer: VectorInitializer = "ones"
    """What `gamma` starts as."""
    beta_regularizer: Regularizer = None
    """What is added to the loss for `beta`."""
    gamma_regularizer: Regularizer = None
    """What is added to the loss for `gamma`."""
    beta_constraint: Constraint = None
    """What `beta` is held to after every update."""
    gamma_constraint: Constraint = None
    """What `gamma` is held to after every update."""

    def output_shape(self, *shapes: Shape) -> Shape:
        self.weights(*shapes)
        return shapes[0]

    def flops(self, *shapes: Shape) -> Dim:
        """Mean, variance, quotient, scale and shift: eight operations a number."""
        return product(shapes[0]) * 8

    def scale_and_shift(self, size: tuple[int, ...]) -> tuple[Weight, ...]:
        """The weights `gamma` and `beta`, so far as it has them."""
        gamma = (Weight("gamma", size),) if self.scale else ()
        return (*gamma, Weight("beta", size)) if self.center else gamma


class RenormClipping(BaseModel):
    """How far a batch renormalization may go. What is not given is not bounded."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    rmin: Bound = None
    """The least factor."""
    rmax: Bound = None
    """The largest factor."""
    dmax: Bound = None
    """The largest shift, either way."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.rmin is not None and self.rmax is not None and self.rmin > self.rmax:
            raise ValueError("`rmin` must not be above `rmax`")
        return self


class BatchNormalization(_Normalization):
    """Brings each channel to mean 0 and variance 1, then scales and shifts it.

    Input: any shape with a channel axis of fixed size, floats. Output: the same shape.
    Weights: `gamma`, `beta`, and, not trained, `moving_mean`, `moving_variance`, `[channels]` each;
    with `renorm` also `moving_stddev`, `renorm_mean`, `renorm_stddev`.

    In training, mean and (biased) variance are those of the batch, and the moving ones are
    moved towards them: `moving = moving * momentum + batch * (1 - momentum)`. Outside
    training, and where it is frozen (`trainable: false`), it uses the moving ones.

    With `renorm`, training normalizes by the batch, multiplies by `r = batch_stddev /
    renorm_stddev` and adds `d = (batch_mean - renorm_mean) / renorm_stddev`, constants to the
    gradient, so that it sees about what it will see outside training.

    Example:
        ```yaml
        norm: BatchNormalization
        ```
    """

    keras = "normalization_layers/batch_normalization/"
    masks = "uses and passes"
    examples: ClassVar = (
        Example({}, ((4, 5, 3),)),
        Example({}, ((6,),)),
        Example({"momentum": 0.5, "epsilon": 0.1}, ((7, 2),)),
        Example({"scale": False}, ((3, 2),)),
        Example({"center": False}, ((3, 2),)),
        Example({"center": False, "scale": False}, ((3,),)),
        Example({"axis": 1}, ((3, 4, 2),)),
        Example({"trainable": False}, ((3, 4),)),
        Example({"gamma_initializer": "uniform", "beta_initializer": "normal"}, ((5,),)),
        Example({"moving_mean_initializer": "ones"}, ((3,),)),
        Example({"moving_variance_initializer": "zeros"}, ((3,),)),
        Example({"gamma_regularizer": "l2", "beta_constraint": "non_neg"}, ((3,),)),
        Example({"renorm": True}, ((4, 3),)),
        Example({"renorm": True, "renorm_momentum": 0.5, "axis": 1, "scale": False}, ((3, 4),)),
        Example(
            {"renorm": True, "renorm_clipping": {"rmin": 0.5, "rmax": 1.5, "dmax": 0.2}}, ((4, 3),)
        ),
    )

    axis: int = -1
    """The channel axis. -1 is the last; the batch axis counts as 0."""
    momentum: Fraction = 0.99
    """The share of the moving mean and variance that a step keeps."""
    moving_mean_initializer: VectorInitializer = "zeros"
    """What the moving mean starts as."""
    moving_variance_initializer: VectorInitializer = "ones"
    """What the moving variance starts as."""
    renorm: bool = False
    """Whether training corrects each batch towards statistics of many: batch renormalization."""
    renorm_clipping: RenormClipping | None = None
    """Bounds of the correction with `renorm`: a mapping of `rmin`, `rmax` and `dmax`."""
    renorm_momentum: Fraction = 0.99
    """The share of the statistics for `renorm` that a step keeps."""

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        (shape,) = shapes
        size = (known_size(shape[resolve(self.axis, shape)], "channels"),)
        mean = Weight("moving_mean", size, trainable=False)
        variance = Weight("moving_variance", size, trainable=False)
        names = ("moving_stddev", "renorm_mean", "renorm_stddev") if self.renorm else ()
        more = (Weight(name, size, trainable=False) for name in names)
        return (*self.scale_and_shift(size), mean, variance, *more)

    def flops(self, *shapes: Shape) -> Dim:
        """One multiplication and one addition a number, as outside training."""
        return product(shapes[0]) * 2


class LayerNormalization(_Normalization):
    """Brings each sample to mean 0 and variance 1 along some axes, then scales and shifts it.

    Input: any shape whose normalized axes have fixed sizes, floats. Output: the same shape.
    Weights: `gamma`, `beta`, of the sizes of the normalized axes.

    Example:
        ```yaml
        norm: LayerNormalization
        ```
    """

    keras = "normalization_layers/layer_normalization/"
    masks = "passes"
    examples: ClassVar = (
        Example({}, ((4, 6),)),
        Example({}, ((5,),)),
        Example({"axis": (1, 2), "epsilon": 0.1}, ((3, 4),)),
        Example({"axis": 1}, ((3, 4),)),
        Example({"axis": (-2, -1)}, ((3, 4, 2),)),
        Example({"axis": (1, 3)}, ((3, 4, 2),)),
        Example({"scale": False}, ((3, 4),)),
        Example({"center": False, "gamma_initializer": "uniform"}, ((3, 4),)),
        Example({"center": False, "scale": False}, ((4,),)),
        Example({"beta_regularizer": "l1", "gamma_constraint": "unit_norm"}, ((3,),)),
        Example({"rms_scaling": True}, ((3, 4),)),
        Example({"rms_scaling": True, "scale": False, "axis": (1, 2)}, ((3, 4),)),
    )

    axis: Axes = (-1,)
    """The axes to normalize along, one or a list. -1 is the last; the batch axis counts as 0."""
    rms_scaling: bool = False
    """Whether to divide by the standard deviation without subtracting the mean, and never to
    shift. It is for models that have it: `RMSNormalization` divides by the root mean square."""

    def normalized(self, shape: Shape) -> tuple[int, ...]:
        """The indices of the normalized axes into a shape, in their order in it.

        Raises:
            LayerError: There is no such axis, or one is named twice.
        """
        return distinct(self.axis, shape)

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        (shape,) = shapes
        size = tuple(known_size(shape[axis], "features") for axis in self.normalized(shape))
        return (Weight("gamma", size),) if self.rms_scaling else self.scale_and_shift(size)


class GroupNormalization(_Normalization):
    """Brings groups of channels of each sample to mean 0 and variance 1, then scales and shifts.

    Input: any shape with a channel axis of fixed size, floats. Output: the same shape.
    Weights: `gamma`, `beta`, `[channels]` each.

    The mean and the variance of a group are over all axes of the sample. With one group this is
    a layer normalization over all axes, with one group a channel an instance normalization.

    Example:
        ```yaml
        norm: {type: GroupNormalization, groups: 8}
        ```
    """

    keras = "normalization_layers/group_normalization/"
    masks = "passes"
    examples: ClassVar = (
        Example({"groups": 2}, ((4, 5, 6),)),
        Example({}, ((2, 32),)),
        Example({"groups": -1}, ((4, 3),)),
        Example({"groups": 1, "epsilon": 0.1}, ((3, 4),)),
        Example({"groups": 2, "axis": 1}, ((4, 3, 2),)),
        Example({"groups": 2, "axis": -2}, ((3, 4, 2),)),
        Example({"groups": 2, "scale": False}, ((3, 4),)),
        Example({"groups": 2, "center": False, "gamma_initializer": "uniform"}, ((3, 4),)),
        Example({"groups": 3, "center": False, "scale": False}, ((6,),)),
        Example({"groups": 2, "beta_initializer": "ones", "gamma_regularizer": "l2"}, ((3, 4),)),
    )

    groups: PositiveInt | Literal[-1] = 32
    """Into how many groups the channels fall; -1 is one a channel."""
    axis: int = -1
    """The channel axis. -1 is the last; the batch axis counts as 0."""

    def channels(self, shape: Shape) -> int:
        """The size of the channel axis.

        Raises:
            LayerError: There is no such axis, or its size is unknown, or no multiple of the groups.
        """
        channels = known_size(shape[resolve(self.axis, shape)], "channels")
        if self.groups > 0 and channels % self.groups:
            divisors = [n for n in range(1, min(channels, 256) + 1) if channels % n == 0]
            known = ", ".join(map(str, divisors[-6:]))
            raise LayerError(
                "MS504",
                f"has {self.groups} groups, which do not divide {channels} channels",
                f"`groups` must divide the channels: {known}, or -1 for one group a channel",
                "groups",
            )
        return channels

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        return self.scale_and_shift((self.channels(*shapes),))

    def kept(self, *shapes: Shape) -> Kept:
        """Its operand, or a copy of it with the channels first."""
        return Kept(more=2 * FLOAT * product(shapes[0]))


class RMSNormalization(Layer):
    """Divides each sample by its root mean square along its last axes, then scales it.

    Input: any shape whose normalized axes have fixed sizes, floats. Output: the same shape,
    `x / sqrt(mean(x ** 2) + epsilon) * scale`.
    Weights: `scale`, of the sizes of the normalized axes, which starts as ones.

    Example:
        ```yaml
        norm: RMSNormalization
        ```
    """

    keras = "normalization_layers/rms_normalization/"
    examples: ClassVar = (
        Example({}, ((4, 6),)),
        Example({}, ((5,),)),
        Example({"axis": 2, "epsilon": 0.1}, ((3, 4),)),
        Example({"axis": (1, 2)}, ((3, 4),)),
        Example({"axis": (-2, -1)}, ((3, 4, 2),)),
    )

    axis: Axes = (-1,)
    """The axes to normalize along, the last one or several last ones. -1 is the last; the batch
    axis counts as 0."""
    epsilon: Epsilon = 0.000001
    """Added to the mean square, so that nothing is divided by zero."""

    def output_shape(self, *shapes: Shape) -> Shape:
        self.weights(*shapes)
        return shapes[0]

    def normalized(self, shape: Shape) -> tuple[int, ...]:
        """The indices of the normalized axes into a shape, in their order in it.

        Raises:
            LayerError: There is no such axis, or one is named twice, or another one is behind them.
        """
        indices = distinct(self.axis, shape)
        if indices[0] != len(shape) - len(indices):
            raise LayerError(
                "MS509",
                f"scales along the last axes only, not along `axis` {list(self.axis)} of"
                f" `{text(shape)}`",
                "move the axis to the end with Permute before it, and back behind it",
                "axis",
            )
        return indices

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        (shape,) = shapes
        size = tuple(known_size(shape[axis], "features") for axis in self.normalized(shape))
        return (Weight("scale", size),)

    def flops(self, *shapes: Shape) -> Dim:
        """Square, mean, quotient and scale: four operations a number."""
        return product(shapes[0]) * 4

    def kept(self, *shapes: Shape) -> Kept:
        return Kept(operands=True, more=FLOAT * product(shapes[0]))


class UnitNormalization(Layer):
    """Divides each sample by its length along some axes: the squares then sum to 1.

    Input: any shape, floats. Output: the same shape. Zeros stay zeros.

    Example:
        ```yaml
        direction: UnitNormalization
        ```
    """

    keras = "normalization_layers/unit_normalization/"
    keeps = OPERANDS
    masks = "passes"
    examples: ClassVar = (
        Example({}, ((4, 6),)),
        Example({}, ((5,),)),
        Example({"axis": 1}, ((3, 4),)),
        Example({"axis": (1, 3)}, ((3, 4, 2),)),
    )

    axis: Axes = (-1,)
    """The axes to normalize along, one or a list. -1 is the last; the batch axis counts as 0."""

    def output_shape(self, *shapes: Shape) -> Shape:
        distinct(self.axis, shapes[0])
        return shapes[0]

    def flops(self, *shapes: Shape) -> Dim:
        """Square, sum and quotient: three operations a number."""
        return product(shapes[0]) * 3
