"""Conv1DTranspose, Conv2DTranspose, Conv3DTranspose: what leads back from a convolution's size."""

from math import prod
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from modelspec.layers.base import Layer, check_rank, known_size
from modelspec.layers.constraints import Constraint
from modelspec.layers.fields import ActivationName, Cells, PositiveInt, SizePair, SizeTriple
from modelspec.layers.initializers import Initializer, VectorInitializer
from modelspec.layers.kept import OPERANDS
from modelspec.layers.regularizers import Regularizer
from modelspec.layers.values import Example, LayerError, Weight
from modelspec.shapes import Dim, Shape, product

_Sizes = tuple[int, ...]


class _Transposed(Layer):
    """What the three have in common; `window` says kernel, strides and dilation by axis."""

    keeps = OPERANDS
    axes: ClassVar[str]

    filters: PositiveInt
    """The number of output channels."""
    padding: Literal["valid", "same"] = "valid"
    """`same`: the result is `strides` times as large. `valid`: it also has what overhangs."""
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

    def window(self) -> tuple[_Sizes, _Sizes, _Sizes]:
        """Kernel, strides and dilation, by axis."""
        raise NotImplementedError(type(self).__name__)

    def extra(self) -> tuple[int | None, ...]:
        """`output_padding` by axis."""
        raise NotImplementedError(type(self).__name__)

    def crops(self) -> tuple[tuple[int, int], ...]:
        """What is cut off of each axis of the whole result, before and after; below 0 is added."""
        return tuple(
            _crop(kernel, stride, dilation, self.padding, extra)
            for kernel, stride, dilation, extra in zip(*self.window(), self.extra(), strict=True)
        )

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_rank(shape, self.axes)
        known_size(shape[-1], "channels")
        sizes = zip(shape, *self.window(), self.crops(), strict=False)
        return (*(self._size(*each) for each in sizes), self.filters)

    def _size(
        self, size: Dim, kernel: int, stride: int, dilation: int, crop: tuple[int, int]
    ) -> Dim:
        found: Dim = (size - 1) * stride + (kernel - 1) * dilation + 1 - sum(crop)
        if isinstance(found, int) and found < 1:
            raise LayerError(
                "MS502",
                f"would make {found} of {size}",
                "raise `output_padding`",
                "output_padding",
                (found,),
            )
        return found

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        channels = known_size(shapes[0][-1], "channels")
        kernel = Weight("kernel", (*self.window()[0], self.filters, channels))
        return (kernel, Weight("bias", (self.filters,))) if self.use_bias else (kernel,)

    def flops(self, *shapes: Shape) -> Dim:
        """The kernel at each cell of the operand, and the bias at each of the result."""
        (shape,) = shapes
        kernel = 2 * prod(self.weights(shape)[0].shape)
        return product(shape[:-1]) * kernel + product(self.output_shape(shape)) * self.use_bias


def _crop(
    kernel: int, stride: int, dilation: int, padding: str, extra: int | None
) -> tuple[int, int]:
    """Keras's rule (`compute_conv_transpose_padding_args`)."""
    reach = (kernel - 1) * dilation + 1
    if padding == "valid":
        return 0, -(max(reach, stride) - reach if extra is None else extra)
    total = stride + reach - 2 if extra is None else reach + reach % 2 - 2 + extra
    left = min(total // 2 + total % 2, reach - 1)
    return reach - 1 - left, reach - 1 - (total - left)


class Conv1DTranspose(_Transposed):
    """A transposed convolution along a sequence: more steps of fewer channels.

    Input: `[steps, channels]`, floats. Output: `[new_steps, filters]`.
    Weights: `kernel [kernel_size, filters, channels]`, `bias [filters]`.

    `same` makes `steps * strides`, `valid` makes `(steps - 1) * strides + max(reach, strides)`,
    where `reach = (kernel_size - 1) * dilation_rate + 1`.

    Example:
        ```yaml
        up: {type: Conv1DTranspose, filters: 32, kernel_size: 3, strides: 2, padding: same}
        ```
    """

    keras = "convolution_layers/convolution1d_transpose/"
    axes = "steps, channels"
    examples: ClassVar = (
        Example({"filters": 3, "kernel_size": 3}, ((4, 2),)),
        Example({"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same"}, ((4, 2),)),
        Example({"filters": 2, "kernel_size": 2, "strides": 3}, ((3, 2),)),
        Example({"filters": 2, "kernel_size": 2, "dilation_rate": 2}, ((4, 2),)),
        Example(
            {"filters": 2, "kernel_size": 4, "strides": 2, "padding": "same", "use_bias": False},
            ((3, 1),),
        ),
        Example({"filters": 2, "kernel_size": 3, "strides": 2, "output_padding": 1}, ((3, 2),)),
    )

    kernel_size: PositiveInt
    """The window's length."""
    strides: PositiveInt = 1
    """How many steps of the result one step of the operand moves on."""
    output_padding: Annotated[int, Field(ge=0)] | None = None
    """How many steps are added at the end; by default what the sizes above say."""
    dilation_rate: PositiveInt = 1
    """The distance of the window's cells."""

    def window(self) -> tuple[_Sizes, _Sizes, _Sizes]:
        return (self.kernel_size,), (self.strides,), (self.dilation_rate,)

    def extra(self) -> tuple[int | None, ...]:
        return (self.output_padding,)


class Conv2DTranspose(_Transposed):
    """A transposed convolution over images: larger pictures of fewer channels.

    Input: `[height, width, channels]`, floats. Output: `[new_height, new_width, filters]`.
    Weights: `kernel [kernel_height, kernel_width, filters, channels]`, `bias [filters]`.

    `same` makes `size * strides`, `valid` makes `(size - 1) * strides + max(reach, strides)`,
    where `reach = (kernel_size - 1) * dilation_rate + 1`.

    Example:
        ```yaml
        up: {type: Conv2DTranspose, filters: 64, kernel_size: 2, strides: 2, padding: same}
        ```
    """

    keras = "convolution_layers/convolution2d_transpose/"
    axes = "height, width, channels"
    examples: ClassVar = (
        Example({"filters": 3, "kernel_size": 3}, ((3, 4, 2),)),
        Example({"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same"}, ((3, 4, 2),)),
        Example({"filters": 2, "kernel_size": 2, "strides": 2, "padding": "same"}, ((3, 4, 2),)),
        Example({"filters": 2, "kernel_size": (2, 3), "strides": (3, 1)}, ((3, 4, 2),)),
        Example({"filters": 2, "kernel_size": 2, "dilation_rate": 2}, ((3, 4, 1),)),
        Example(
            {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1},
            ((3, 3, 2),),
        ),
        Example(
            {
                "filters": 2,
                "kernel_size": 4,
                "strides": 2,
                "padding": "same",
                "activation": "relu",
                "kernel_regularizer": "l2",
                "bias_initializer": "ones",
            },
            ((3, 3, 2),),
        ),
    )

    kernel_size: SizePair
    """The window's height and width; one integer for both."""
    strides: SizePair = (1, 1)
    """How far one cell of the operand moves on in the result; one integer for both."""
    output_padding: (
        Annotated[int, Field(ge=0)] | Annotated[tuple[Cells, Cells], Field(strict=False)] | None
    ) = None
    """How many cells are added at the end of each axis; by default what the sizes above say."""
    dilation_rate: SizePair = (1, 1)
    """The distance of the window's cells; one integer for both."""

    def window(self) -> tuple[_Sizes, _Sizes, _Sizes]:
        return self.kernel_size, self.strides, self.dilation_rate

    def extra(self) -> tuple[int | None, ...]:
        padding = self.output_padding
        return padding if isinstance(padding, tuple) else (padding,) * 2


class Conv3DTranspose(_Transposed):
    """A transposed convolution over volumes.

    Input: `[depth, height, width, channels]`, floats. Output: `[new_depth, new_height, new_width,
    filters]`.
    Weights: `kernel [kernel_depth, kernel_height, kernel_width, filters, channels]`,
    `bias [filters]`.

    The sizes are those of Conv2DTranspose, axis by axis.

    Example:
        ```yaml
        up: {type: Conv3DTranspose, filters: 8, kernel_size: 2, strides: 2, padding: same}
        ```
    """

    keras = "convolution_layers/convolution3d_transpose/"
    axes = "depth, height, width, channels"
    examples: ClassVar = (
        Example({"filters": 2, "kernel_size": 2}, ((2, 3, 2, 2),)),
        Example({"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same"}, ((2, 2, 3, 1),)),
        Example({"filters": 1, "kernel_size": (1, 2, 3), "strides": (2, 1, 2)}, ((2, 2, 2, 2),)),
    )

    kernel_size: SizeTriple
    """The window's depth, height and width; one integer for all."""
    strides: SizeTriple = (1, 1, 1)
    """How far one cell of the operand moves on in the result; one integer for all."""
    output_padding: (
        Annotated[int, Field(ge=0)]
        | Annotated[tuple[Cells, Cells, Cells], Field(strict=False)]
        | None
    ) = None
    """How many cells are added at the end of each axis; by default what the sizes above say."""
    dilation_rate: SizeTriple = (1, 1, 1)
    """The distance of the window's cells; one integer for all."""

    def window(self) -> tuple[_Sizes, _Sizes, _Sizes]:
        return self.kernel_size, self.strides, self.dilation_rate

    def extra(self) -> tuple[int | None, ...]:
        padding = self.output_padding
        return padding if isinstance(padding, tuple) else (padding,) * 3
