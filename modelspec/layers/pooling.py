"""Poolings: the largest or the mean of a window, or of all there is."""

from math import prod
from typing import ClassVar, Literal

from modelspec.layers.base import Layer, check_rank
from modelspec.layers.fields import PositiveInt, SizePair, SizeTriple
from modelspec.layers.kept import FLOAT, NOTHING, Kept, padded_copy, with_places
from modelspec.layers.values import Example
from modelspec.layers.windows import slide
from modelspec.shapes import Dim, Shape, product


class _Pooling(Layer):
    """What the windowed poolings have in common."""

    padding: Literal["valid", "same"] = "valid"
    """`valid` drops what does not fill a window, `same` keeps it: only real cells count."""

    axes: ClassVar[str]

    def window(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The window's size and its steps, by axis."""
        raise NotImplementedError(type(self).__name__)

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_rank(shape, self.axes)
        kernel, strides = self.window()
        flat = (1,) * len(kernel)
        return (*slide(shape[:-1], kernel, strides, flat, self.padding, "pool_size"), shape[-1])

    def flops(self, *shapes: Shape) -> Dim:
        return product(self.output_shape(*shapes)) * prod(self.window()[0])

    def kept(self, *shapes: Shape) -> Kept:
        kernel, strides = self.window()
        flat = (1,) * len(kernel)
        copied = padded_copy(shapes[0], kernel, strides, flat, self.padding, always=True)
        return Kept(operands=copied == 0, more=FLOAT * copied)


class _Pooling1D(_Pooling):
    axes: ClassVar[str] = "steps, channels"

    pool_size: PositiveInt = 2
    """The window's length."""
    strides: PositiveInt | None = None
    """The window's step; `pool_size` by default."""

    def window(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return (self.pool_size,), (self.strides or self.pool_size,)


class _Pooling2D(_Pooling):
    axes: ClassVar[str] = "height, width, channels"

    pool_size: SizePair = (2, 2)
    """The window's height and width; one integer for both."""
    strides: SizePair | None = None
    """The window's steps; `pool_size` by default."""

    def window(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return self.pool_size, self.strides or self.pool_size


class _Pooling3D(_Pooling):
    axes: ClassVar[str] = "depth, height, width, channels"

    pool_size: SizeTriple = (2, 2, 2)
    """The window's depth, height and width; one integer for all."""
    strides: SizeTriple | None = None
    """The window's steps; `pool_size` by default."""

    def window(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return self.pool_size, self.strides or self.pool_size


_EXAMPLES_1D = (
    Example({}, ((7, 3),)),
    Example({"pool_size": 3}, ((9, 2),)),
    Example({"pool_size": 3, "strides": 1}, ((6, 2),)),
    Example({"pool_size": 2, "strides": 3, "padding": "same"}, ((8, 2),)),
    Example({"padding": "same"}, ((7, 2),)),
    Example({"pool_size": 2, "strides": 1, "padding": "same"}, ((5, 2),)),
    Example({"pool_size": 5, "strides": 2, "padding": "same"}, ((3, 1),)),
)
_EXAMPLES_2D = (
    Example({}, ((6, 7, 2),)),
    Example({"pool_size": (3, 2), "strides": 1}, ((5, 6, 2),)),
    Example({"pool_size": 3, "strides": 2, "padding": "same"}, ((6, 7, 2),)),
    Example({"padding": "same"}, ((5, 5, 3),)),
    Example({"pool_size": 2, "strides": 1, "padding": "same"}, ((4, 3, 2),)),
    Example({"pool_size": (1, 3), "strides": (2, 2), "padding": "same"}, ((5, 8, 1),)),
)
_EXAMPLES_3D = (
    Example({}, ((5, 4, 6, 2),)),
    Example({"pool_size": (3, 2, 1), "strides": 1}, ((4, 3, 2, 2),)),
    Example({"pool_size": 3, "strides": 2, "padding": "same"}, ((4, 5, 3, 2),)),
    Example({"padding": "same"}, ((3, 3, 3, 1),)),
    Example({"pool_size": 2, "strides": 1, "padding": "same"}, ((3, 2, 4, 1),)),
    Example({"pool_size": (1, 3, 2), "strides": (2, 2, 1), "padding": "same"}, ((3, 5, 4, 1),)),
)


class MaxPooling1D(_Pooling1D):
    """The largest number in each window of a sequence.

    Input: `[steps, channels]`, floats. Output: `[new_steps, channels]`, with
    `floor((steps - pool_size) / strides) + 1` steps, with `padding: same` `ceil(steps / strides)`.

    Example:
        ```yaml
        pool: {type: MaxPooling1D, pool_size: 5}
        ```
    """

    keras = "pooling_layers/max_pooling1d/"
    examples = _EXAMPLES_1D

    def kept(self, *shapes: Shape) -> Kept:
        return with_places(super().kept(*shapes), self.output_shape(*shapes))


class MaxPooling2D(_Pooling2D):
    """The largest number in each window of an image.

    Input: `[height, width, channels]`, floats. Output: `[new_height, new_width, channels]`, with
    `floor((size - pool_size) / strides) + 1` left of an axis, with `padding: same`
    `ceil(size / strides)`.

    Example:
        ```yaml
        pool: {type: MaxPooling2D, pool_size: 2}
        ```
    """

    keras = "pooling_layers/max_pooling2d/"
    examples = _EXAMPLES_2D

    def kept(self, *shapes: Shape) -> Kept:
        return with_places(super().kept(*shapes), self.output_shape(*shapes))


class MaxPooling3D(_Pooling3D):
    """The largest number in each window of a volume.

    Input: `[depth, height, width, channels]`, floats. Output: `[new_depth, new_height, new_width,
    channels]`, with `floor((size - pool_size) / strides) + 1` left of an axis, with
    `padding: same` `ceil(size / strides)`.

    Example:
        ```yaml
        pool: {type: MaxPooling3D, pool_size: 2}
        ```
    """

    keras = "pooling_layers/max_pooling3d/"
    examples = _EXAMPLES_3D

    def kept(self, *shapes: Shape) -> Kept:
        return with_places(super().kept(*shapes), self.output_shape(*shapes))


class AveragePooling1D(_Pooling1D):
    """The mean of each window of a sequence.

    Input: `[steps, channels]`, floats. Output: `[new_steps, channels]`, with
    `floor((steps - pool_size) / strides) + 1` steps, with `padding: same` `ceil(steps / strides)`.
    A window that hangs over the border is divided by the number of cells that are there.

    Example:
        ```yaml
        pool: {type: AveragePooling1D, pool_size: 2}
        ```
    """

    keras = "pooling_layers/average_pooling1d/"
    examples = _EXAMPLES_1D


class AveragePooling2D(_Pooling2D):
    """The mean of each window of an image.

    Input: `[height, width, channels]`, floats. Output: `[new_height, new_width, channels]`, with
    `floor((size - pool_size) / strides) + 1` left of an axis, with `padding: same`
    `ceil(size / strides)`. A window that hangs over the border is divided by the number of
    cells that are there.

    Example:
        ```yaml
        pool: {type: AveragePooling2D, pool_size: 2, padding: same}
        ```
    """

    keras = "pooling_layers/average_pooling2d/"
    examples = _EXAMPLES_2D


class AveragePooling3D(_Pooling3D):
    """The mean of each window of a volume.

    Input: `[depth, height, width, channels]`, floats. Output: `[new_depth, new_height, new_width,
    channels]`, with `floor((size - pool_size) / strides) + 1` left of an axis, with
    `padding: same` `ceil(size / strides)`. A window that hangs over the border is divided by the
    number of cells that are there.

    Example:
        ```yaml
        pool: {type: AveragePooling3D, pool_size: [1, 2, 2]}
        ```
    """

    keras = "pooling_layers/average_pooling3d/"
    examples = _EXAMPLES_3D


class _GlobalPooling(Layer):
    """What the poolings over everything have in common."""

    keepdims: bool = False
    """Whether the pooled axes stay, with size 1."""

    axes: ClassVar[str]

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_rank(shape, self.axes)
        kept = (1,) * (len(shape) - 1) if self.keepdims else ()
        return (*kept, shape[-1])

    def flops(self, *shapes: Shape) -> Dim:
        return product(shapes[0])


class GlobalMaxPooling1D(_GlobalPooling):
    """The largest number of each channel of a sequence.

    Input: `[steps, channels]`, floats, any number of steps. Output: `[channels]`.

    Example:
        ```yaml
        pool: GlobalMaxPooling1D
        ```
    """

    keras = "pooling_layers/global_max_pooling1d/"
    axes: ClassVar[str] = "steps, channels"
    examples: ClassVar = (Example({}, ((5, 3),)), Example({"keepdims": True}, ((4, 2),)))


class GlobalMaxPooling2D(_GlobalPooling):
    """The largest number of each channel of an image.

    Input: `[height, width, channels]`, floats. Output: `[channels]`.

    Example:
        ```yaml
        pool: GlobalMaxPooling2D
        ```
    """

    keras = "pooling_layers/global_max_pooling2d/"
    axes: ClassVar[str] = "height, width, channels"
    examples: ClassVar = (Example({}, ((5, 4, 3),)), Example({"keepdims": True}, ((4, 3, 2),)))


class GlobalMaxPooling3D(_GlobalPooling):
    """The largest number of each channel of a volume.

    Input: `[depth, height, width, channels]`, floats. Output: `[channels]`.

    Example:
        ```yaml
        pool: GlobalMaxPooling3D
        ```
    """

    keras = "pooling_layers/global_max_pooling3d/"
    axes: ClassVar[str] = "depth, height, width, channels"
    examples: ClassVar = (
        Example({}, ((3, 5, 4, 3),)),
        Example({"keepdims": True}, ((2, 4, 3, 2),)),
    )


class GlobalAveragePooling1D(_GlobalPooling):
    """The mean of each channel of a sequence.

    Input: `[steps, channels]`, floats, any number of steps. Output: `[channels]`.

    Example:
        ```yaml
        pool: GlobalAveragePooling1D
        ```
    """

    keras = "pooling_layers/global_average_pooling1d/"
    keeps = NOTHING
    masks = "uses"
    axes: ClassVar[str] = "steps, channels"
    examples: ClassVar = (Example({}, ((5, 3),)), Example({"keepdims": True}, ((4, 2),)))


class GlobalAveragePooling2D(_GlobalPooling):
    """The mean of each channel of an image.

    Input: `[height, width, channels]`, floats. Output: `[channels]`.

    Example:
        ```yaml
        pool: GlobalAveragePooling2D
        ```
    """

    keras = "pooling_layers/global_average_pooling2d/"
    keeps = NOTHING
    axes: ClassVar[str] = "height, width, channels"
    examples: ClassVar = (Example({}, ((5, 4, 3),)), Example({"keepdims": True}, ((4, 3, 2),)))


class GlobalAveragePooling3D(_GlobalPooling):
    """The mean of each channel of a volume.

    Input: `[depth, height, width, channels]`, floats. Output: `[channels]`.

    Example:
        ```yaml
        pool: GlobalAveragePooling3D
        ```
    """

    keras = "pooling_layers/global_average_pooling3d/"
    keeps = NOTHING
    axes: ClassVar[str] = "depth, height, width, channels"
    examples: ClassVar = (
        Example({}, ((3, 5, 4, 3),)),
        Example({"keepdims": True}, ((2, 4, 3, 2),)),
    )
