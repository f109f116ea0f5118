"""Resizing, CenterCrop: images of any size become images of one."""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from modelspec.layers.base import Layer, check_rank
from modelspec.layers.fields import PositiveInt
from modelspec.layers.kept import NOTHING
from modelspec.layers.values import FLOATS, Example
from modelspec.shapes import Shape


class _Image(Layer):
    """What takes images of any number type and gives floats."""

    keeps = NOTHING
    accepts = "any"

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_rank(shape, "height, width, channels")
        return shape

    def output_dtype(self, *dtypes: str) -> str:
        """Floats stay what they are; integers become float32."""
        return dtypes[0] if dtypes[0] in FLOATS else "float32"


class _Framed(_Image):
    """What gives images of one size."""

    height: PositiveInt
    """The height of the result."""
    width: PositiveInt
    """The width of the result."""

    def output_shape(self, *shapes: Shape) -> Shape:
        return (self.height, self.width, super().output_shape(*shapes)[-1])


class Resizing(_Framed):
    """Scales images to one size.

    Input: `[height, width, channels]`, any numbers. Output: `[height, width, channels]` with the
    height and width of the arguments; floats stay what they are, integers become float32.

    Where the aspect ratio changes, the picture is stretched, unless `crop_to_aspect_ratio` or
    `pad_to_aspect_ratio` says otherwise. `bicubic` is Keys's kernel with -0.5, as in TensorFlow
    and JAX.

    Example:
        ```yaml
        small: {type: Resizing, height: 224, width: 224}
        ```
    """

    keras = "preprocessing_layers/image_preprocessing/resizing/"
    keeps = NOTHING
    examples: ClassVar = (
        Example({"height": 3, "width": 4}, ((6, 7, 2),)),
        Example({"height": 9, "width": 5}, ((6, 7, 3),), "uint8"),
        Example({"height": 3, "width": 8, "interpolation": "nearest"}, ((7, 5, 2),)),
        Example({"height": 5, "width": 4, "interpolation": "bicubic"}, ((8, 9, 1),)),
        Example({"height": 9, "width": 4, "interpolation": "lanczos3"}, ((8, 9, 1),)),
        Example({"height": 4, "width": 9, "interpolation": "lanczos5"}, ((8, 7, 1),)),
        Example({"height": 3, "width": 4, "antialias": True}, ((9, 7, 2),)),
        Example(
            {"height": 3, "width": 4, "antialias": True, "interpolation": "bicubic"}, ((9, 7, 2),)
        ),
        Example({"height": 3, "width": 4, "crop_to_aspect_ratio": True}, ((9, 7, 2),)),
        Example({"height": 4, "width": 3, "crop_to_aspect_ratio": True}, ((5, 9, 2),)),
        Example({"height": 3, "width": 4, "pad_to_aspect_ratio": True}, ((9, 7, 2),)),
        Example(
            {"height": 4, "width": 3, "pad_to_aspect_ratio": True, "fill_value": 2.0}, ((5, 9, 2),)
        ),
    )

    interpolation: Literal["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"] = "bilinear"
    """How numbers between pixels are found."""
    crop_to_aspect_ratio: bool = False
    """Whether to cut off borders first, so that nothing is stretched."""
    pad_to_aspect_ratio: bool = False
    """Whether to add borders first, so that nothing is stretched."""
    fill_value: float = 0.0
    """What added borders hold."""
    antialias: bool = False
    """Whether shrinking averages over all pixels; `nearest` never does."""

    @model_validator(mode="after")
    def _crop_or_pad(self) -> Self:
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            raise ValueError("only one of crop_to_aspect_ratio, pad_to_aspect_ratio can be true")
        return self


class CenterCrop(_Framed):
    """Cuts the middle out of images.

    Input: `[height, width, channels]`, any numbers. Output: `[height, width, channels]` with the
    height and width of the arguments; floats stay what they are, integers become float32.

    An image that is too small gives its largest middle part of the wanted aspect ratio, scaled up.

    Example:
        ```yaml
        middle: {type: CenterCrop, height: 224, width: 224}
        ```
    """

    keras = "preprocessing_layers/image_preprocessing/center_crop/"
    keeps = NOTHING
    examples: ClassVar = (
        Example({"height": 3, "width": 4}, ((6, 7, 2),)),
        Example({"height": 4, "width": 3}, ((7, 8, 1),), "uint8"),
        Example({"height": 5, "width": 5}, ((5, 5, 2),)),
        Example({"height": 6, "width": 4}, ((4, 9, 2),)),
    )
