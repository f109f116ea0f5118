"""ZeroPadding, Cropping, UpSampling: more or fewer steps, pixels, cells."""

from math import prod
from typing import ClassVar, Literal

from modelspec.layers.base import Layer, check_rank
from modelspec.layers.fields import (
    Border,
    Borders1,
    Borders2,
    Borders3,
    PositiveInt,
    SizePair,
    SizeTriple,
)
from modelspec.layers.kept import NOTHING
from modelspec.layers.values import Example, LayerError
from modelspec.shapes import Dim, Shape

_STEPS = "steps, channels"
_IMAGE = "height, width, channels"
_VOLUME = "depth, height, width, channels"


class _ZeroPadding(Layer):
    """Adds zeros around the axes in the middle."""

    keeps = NOTHING
    accepts = "any"
    axes: ClassVar[str]

    def borders(self) -> tuple[Border, ...]:
        """What is added before and after each axis."""
        raise NotImplementedError(type(self).__name__)

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_rank(shape, self.axes)
        pairs = zip(shape, self.borders(), strict=False)
        return (*(size + sum(border) for size, border in pairs), shape[-1])


class ZeroPadding1D(_ZeroPadding):
    """Adds steps of zeros to a sequence.

    Input: `[steps, channels]`. Output: `[steps + before + after, channels]`.

    Example:
        ```yaml
        pad: {type: ZeroPadding1D, padding: [2, 0]}
        ```
    """

    keras = "reshaping_layers/zero_padding1d/"
    axes = _STEPS
    examples: ClassVar = (
        Example({}, ((4, 2),)),
        Example({"padding": 3}, ((4, 2),)),
        Example({"padding": (0, 2)}, ((3, 1),), "int64"),
    )

    padding: Borders1 = (1, 1)
    """Steps at the front and at the end; one integer for both."""

    def borders(self) -> tuple[Border, ...]:
        return (self.padding,)


class ZeroPadding2D(_ZeroPadding):
    """Adds a border of zeros to images.

    Input: `[height, width, channels]`. Output: `[height + top + bottom, width + left + right,
    channels]`.

    Example:
        ```yaml
        pad: {type: ZeroPadding2D, padding: [[0, 1], [0, 1]]}
        ```
    """

    keras = "reshaping_layers/zero_padding2d/"
    axes = _IMAGE
    examples: ClassVar = (
        Example({}, ((4, 5, 2),)),
        Example({"padding": 3}, ((4, 5, 2),)),
        Example({"padding": (1, 2)}, ((3, 4, 1),)),
        Example({"padding": ((0, 1), (2, 0))}, ((3, 4, 1),), "uint8"),
    )

    padding: Borders2 = ((1, 1), (1, 1))
    """Rows above and below, columns left and right: one integer for all, or for each axis an
    integer, or a list of two."""

    def borders(self) -> tuple[Border, ...]:
        return self.padding


class ZeroPadding3D(_ZeroPadding):
    """Adds zeros around volumes.

    Input: `[depth, height, width, channels]`. Output: the same, each axis longer by what is
    before and after it.

    Example:
        ```yaml
        pad: {type: ZeroPadding3D, padding: 1}
        ```
    """

    keras = "reshaping_layers/zero_padding3d/"
    axes = _VOLUME
    examples: ClassVar = (
        Example({}, ((2, 3, 4, 2),)),
        Example({"padding": 2}, ((2, 3, 4, 1),)),
        Example({"padding": (0, 1, 2)}, ((2, 3, 2, 1),)),
        Example({"padding": ((0, 1), (2, 0), (1, 1))}, ((2, 3, 2, 1),)),
    )

    padding: Borders3 = ((1, 1), (1, 1), (1, 1))
    """Cells at both ends of depth, height and width: one integer for all, or for each axis an
    integer, or a list of two."""

    def borders(self) -> tuple[Border, ...]:
        return self.padding


class _Cropping(Layer):
    """Takes cells away around the axes in the middle."""

    keeps = NOTHING
    gives_view = True
    accepts = "any"
    axes: ClassVar[str]

    def borders(self) -> tuple[Border, ...]:
        """What is taken away before and after each axis."""
        raise NotImplementedError(type(self).__name__)

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_rank(shape, self.axes)
        pairs = zip(shape, self.borders(), self.axes.split(", "), strict=False)
        return (*(self._cropped(*pair) for pair in pairs), shape[-1])

    def _cropped(self, size: Dim, border: Border, name: str) -> Dim:
        left: Dim = size - sum(border)
        if isinstance(left, int) and left < 1:
            raise LayerError(
                "MS502",
                f"takes {sum(border)} {name} away of {size}, which leaves none",
                f"crop less, or give it at least {sum(border) + 1}",
                "cropping",
                (left,),
            )
        return left


class Cropping1D(_Cropping):
    """Takes steps away at both ends of a sequence.

    Input: `[steps, channels]`. Output: `[steps - front - end, channels]`.

    Example:
        ```yaml
        crop: {type: Cropping1D, cropping: [0, 1]}
        ```
    """

    keras = "reshaping_layers/cropping1d/"
    axes = _STEPS
    examples: ClassVar = (
        Example({}, ((4, 2),)),
        Example({"cropping": 2}, ((5, 1),)),
        Example({"cropping": (0, 3)}, ((5, 1),), "int64"),
    )

    cropping: Borders1 = (1, 1)
    """Steps at the front and at the end; one integer for both."""

    def borders(self) -> tuple[Border, ...]:
        return (self.cropping,)


class Cropping2D(_Cropping):
    """Takes the borders of images away.

    Input: `[height, width, channels]`. Output: `[height - top - bottom, width - left - right,
    channels]`.

    Example:
        ```yaml
        crop: {type: Cropping2D, cropping: 2}
        ```
    """

    keras = "reshaping_layers/cropping2d/"
    axes = _IMAGE
    examples: ClassVar = (
        Example({"cropping": 1}, ((4, 5, 2),)),
        Example({"cropping": (1, 2)}, ((4, 7, 1),)),
        Example({"cropping": ((0, 2), (3, 0))}, ((4, 5, 1),), "uint8"),
        Example({}, ((3, 2, 1),)),
    )

    cropping: Borders2 = ((0, 0), (0, 0))
    """Rows above and below, columns left and right: one integer for all, or for each axis an
    integer, or a list of two."""

    def borders(self) -> tuple[Border, ...]:
        return self.cropping


class Cropping3D(_Cropping):
    """Takes the outer cells of volumes away.

    Input: `[depth, height, width, channels]`. Output: the same, each axis shorter by what is
    taken away before and after it.

    Example:
        ```yaml
        crop: {type: Cropping3D, cropping: 1}
        ```
    """

    keras = "reshaping_layers/cropping3d/"
    axes = _VOLUME
    examples: ClassVar = (
        Example({}, ((3, 4, 5, 2),)),
        Example({"cropping": (0, 1, 2)}, ((2, 3, 5, 1),)),
        Example({"cropping": ((0, 1), (2, 0), (1, 1))}, ((2, 4, 3, 1),)),
    )

    cropping: Borders3 = ((1, 1), (1, 1), (1, 1))
    """Cells at both ends of depth, height and width: one integer for all, or for each axis an
    integer, or a list of two."""

    def borders(self) -> tuple[Border, ...]:
        return self.cropping


class _UpSampling(Layer):
    """Repeats cells along the axes in the middle."""

    keeps = NOTHING
    axes: ClassVar[str]

    def factors(self) -> tuple[int, ...]:
        """How often each axis is repeated."""
        raise NotImplementedError(type(self).__name__)

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_rank(shape, self.axes)
        pairs = zip(shape, self.factors(), strict=False)
        return (*(size * factor for size, factor in pairs), shape[-1])


class UpSampling1D(_UpSampling):
    """Repeats each step of a sequence.

    Input: `[steps, channels]`. Output: `[size * steps, channels]`.

    Example:
        ```yaml
        up: {type: UpSampling1D, size: 2}
        ```
    """

    keras = "reshaping_layers/up_sampling1d/"
    accepts = "any"
    axes = _STEPS
    examples: ClassVar = (
        Example({}, ((4, 2),)),
        Example({"size": 3}, ((3, 1),), "int64"),
    )

    size: PositiveInt = 2
    """How often each step stands in the result."""

    def factors(self) -> tuple[int, ...]:
        return (self.size,)


class UpSampling2D(_UpSampling):
    """Makes images larger.

    Input: `[height, width, channels]`, floats. Output: `[rows * height, columns * width,
    channels]`.

    Example:
        ```yaml
        up: {type: UpSampling2D, size: 2, interpolation: bilinear}
        ```
    """

    keras = "reshaping_layers/up_sampling2d/"
    axes = _IMAGE
    examples: ClassVar = (
        Example({}, ((3, 4, 2),)),
        Example({"size": (2, 3)}, ((3, 2, 2),)),
        Example({"interpolation": "bilinear"}, ((3, 4, 2),)),
        Example({"size": 3, "interpolation": "bicubic"}, ((3, 4, 1),)),
        Example({"interpolation": "lanczos3"}, ((4, 5, 1),)),
        Example({"size": (1, 2), "interpolation": "lanczos5"}, ((4, 7, 1),)),
    )

    size: SizePair = (2, 2)
    """How many times as high and as wide; one integer for both."""
    interpolation: Literal["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"] = "nearest"
    """How new pixels are found: the nearest one repeated, or between those around."""

    def factors(self) -> tuple[int, ...]:
        return self.size

    def flops(self, *shapes: Shape) -> Dim:
        """Of an interpolation, a multiplication and an addition for each pixel that is read."""
        reach = {"nearest": 0, "bilinear": 4, "bicubic": 16, "lanczos3": 36, "lanczos5": 100}
        cells: Dim = prod(self.size)
        for size in shapes[0]:
            cells = cells * size
        return cells * 2 * reach[self.interpolation]


class UpSampling3D(_UpSampling):
    """Repeats the cells of volumes.

    Input: `[depth, height, width, channels]`. Output: each axis but the last longer by its factor.

    Example:
        ```yaml
        up: {type: UpSampling3D, size: [1, 2, 2]}
        ```
    """

    keras = "reshaping_layers/up_sampling3d/"
    accepts = "any"
    axes = _VOLUME
    examples: ClassVar = (
        Example({}, ((2, 3, 2, 2),)),
        Example({"size": (1, 2, 3)}, ((2, 2, 2, 1),)),
    )

    size: SizeTriple = (2, 2, 2)
    """How many times as deep, as high and as wide; one integer for all."""

    def factors(self) -> tuple[int, ...]:
        return self.size
