"""Adaptive poolings: windows that are made to leave a given size."""

from typing import Any, ClassVar

from modelspec.layers.base import Layer, check_rank
from modelspec.layers.fields import PositiveInt, SizePair, SizeTriple
from modelspec.layers.kept import OPERANDS, Kept, with_places
from modelspec.layers.values import Example
from modelspec.shapes import Dim, Shape, product


class _Adaptive(Layer):
    """What the adaptive poolings have in common."""

    keeps = OPERANDS
    axes: ClassVar[str]
    output_size: Any
    """The sizes of the result."""

    def sizes(self) -> tuple[int, ...]:
        """The sizes of the result, by axis."""
        sizes: int | tuple[int, ...] = self.output_size
        return (sizes,) if isinstance(sizes, int) else sizes

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_rank(shape, self.axes)
        return (*self.sizes(), shape[-1])

    def flops(self, *shapes: Shape) -> Dim:
        """About one operation a number; windows may share some."""
        return product(shapes[0])


class _Adaptive1D(_Adaptive):
    axes: ClassVar[str] = "steps, channels"

    output_size: PositiveInt
    """The number of steps of the result."""


class _Adaptive2D(_Adaptive):
    axes: ClassVar[str] = "height, width, channels"

    output_size: SizePair
    """The height and width of the result; one integer for both."""


class _Adaptive3D(_Adaptive):
    axes: ClassVar[str] = "depth, height, width, channels"

    output_size: SizeTriple
    """The depth, height and width of the result; one integer for all."""


_EXAMPLES_1D = (
    Example({"output_size": 3}, ((8, 2),)),
    Example({"output_size": 1}, ((5, 2),)),
    Example({"output_size": 4}, ((7, 3),)),
    Example({"output_size": 5}, ((3, 2),)),
)
_EXAMPLES_2D = (
    Example({"output_size": 2}, ((5, 6, 2),)),
    Example({"output_size": (3, 4)}, ((7, 4, 2),)),
    Example({"output_size": (5, 1)}, ((3, 4, 1),)),
)
_EXAMPLES_3D = (
    Example({"output_size": 2}, ((4, 5, 3, 2),)),
    Example({"output_size": (1, 3, 2)}, ((2, 5, 4, 1),)),
    Example({"output_size": (3, 2, 1)}, ((2, 4, 3, 1),)),
)


class AdaptiveAveragePooling1D(_Adaptive1D):
    """Divides a sequence into `output_size` windows, and takes the mean of each.

    Input: `[steps, channels]`, floats, of any number of steps. Output: `[output_size, channels]`.

    Window `i` of an axis goes from `floor(i * size / new)` up to `ceil((i + 1) * size / new)`:
    neighbours may overlap by a cell.

    Example:
        ```yaml
        pool: {type: AdaptiveAveragePooling1D, output_size: 8}
        ```
    """

    keras = "pooling_layers/adaptive_average_pooling1d/"
    examples = _EXAMPLES_1D


class AdaptiveAveragePooling2D(_Adaptive2D):
    """Divides an image into `output_size` windows, and takes the mean of each.

    Input: `[height, width, channels]`, floats, of any size.
    Output: `[new_height, new_width, channels]`, with the sizes of the argument.

    Window `i` of an axis goes from `floor(i * size / new)` up to `ceil((i + 1) * size / new)`:
    neighbours may overlap by a cell.

    Example:
        ```yaml
        pool: {type: AdaptiveAveragePooling2D, output_size: [7, 7]}
        ```
    """

    keras = "pooling_layers/adaptive_average_pooling2d/"
    examples = _EXAMPLES_2D


class AdaptiveAveragePooling3D(_Adaptive3D):
    """Divides a volume into `output_size` windows, and takes the mean of each.

    Input: `[depth, height, width, channels]`, floats, of any size.
    Output: `[new_depth, new_height, new_width, channels]`, with the sizes of the argument.

    Window `i` of an axis goes from `floor(i * size / new)` up to `ceil((i + 1) * size / new)`:
    neighbours may overlap by a cell.

    Example:
        ```yaml
        pool: {type: AdaptiveAveragePooling3D, output_size: 2}
        ```
    """

    keras = "pooling_layers/adaptive_average_pooling3d/"
    examples = _EXAMPLES_3D


class AdaptiveMaxPooling1D(_Adaptive1D):
    """Divides a sequence into `output_size` windows, and takes the largest number of each.

    Input: `[steps, channels]`, floats, of any number of steps. Output: `[output_size, channels]`.

    Window `i` of an axis goes from `floor(i * size / new)` up to `ceil((i + 1) * size / new)`:
    neighbours may overlap by a cell.

    Example:
        ```yaml
        pool: {type: AdaptiveMaxPooling1D, output_size: 8}
        ```
    """

    keras = "pooling_layers/adaptive_max_pooling1d/"
    examples = _EXAMPLES_1D

    def kept(self, *shapes: Shape) -> Kept:
        return with_places(OPERANDS, self.output_shape(*shapes))


class AdaptiveMaxPooling2D(_Adaptive2D):
    """Divides an image into `output_size` windows, and takes the largest number of each.

    Input: `[height, width, channels]`, floats, of any size.
    Output: `[new_height, new_width, channels]`, with the sizes of the argument.

    Window `i` of an axis goes from `floor(i * size / new)` up to `ceil((i + 1) * size / new)`:
    neighbours may overlap by a cell.

    Example:
        ```yaml
        pool: {type: AdaptiveMaxPooling2D, output_size: [7, 7]}
        ```
    """

    keras = "pooling_layers/adaptive_max_pooling2d/"
    examples = _EXAMPLES_2D

    def kept(self, *shapes: Shape) -> Kept:
        return with_places(OPERANDS, self.output_shape(*shapes))


class AdaptiveMaxPooling3D(_Adaptive3D):
    """Divides a volume into `output_size` windows, and takes the largest number of each.

    Input: `[depth, height, width, channels]`, floats, of any size.
    Output: `[new_depth, new_height, new_width, channels]`, with the sizes of the argument.

    Window `i` of an axis goes from `floor(i * size / new)` up to `ceil((i + 1) * size / new)`:
    neighbours may overlap by a cell.

    Example:
        ```yaml
        pool: {type: AdaptiveMaxPooling3D, output_size: 2}
        ```
    """

    keras = "pooling_layers/adaptive_max_pooling3d/"
    examples = _EXAMPLES_3D

    def kept(self, *shapes: Shape) -> Kept:
        return with_places(OPERANDS, self.output_shape(*shapes))
