"""Dropout, noise, ActivityRegularization: what stands in the way of learning by heart."""

from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field

from modelspec.layers.base import Layer, check_rank
from modelspec.layers.choices import Option
from modelspec.layers.fields import Fraction, PositiveInt, Rate
from modelspec.layers.kept import FLOAT, NOTHING, Kept
from modelspec.layers.options.regularizers import L1L2, Factor
from modelspec.layers.values import Example, LayerError
from modelspec.shapes import Dim, Shape, product, same, text

NoiseShape: TypeAlias = Annotated[tuple[PositiveInt | None, ...], Field(strict=False, min_length=1)]


class _Noise(Layer):
    masks = "passes"

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]


class Dropout(_Noise):
    """In training, sets a share of the numbers to zero and scales up the others.

    Input: any shape, floats. Output: the same shape. Does nothing outside training.

    Example:
        ```yaml
        drop: {type: Dropout, rate: 0.5}
        ```
    """

    keras = "regularization_layers/dropout/"
    examples: ClassVar = (
        Example({"rate": 0.5}, ((8,),)),
        Example({"rate": 0}, ((3, 4),)),
        Example({"rate": 0.25}, ((5, 5, 2),)),
        Example({"rate": 0.25, "noise_shape": (None, 1, 1, 1)}, ((5, 5, 2),)),
    )

    rate: Rate
    """The share of numbers that are dropped; what is kept is divided by `1 - rate`."""
    noise_shape: NoiseShape | None = None
    """The shape of what is drawn, the batch axis first: 1 where one draw is for the whole axis,
    null for the axis's own size. `[null, 1, 1, 1]` drops whole samples: stochastic depth."""

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        if self.noise_shape is None:
            return shape
        pairs = list(zip(self.noise_shape[1:], shape, strict=False))
        fits = all(drawn in (None, 1) or same(drawn, size) is not False for drawn, size in pairs)
        fits = fits and self.noise_shape[0] in (None, 1)
        if len(self.noise_shape) != len(shape) + 1 or not fits:
            drawn = ", ".join("null" if size is None else str(size) for size in self.noise_shape)
            raise LayerError(
                "MS501",
                f"draws `[{drawn}]` for samples of `{text(shape)}`",
                "name the batch axis first, 1 or null, and for every other 1, its size or null",
                "noise_shape",
            )
        return shape

    def kept(self, *shapes: Shape) -> Kept:
        """A byte for each number; where fewer are drawn, a float for each of those."""
        if not self.rate:
            return NOTHING
        if self.noise_shape is None:
            return Kept(more=product(shapes[0]))
        sizes = zip(self.noise_shape[1:], shapes[0], strict=True)
        drawn = tuple(1 if wanted == 1 else size for wanted, size in sizes)
        return Kept(more=FLOAT * product(drawn))


class _SpatialDropout(_Noise):
    axes: ClassVar[str]

    rate: Rate
    """The share of channels that are dropped; what is kept is divided by `1 - rate`."""

    def output_shape(self, *shapes: Shape) -> Shape:
        check_rank(shapes[0], self.axes)
        return shapes[0]

    def kept(self, *shapes: Shape) -> Kept:
        return Kept(more=FLOAT * shapes[0][-1]) if self.rate else NOTHING


class SpatialDropout1D(_SpatialDropout):
    """In training, sets whole channels to zero, at all steps, and scales up the others.

    Input: `[steps, channels]`, floats. Output: the same shape. Does nothing outside training.

    Example:
        ```yaml
        drop: {type: SpatialDropout1D, rate: 0.3}
        ```
    """

    keras = "regularization_layers/spatial_dropout1d/"
    axes = "steps, channels"
    examples: ClassVar = (Example({"rate": 0.5}, ((4, 6),)), Example({"rate": 0}, ((2, 3),)))


class SpatialDropout2D(_SpatialDropout):
    """In training, sets whole channels to zero, at all pixels, and scales up the others.

    Input: `[height, width, channels]`, floats. Output: the same shape. Does nothing outside
    training.

    Example:
        ```yaml
        drop: {type: SpatialDropout2D, rate: 0.3}
        ```
    """

    keras = "regularization_layers/spatial_dropout2d/"
    axes = "height, width, channels"
    examples: ClassVar = (Example({"rate": 0.5}, ((4, 3, 6),)),)


class SpatialDropout3D(_SpatialDropout):
    """In training, sets whole channels to zero, at all cells, and scales up the others.

    Input: `[depth, height, width, channels]`, floats. Output: the same shape. Does nothing
    outside training.

    Example:
        ```yaml
        drop: {type: SpatialDropout3D, rate: 0.3}
        ```
    """

    keras = "regularization_layers/spatial_dropout3d/"
    axes = "depth, height, width, channels"
    examples: ClassVar = (Example({"rate": 0.5}, ((2, 4, 3, 6),)),)


class GaussianNoise(_Noise):
    """In training, adds normally distributed numbers.

    Input: any shape, floats. Output: the same shape. Does nothing outside training.

    Example:
        ```yaml
        noise: {type: GaussianNoise, stddev: 0.1}
        ```
    """

    keras = "regularization_layers/gaussian_noise/"
    keeps = NOTHING
    examples: ClassVar = (Example({"stddev": 0.2}, ((8,),)), Example({"stddev": 0}, ((3, 4),)))

    stddev: Fraction
    """The standard deviation of what is added, whose mean is 0."""


class GaussianDropout(_Noise):
    """In training, multiplies by normally distributed numbers around 1.

    Input: any shape, floats. Output: the same shape. Does nothing outside training.

    Example:
        ```yaml
        noise: {type: GaussianDropout, rate: 0.2}
        ```
    """

    keras = "regularization_layers/gaussian_dropout/"
    examples: ClassVar = (Example({"rate": 0.2}, ((8,),)), Example({"rate": 0}, ((3, 4),)))

    rate: Rate
    """Rules the standard deviation, the root of `rate / (1 - rate)`: that of Dropout."""

    def kept(self, *shapes: Shape) -> Kept:
        return Kept(more=FLOAT * product(shapes[0])) if self.rate else NOTHING


class AlphaDropout(_Noise):
    """In training, sets a share of the numbers to what `selu` is far below 0.

    Mean and variance stay about what they were, as networks of `selu` need it.

    Input: any shape, floats. Output: the same shape. Does nothing outside training.

    Example:
        ```yaml
        drop: {type: AlphaDropout, rate: 0.1}
        ```
    """

    keras = "regularization_layers/alpha_dropout/"
    examples: ClassVar = (
        Example({"rate": 0.3}, ((8,),)),
        Example({"rate": 0}, ((3, 4),)),
    )

    rate: Rate
    """The share of numbers that are dropped."""

    def kept(self, *shapes: Shape) -> Kept:
        return Kept(more=product(shapes[0])) if self.rate else NOTHING


class ActivityRegularization(Layer):
    """Gives its input back, whose size is added to the loss.

    Input: any shape, floats. Output: the same shape.

    Every layer can cost something for its output: `activity_regularizer`. The cost is divided by
    the number of samples.

    Example:
        ```yaml
        sparse: {type: ActivityRegularization, l1: 0.001}
        ```
    """

    keras = "regularization_layers/activity_regularization/"
    keeps = NOTHING
    gives_view = True
    masks = "passes"
    examples: ClassVar = (
        Example({}, ((8,),)),
        Example({"l1": 0.1, "l2": 0.2}, ((3, 4),)),
    )

    l1: Factor = 0.0
    """The factor of the sum of the absolute values."""
    l2: Factor = 0.0
    """The factor of the sum of the squares."""

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def flops(self, *shapes: Shape) -> Dim:
        return product(shapes[0]) * 2

    def activity_options(self) -> tuple[Option, ...]:
        return (L1L2(type="l1_l2", l1=self.l1, l2=self.l2), *super().activity_options())
