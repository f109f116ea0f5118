"""DepthwiseConv, SeparableConv: each channel is convolved by itself, and then all are mixed."""

from math import prod
from typing import ClassVar, Literal

from modelspec.layers.base import Layer, check_rank, known_size
from modelspec.layers.constraints import Constraint
from modelspec.layers.fields import ActivationName, PositiveInt, SizePair
from modelspec.layers.initializers import Initializer, VectorInitializer
from modelspec.layers.kept import FLOAT, OPERANDS, Kept, padded_copy
from modelspec.layers.regularizers import Regularizer
from modelspec.layers.values import Example, Weight
from modelspec.layers.windows import slide
from modelspec.shapes import Dim, Shape, product

_STEPS = "steps, channels"
_IMAGE = "height, width, channels"


class _Depthwise(Layer):
    """What all of them have in common; `window` says kernel, strides and dilation by axis."""

    keeps = OPERANDS
    axes: ClassVar[str]

    depth_multiplier: PositiveInt = 1
    """How many channels become of each."""
    padding: Literal["valid", "same"] = "valid"
    """What is added at the borders: nothing, or zeros."""
    activation: ActivationName | None = None
    """The function of the result; none by default."""
    use_bias: bool = True
    """Whether a trained bias is added to each channel of the result."""
    depthwise_initializer: Initializer = "glorot_uniform"
    """What the kernel of each channel starts as."""
    bias_initializer: VectorInitializer = "zeros"
    """What the bias starts as."""
    depthwise_regularizer: Regularizer = None
    """What is added to the loss for the kernels of the channels."""
    bias_regularizer: Regularizer = None
    """What is added to the loss for the bias."""
    depthwise_constraint: Constraint = None
    """What the kernels of the channels are held to after every update."""
    bias_constraint: Constraint = None
    """What the bias is held to after every update."""

    def window(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """Kernel, strides and dilation, by axis."""
        raise NotImplementedError(type(self).__name__)

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_rank(shape, self.axes)
        channels = known_size(shape[-1], "channels")
        sizes = slide(shape[:-1], *self.window(), self.padding, "kernel_size")
        return (*sizes, self._channels(channels))

    def _channels(self, channels: int) -> int:
        return channels * self.depth_multiplier

    def _depthwise_kernel(self, shape: Shape) -> tuple[int, ...]:
        channels = known_size(shape[-1], "channels")
        return (*self.window()[0], channels, self.depth_multiplier)

    def flops(self, *shapes: Shape) -> Dim:
        cells = product(self.output_shape(*shapes)[:-1])
        kernels = sum(2 * prod(weight.shape) for weight in self.weights(*shapes)[: self._kernels])
        return cells * (kernels + self.use_bias * self._channels(known_size(shapes[0][-1], "")))

    def kept(self, *shapes: Shape) -> Kept:
        found = super().kept(*shapes)
        copied = padded_copy(shapes[0], *self.window(), self.padding)
        if copied == 0:
            return found
        return found._replace(operands=False, more=found.more + FLOAT * copied)

    _kernels: ClassVar[int] = 1


class _DepthwiseConv(_Depthwise):
    """The first half alone."""

    option_names: ClassVar = {"kernel": "depthwise"}

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        kernel = Weight("kernel", self._depthwise_kernel(shapes[0]))
        bias = Weight("bias", (self._channels(known_size(shapes[0][-1], "channels")),))
        return (kernel, bias) if self.use_bias else (kernel,)


class _OverSteps(Layer):
    """A window that moves along a sequence."""

    axes: ClassVar[str] = _STEPS

    kernel_size: PositiveInt
    """The window's length."""
    strides: PositiveInt = 1
    """The window's step."""
    dilation_rate: PositiveInt = 1
    """The distance of the window's cells."""

    def window(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        return (self.kernel_size,), (self.strides,), (self.dilation_rate,)


class _OverImage(Layer):
    """A window that moves over an image."""

    axes: ClassVar[str] = _IMAGE

    kernel_size: SizePair
    """The window's height and width; one integer for both."""
    strides: SizePair = (1, 1)
    """The window's steps; one integer for both."""
    dilation_rate: SizePair = (1, 1)
    """The distance of the window's cells; one integer for both."""

    def window(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        return self.kernel_size, self.strides, self.dilation_rate


class DepthwiseConv1D(_OverSteps, _DepthwiseConv):
    """A convolution of each channel of a sequence by itself.

    Input: `[steps, channels]`, floats. Output: `[new_steps, channels * depth_multiplier]`.
    Weights: `kernel [kernel_size, channels, depth_multiplier]`,
    `bias [channels * depth_multiplier]`.

    Example:
        ```yaml
        conv: {type: DepthwiseConv1D, kernel_size: 3, padding: same}
        ```
    """

    keras = "convolution_layers/depthwise_convolution1d/"
    examples: ClassVar = (
        Example({"kernel_size": 3}, ((7, 2),)),
        Example({"kernel_size": 2, "strides": 2, "padding": "same"}, ((7, 3),)),
        Example({"kernel_size": 3, "dilation_rate": 2, "depth_multiplier": 2}, ((8, 2),)),
        Example({"kernel_size": 2, "use_bias": False, "activation": "relu"}, ((4, 2),)),
        Example({"kernel_size": 1, "strides": 2}, ((5, 2),)),
    )


class DepthwiseConv2D(_OverImage, _DepthwiseConv):
    """A convolution of each channel of an image by itself.

    Input: `[height, width, channels]`, floats. Output: `[new_height, new_width, channels *
    depth_multiplier]`.
    Weights: `kernel [kernel_height, kernel_width, channels, depth_multiplier]`,
    `bias [channels * depth_multiplier]`.

    Example:
        ```yaml
        conv: {type: DepthwiseConv2D, kernel_size: 3, padding: same}
        ```
    """

    keras = "convolution_layers/depthwise_convolution2d/"
    examples: ClassVar = (
        Example({"kernel_size": 3}, ((5, 6, 2),)),
        Example({"kernel_size": 3, "strides": 2, "padding": "same"}, ((6, 7, 3),)),
        Example({"kernel_size": (2, 3), "dilation_rate": (1, 2), "padding": "same"}, ((5, 6, 2),)),
        Example({"kernel_size": 2, "depth_multiplier": 3, "use_bias": False}, ((4, 4, 2),)),
        Example({"kernel_size": 1, "strides": 2, "activation": "tanh"}, ((5, 4, 2),)),
        Example(
            {
                "kernel_size": 2,
                "depthwise_initializer": "he_normal",
                "depthwise_regularizer": "l2",
                "depthwise_constraint": "non_neg",
                "bias_initializer": "ones",
            },
            ((3, 3, 2),),
        ),
    )


class _Filters(Layer):
    """The argument that stands before all others."""

    filters: PositiveInt
    """The number of output channels."""


class _SeparableConv(_Depthwise, _Filters):
    """Both halves: strides and dilation are those of the first."""

    _kernels: ClassVar[int] = 2

    pointwise_initializer: Initializer = "glorot_uniform"
    """What the kernel that mixes the channels starts as."""
    pointwise_regularizer: Regularizer = None
    """What is added to the loss for the kernel that mixes the channels."""
    pointwise_constraint: Constraint = None
    """What the kernel that mixes the channels is held to after every update."""

    def _channels(self, channels: int) -> int:
        return self.filters

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        depthwise = self._depthwise_kernel(shapes[0])
        ones = (1,) * len(self.window()[0])
        kernels = (
            Weight("depthwise_kernel", depthwise),
            Weight("pointwise_kernel", (*ones, depthwise[-2] * depthwise[-1], self.filters)),
        )
        return (*kernels, Weight("bias", (self.filters,))) if self.use_bias else kernels

    def kept(self, *shapes: Shape) -> Kept:
        """Also what stands between the two convolutions."""
        *place, _ = self.output_shape(*shapes)
        channels = known_size(shapes[0][-1], "channels") * self.depth_multiplier
        found = super().kept(*shapes)
        return found._replace(more=found.more + FLOAT * product((*place, channels)))


class SeparableConv1D(_OverSteps, _SeparableConv):
    """A convolution of each channel of a sequence by itself, and then a mixture of all.

    Input: `[steps, channels]`, floats. Output: `[new_steps, filters]`.
    Weights: `depthwise_kernel [kernel_size, channels, depth_multiplier]`,
    `pointwise_kernel [1, channels * depth_multiplier, filters]`, `bias [filters]`.

    Example:
        ```yaml
        conv: {type: SeparableConv1D, filters: 64, kernel_size: 3, activation: relu}
        ```
    """

    keras = "convolution_layers/separable_convolution1d/"
    examples: ClassVar = (
        Example({"filters": 3, "kernel_size": 3}, ((7, 2),)),
        Example({"filters": 3, "kernel_size": 2, "strides": 2, "padding": "same"}, ((7, 2),)),
        Example({"filters": 2, "kernel_size": 2, "dilation_rate": 2}, ((6, 2),)),
        Example(
            {"filters": 2, "kernel_size": 2, "depth_multiplier": 2, "use_bias": False}, ((5, 2),)
        ),
    )


class SeparableConv2D(_OverImage, _SeparableConv):
    """A convolution of each channel of an image by itself, and then a mixture of all.

    Input: `[height, width, channels]`, floats. Output: `[new_height, new_width, filters]`.
    Weights: `depthwise_kernel [kernel_height, kernel_width, channels, depth_multiplier]`,
    `pointwise_kernel [1, 1, channels * depth_multiplier, filters]`, `bias [filters]`.

    Example:
        ```yaml
        conv: {type: SeparableConv2D, filters: 128, kernel_size: 3, padding: same}
        ```
    """

    keras = "convolution_layers/separable_convolution2d/"
    examples: ClassVar = (
        Example({"filters": 3, "kernel_size": 3}, ((5, 6, 2),)),
        Example({"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}, ((6, 7, 2),)),
        Example({"filters": 2, "kernel_size": (1, 2), "dilation_rate": (1, 2)}, ((3, 5, 2),)),
        Example(
            {"filters": 2, "kernel_size": 2, "depth_multiplier": 2, "use_bias": False},
            ((4, 4, 2),),
        ),
        Example(
            {
                "filters": 3,
                "kernel_size": 2,
                "activation": "relu",
                "pointwise_initializer": "he_normal",
                "pointwise_regularizer": "l1",
                "pointwise_constraint": "max_norm",
                "bias_initializer": "ones",
            },
            ((3, 3, 2),),
        ),
    )
