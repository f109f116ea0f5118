"""Images moved at random in training: flipped, turned, zoomed, shifted, sheared, cropped."""

from typing import Annotated, ClassVar, Literal

from modelspec.layers.factors import Share, Signed, Within
from modelspec.layers.image_preprocessing import _Framed, _Image
from modelspec.layers.kept import NOTHING
from modelspec.layers.values import Example
from modelspec.shapes import Dim, Shape, product


class _Warped(_Image):
    """What takes each pixel of the result from another place of the image."""

    keeps = NOTHING
    fill_mode: Literal["constant", "nearest", "reflect", "wrap"] = "reflect"
    """What lies outside the image `a b c d`: `constant` is `k k|a b c d|k k`, `nearest`
    `a a|a b c d|d d`, `reflect` `b a|a b c d|d c`, `wrap` `c d|a b c d|a b`."""
    interpolation: Literal["bilinear", "nearest"] = "bilinear"
    """How numbers between pixels are found."""
    fill_value: float = 0.0
    """What lies outside the image with `fill_mode: constant`."""

    def flops(self, *shapes: Shape) -> Dim:
        """Four pixels, weighed and added."""
        return product(shapes[0]) * 8


_WARPS = (
    {"fill_mode": "constant", "fill_value": 0.5},
    {"fill_mode": "nearest"},
    {"fill_mode": "wrap"},
    {"fill_mode": "reflect", "interpolation": "nearest"},
    {"fill_mode": "constant", "interpolation": "nearest"},
)


class RandomFlip(_Image):
    """In training, mirrors about half of the images.

    Input: `[height, width, channels]`, any numbers. Output: the same shape; floats stay what they
    are, integers become float32. Does nothing outside training.

    With `horizontal_and_vertical` an image is mirrored both ways, or not at all.

    Example:
        ```yaml
        flip: {type: RandomFlip, mode: horizontal}
        ```
    """

    keras = "preprocessing_layers/image_augmentation/random_flip/"
    examples: ClassVar = (
        Example({}, ((4, 5, 3),)),
        Example({"mode": "horizontal"}, ((4, 5, 3),)),
        Example({"mode": "vertical"}, ((3, 4, 1),), "uint8"),
    )

    mode: Literal["horizontal", "vertical", "horizontal_and_vertical"] = "horizontal_and_vertical"
    """`horizontal` changes left and right, `vertical` top and bottom."""


class RandomRotation(_Warped):
    """In training, turns each image about its middle by an angle of its own.

    Input: `[height, width, channels]`, any numbers. Output: the same shape; floats stay what they
    are, integers become float32. Does nothing outside training.

    Example:
        ```yaml
        turn: {type: RandomRotation, factor: 0.05}
        ```
    """

    keras = "preprocessing_layers/image_augmentation/random_rotation/"
    examples: ClassVar = (
        Example({"factor": 0.2}, ((6, 7, 2),)),
        Example({"factor": (-0.1, 0.4)}, ((5, 5, 1),), "uint8"),
        *(Example({"factor": 0.3, **arguments}, ((5, 6, 2),)) for arguments in _WARPS),
    )

    factor: Signed
    """The angle, as a share of the full turn: up to it either way, or from and to. More than 0 is
    counter-clockwise."""


class RandomZoom(_Warped):
    """In training, zooms each image out or in about its middle.

    Input: `[height, width, channels]`, any numbers. Output: the same shape; floats stay what they
    are, integers become float32. Does nothing outside training.

    Example:
        ```yaml
        zoom: {type: RandomZoom, height_factor: 0.1}
        ```
    """

    keras = "preprocessing_layers/image_augmentation/random_zoom/"
    examples: ClassVar = (
        Example({"height_factor": 0.3}, ((6, 7, 2),)),
        Example({"height_factor": 0.2, "width_factor": (0.1, 0.5)}, ((5, 6, 2),)),
        Example({"height_factor": (-0.5, -0.2)}, ((5, 4, 1),), "uint8"),
        *(Example({"height_factor": 0.4, **arguments}, ((5, 6, 2),)) for arguments in _WARPS),
    )

    height_factor: Annotated[object, Within(-1, 1, above=True)]
    """How much of the height is added, as a share of it: up to it either way, or from and to. More
    than 0 shows more, smaller; below 0 shows less, larger."""
    width_factor: Annotated[object, Within(-1, 1, above=True, optional=True)] = None
    """The same of the width; by default as much as of the height, so that nothing is stretched."""


class RandomTranslation(_Warped):
    """In training, shifts each image by lengths of its own.

    Input: `[height, width, channels]`, any numbers. Output: the same shape; floats stay what they
    are, integers become float32. Does nothing outside training.

    Example:
        ```yaml
        shift: {type: RandomTranslation, height_factor: 0.1, width_factor: 0.1}
        ```
    """

    keras = "preprocessing_layers/image_augmentation/random_translation/"
    examples: ClassVar = (
        Example({"height_factor": 0.3, "width_factor": 0.2}, ((6, 7, 2),)),
        Example({"height_factor": (-0.4, -0.1), "width_factor": 0}, ((5, 6, 1),), "uint8"),
        *(
            Example({"height_factor": 0.5, "width_factor": 0.4, **arguments}, ((5, 6, 2),))
            for arguments in _WARPS
        ),
    )

    height_factor: Signed
    """How far, as a share of the height: up to it either way, or from and to. More than 0 is
    down."""
    width_factor: Signed
    """How far, as a share of the width: up to it either way, or from and to. More than 0 is to
    the right."""


class RandomShear(_Warped):
    """In training, slants each image.

    Input: `[height, width, channels]`, any numbers. Output: the same shape; floats stay what they
    are, integers become float32. Does nothing outside training.

    The first pixel stays where it is. A list of two is drawn from and then taken either way.

    Example:
        ```yaml
        slant: {type: RandomShear, x_factor: 0.2}
        ```
    """

    keras = "preprocessing_layers/image_augmentation/random_shear/"
    examples: ClassVar = (
        Example({"x_factor": 0.3}, ((6, 7, 2),)),
        Example({"x_factor": (0.2, 0.5), "y_factor": 0.3}, ((5, 6, 1),), "uint8"),
        *(Example({"y_factor": 0.5, **arguments}, ((5, 6, 2),)) for arguments in _WARPS),
    )

    x_factor: Share = 0.0
    """How far a row is shifted against the one above it, in pixels: up to it either way, or from
    and to."""
    y_factor: Share = 0.0
    """How far a column is shifted against the one left of it, in the same form."""


class RandomCrop(_Framed):
    """In training, cuts a window out of each image, at a place of its own.

    Input: `[height, width, channels]`, any numbers. Output: `[height, width, channels]` with the
    height and width of the arguments; floats stay what they are, integers become float32.

    Outside training, and where the images are too small, the largest middle part of the wanted
    aspect ratio is scaled to the size, as Keras's page says. Keras 3.15 itself gives the whole
    image outside training, stretches small ones, and cuts one place out of all images of a batch.

    Example:
        ```yaml
        crop: {type: RandomCrop, height: 24, width: 24}
        ```
    """

    keras = "preprocessing_layers/image_augmentation/random_crop/"
    examples: ClassVar = (
        Example({"height": 3, "width": 4}, ((6, 7, 2),)),
        Example({"height": 4, "width": 3}, ((7, 8, 1),), "uint8"),
    )
