"""Conv1D, Conv2D, Conv3D."""

from math import prod
from typing import ClassVar, Literal

from modelspec.layers.base import Layer, check_rank, known_size
from modelspec.layers.constraints import Constraint
from modelspec.layers.fields import ActivationName, PositiveInt, SizePair, SizeTriple
from modelspec.layers.initializers import Initializer, VectorInitializer
from modelspec.layers.kept import FLOAT, OPERANDS, Kept, padded_copy
from modelspec.layers.regularizers import Regularizer
from modelspec.layers.values import Example, LayerError, Weight
from modelspec.layers.windows import slide
from modelspec.shapes import Dim, Padding, Shape, product


class _Convolution(Layer):
    """What the convolutions have in common; `_window` says kernel, strides and dilation."""

    keeps = OPERANDS
    filters: PositiveInt
    """The number of output channels."""
    groups: PositiveInt = 1
    """Input and output channels fall into so many groups, each convolved by itself."""
    activation: ActivationName | None = None
    """The function of the result; none by default."""
    use_bias: bool = True
    """Whether a trained bias is added to each channel."""
    kernel_initializer: Initializer = "glorot_uniform"
    """What the kernel starts as."""
    bias_initializer: VectorInitializer = "zeros"
    """What the bias starts as."""
    kernel_regularizer: Regularizer = None
    """What is added to the loss for the kernel."""
    bias_regularizer: Regularizer = None
    """What is added to the loss for the bias."""
    kernel_constraint: Constraint = None
    """What the kernel is held to after every update."""
    bias_constraint: Constraint = None
    """What the bias is held to after every update."""

    axes: ClassVar[str]

    def _window(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], Padding]:
        """Kernel, strides, dilation, by axis, and the padding."""
        raise NotImplementedError(type(self).__name__)

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_rank(shape, self.axes)
        self._check_groups(known_size(shape[-1], "channels"))
        kernel, strides, dilation, padding = self._window()
        sizes = slide(shape[:-1], kernel, strides, dilation, padding, "kernel_size")
        return (*sizes, self.filters)

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        channels = known_size(shapes[0][-1], "channels")
        kernel = Weight("kernel", (*self._window()[0], channels // self.groups, self.filters))
        return (kernel, Weight("bias", (self.filters,))) if self.use_bias else (kernel,)

    def flops(self, *shapes: Shape) -> Dim:
        cell = 2 * prod(self.weights(*shapes)[0].shape[:-1]) + self.use_bias
        return product(self.output_shape(*shapes)) * cell

    def _check_groups(self, channels: int) -> None:
        for count, what in ((channels, "input channels"), (self.filters, "filters")):
            if count % self.groups:
                raise LayerError(
                    "MS504",
                    f"has {self.groups} groups, which do not divide {count} {what}",
                    "`groups` must divide the channels of the input and `filters`",
                    "groups",
                )

    def kept(self, *shapes: Shape) -> Kept:
        found = super().kept(*shapes)
        kernel, strides, dilation, padding = self._window()
        copied = padded_copy(shapes[0], kernel, strides, dilation, padding)
        if copied == 0:
            return found
        return found._replace(operands=False, copied=FLOAT * copied)


class Conv1D(_Convolution):
    """A convolution along a sequence.

    Input: `[steps, channels]`, floats. Output: `[new_steps, filters]`.
    Weights: `kernel [kernel_size, channels / groups, filters]`, `bias [filters]`.

    `valid` adds nothing: `floor((steps - reach) / strides) + 1` steps are left, where
    `reach = (kernel_size - 1) * dilation_rate + 1`. `same` and `causal` leave
    `ceil(steps / strides)`; `causal` pads at the front only, so that no step sees a later one.

    Example:
        ```yaml
        conv: {type: Conv1D, filters: 64, kernel_size: 5, activation: relu}
        ```
    """

    keras = "convolution_layers/convolution1d/"
    axes: ClassVar[str] = "steps, channels"
    examples: ClassVar = (
        Example({"filters": 4, "kernel_size": 3}, ((9, 2),)),
        Example({"filters": 3, "kernel_size": 2, "padding": "same"}, ((5, 2),)),
        Example({"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"}, ((8, 2),)),
        Example({"filters": 3, "kernel_size": 4, "strides": 3, "padding": "same"}, ((11, 1),)),
        Example({"filters": 2, "kernel_size": 3, "padding": "causal"}, ((6, 3),)),
        Example(
            {"filters": 2, "kernel_size": 2, "dilation_rate": 3, "padding": "causal"}, ((7, 2),)
        ),
        Example({"filters": 2, "kernel_size": 3, "strides": 2, "padding": "causal"}, ((7, 2),)),
        Example({"filters": 4, "kernel_size": 3, "dilation_rate": 2}, ((10, 2),)),
        Example({"filters": 6, "kernel_size": 3, "groups": 2, "use_bias": False}, ((6, 4),)),
        Example({"filters": 3, "kernel_size": 5, "strides": 2, "activation": "relu"}, ((12, 2),)),
        Example({"filters": 3, "kernel_size": 1, "bias_initializer": "normal"}, ((4, 2),)),
        Example({"filters": 2, "kernel_size": 2, "kernel_regularizer": "l2"}, ((4, 2),)),
    )

    kernel_size: PositiveInt
    """The window's length."""
    strides: PositiveInt = 1
    """The window's step."""
    padding: Literal["valid", "same", "causal"] = "valid"
    """What is added at the borders: nothing, zeros on both sides, or zeros at the front."""
    dilation_rate: PositiveInt = 1
    """The distance of the window's cells."""

    def _window(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], Padding]:
        return (self.kernel_size,), (self.strides,), (self.dilation_rate,), self.padding


class Conv2D(_Convolution):
    """A convolution over an image.

    Input: `[height, width, channels]`, floats. Output: `[new_height, new_width, filters]`.
    Weights: `kernel [kernel_height, kernel_width, channels / groups, filters]`, `bias [filters]`.

    `valid` adds nothing: `floor((size - reach) / strides) + 1` is left of an axis, where
    `reach = (kernel_size - 1) * dilation_rate + 1`. `same` leaves `ceil(size / strides)`; where
    the zeros to add are odd in number, the odd one goes to the end.

    Example:
        ```yaml
        conv: {type: Conv2D, filters: 32, kernel_size: 3, padding: same, activation: relu}
        ```
    """

    keras = "convolution_layers/convolution2d/"
    axes: ClassVar[str] = "height, width, channels"
    examples: ClassVar = (
        Example({"filters": 4, "kernel_size": 3}, ((6, 5, 2),)),
        Example({"filters": 3, "kernel_size": 3, "padding": "same"}, ((5, 4, 1),)),
        Example({"filters": 3, "kernel_size": 2, "padding": "same"}, ((5, 4, 2),)),
        Example({"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"}, ((8, 7, 2),)),
        Example(
            {"filters": 2, "kernel_size": (3, 2), "strides": (2, 3), "padding": "same"},
            ((7, 8, 2),),
        ),
        Example({"filters": 2, "kernel_size": (1, 4), "strides": (1, 2)}, ((3, 9, 2),)),
        Example({"filters": 2, "kernel_size": 3, "dilation_rate": 2}, ((7, 8, 2),)),
        Example(
            {"filters": 2, "kernel_size": 2, "dilation_rate": (2, 3), "padding": "same"},
            ((5, 7, 2),),
        ),
        Example({"filters": 6, "kernel_size": 3, "groups": 2, "use_bias": False}, ((4, 4, 4),)),
        Example({"filters": 2, "kernel_size": 1, "strides": 2, "padding": "same"}, ((6, 5, 3),)),
        Example(
            {"filters": 3, "kernel_size": 3, "activation": "relu", "bias_initializer": "ones"},
            ((4, 5, 2),),
        ),
    )

    kernel_size: SizePair
    """The window's height and width; one integer for both."""
    strides: SizePair = (1, 1)
    """The window's steps; one integer for both."""
    padding: Literal["valid", "same"] = "valid"
    """What is added at the borders: nothing, or zeros."""
    dilation_rate: SizePair = (1, 1)
    """The distance of the window's cells; one integer for both."""

    def _window(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], Padding]:
        return self.kernel_size, self.strides, self.dilation_rate, self.padding


class Conv3D(_Convolution):
    """A convolution over volumes, or over the frames of a film.

    Input: `[depth, height, width, channels]`, floats. Output: `[new_depth, new_height, new_width,
    filters]`.
    Weights: `kernel [kernel_depth, kernel_height, kernel_width, channels / groups, filters]`,
    `bias [filters]`.

    The sizes are those of Conv2D, axis by axis.

    Example:
        ```yaml
        conv: {type: Conv3D, filters: 16, kernel_size: 3, padding: same, activation: relu}
        ```
    """

    keras = "convolution_layers/convolution3d/"
    axes: ClassVar[str] = "depth, height, width, channels"
    examples: ClassVar = (
        Example({"filters": 3, "kernel_size": 2}, ((3, 4, 5, 2),)),
        Example({"filters": 2, "kernel_size": (1, 2, 3), "padding": "same"}, ((3, 4, 5, 1),)),
        Example(
            {"filters": 2, "kernel_size": 3, "strides": (1, 2, 2), "padding": "same"},
            ((3, 4, 5, 1),),
        ),
        Example({"filters": 2, "kernel_size": 2, "dilation_rate": (1, 2, 2)}, ((2, 4, 5, 2),)),
        Example({"filters": 4, "kernel_size": 1, "strides": 2, "groups": 2}, ((4, 3, 2, 2),)),
        Example({"filters": 2, "kernel_size": 1, "use_bias": False}, ((2, 2, 2, 3),)),
    )

    kernel_size: SizeTriple
    """The window's depth, height and width; one integer for all."""
    strides: SizeTriple = (1, 1, 1)
    """The window's steps; one integer for all."""
    padding: Literal["valid", "same"] = "valid"
    """What is added at the borders: nothing, or zeros."""
    dilation_rate: SizeTriple = (1, 1, 1)
    """The distance of the window's cells; one integer for all."""

    def _window(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], Padding]:
        return self.kernel_size, self.strides, self.dilation_rate, self.padding
