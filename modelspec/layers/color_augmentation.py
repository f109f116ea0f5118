"""Images whose colors are changed at random in training."""

from typing import ClassVar

from modelspec.layers.base import known_size
from modelspec.layers.factors import Share, Signed, ValueRange
from modelspec.layers.fields import Fraction
from modelspec.layers.image_preprocessing import _Image
from modelspec.layers.values import Example, LayerError
from modelspec.shapes import Dim, Shape, product, text


class _Colored(_Image):
    """What knows the range of an image's numbers."""

    value_range: ValueRange = (0.0, 255.0)
    """The least and the largest number that an image holds."""

    def flops(self, *shapes: Shape) -> Dim:
        """A few operations a number."""
        return product(shapes[0]) * 4


def check_colors(shape: Shape, channels: tuple[int, ...]) -> None:
    """Refuse images whose channels are not colors.

    Raises:
        LayerError: MS501, with what they are.
    """
    count = known_size(shape[-1], "channels")
    if count not in channels:
        wanted = " or ".join(map(str, channels))
        raise LayerError(
            "MS501",
            f"needs {wanted} channels, gets the {count} of `{text(shape)}`",
            "put it where the images still are red, green and blue, or leave it out",
        )


class RandomContrast(_Colored):
    """In training, makes the numbers of each channel differ more, or less, from their mean.

    Input: `[height, width, channels]`, any numbers. Output: the same shape; floats stay what they
    are, integers become float32. Does nothing outside training.

    The result is `(x - mean) * contrast + mean`, with the mean of the image's channel, cut off at
    the value range; `contrast` is drawn for each image.

    Example:
        ```yaml
        contrast: {type: RandomContrast, factor: [0.2, 0.2]}
        ```
    """

    keras = "preprocessing_layers/image_augmentation/random_contrast/"
    examples: ClassVar = (
        Example({"factor": 0.5}, ((4, 5, 3),)),
        Example({"factor": (0.3, 0.8)}, ((4, 5, 3),), "uint8"),
        Example({"factor": (0.9, 1.0), "value_range": (-1, 1)}, ((5, 4, 1),)),
    )

    factor: Share
    """`[a, b]`, the smaller first, draws the contrast from `1 - a` to `1 + b`. One number `b` draws
    from 1 to `1 + b`, as Keras 3.15 does, though its page says from `1 - b`."""


class RandomBrightness(_Colored):
    """In training, adds a number to each image.

    Input: `[height, width, channels]`, any numbers. Output: the same shape; floats stay what they
    are, integers become float32. Does nothing outside training.

    The result is cut off at the value range.

    Example:
        ```yaml
        brightness: {type: RandomBrightness, factor: 0.2}
        ```
    """

    keras = "preprocessing_layers/image_augmentation/random_brightness/"
    examples: ClassVar = (
        Example({"factor": 0.5}, ((4, 5, 3),)),
        Example({"factor": (-0.3, 0.1)}, ((4, 5, 3),), "uint8"),
        Example({"factor": 1, "value_range": (-1, 1)}, ((5, 4, 1),)),
    )

    factor: Signed
    """The number, as a share of the value range: up to it either way, or from and to."""


class RandomHue(_Colored):
    """In training, turns the colors of each image about the color wheel.

    Input: `[height, width, 3]`, red, green and blue, any numbers. Output: the same shape; floats
    stay what they are, integers become float32. Does nothing outside training.

    Example:
        ```yaml
        hue: {type: RandomHue, factor: 0.1}
        ```
    """

    keras = "preprocessing_layers/image_augmentation/random_hue/"
    examples: ClassVar = (
        Example({"factor": 0.5}, ((4, 5, 3),), "uint8"),
        Example({"factor": (0.3, 1.0), "value_range": (0, 3)}, ((4, 5, 3),), "uint8"),
    )

    factor: Share
    """How far, as a share of half the wheel, either way: from 0 to it, or from and to."""

    def output_shape(self, *shapes: Shape) -> Shape:
        check_colors(super().output_shape(*shapes), (3,))
        return shapes[0]


class RandomGrayscale(_Image):
    """In training, takes the colors out of some of the images.

    Input: `[height, width, channels]`, red, green and blue or gray alone, any numbers.
    Output: the same shape; floats stay what they are, integers become float32. Does nothing
    outside training.

    Gray is 0.2989 of the red, 0.587 of the green and 0.114 of the blue.

    Example:
        ```yaml
        gray: {type: RandomGrayscale, factor: 0.2}
        ```
    """

    keras = "preprocessing_layers/image_augmentation/random_grayscale/"
    examples: ClassVar = (
        Example({}, ((4, 5, 3),)),
        Example({"factor": 0.8}, ((4, 5, 3),), "uint8"),
        Example({"factor": 1.0}, ((4, 5, 1),)),
    )

    factor: Fraction = 0.5
    """The share of images that lose their colors."""

    def output_shape(self, *shapes: Shape) -> Shape:
        check_colors(super().output_shape(*shapes), (1, 3))
        return shapes[0]


class RandomInvert(_Colored):
    """In training, turns some of the images into their negatives.

    Input: `[height, width, channels]`, any numbers. Output: the same shape; floats stay what they
    are, integers become float32. Does nothing outside training.

    A negative is the upper end of the value range, less the image.

    Example:
        ```yaml
        negative: {type: RandomInvert, factor: [0.1, 0.1]}
        ```
    """

    keras = "preprocessing_layers/image_augmentation/random_invert/"
    examples: ClassVar = (
        Example({}, ((4, 5, 3),)),
        Example({"factor": (0.8, 0.9), "value_range": (0, 2)}, ((4, 5, 1),), "uint8"),
    )

    factor: Share = 1.0
    """How likely it is, itself drawn for each image: from 0 to it, or from and to. `[p, p]` is
    always `p`."""


class RandomSharpness(_Colored):
    """In training, blurs or sharpens each image.

    Input: `[height, width, channels]`, any numbers. Output: the same shape; floats stay what they
    are, integers become float32. Does nothing outside training.

    The blurred image weighs each pixel 5/13 and each of its neighbours 1/13; beyond the border
    are zeros. The result is cut off at the value range.

    Example:
        ```yaml
        sharpness: {type: RandomSharpness, factor: [0.3, 0.7]}
        ```
    """

    keras = "preprocessing_layers/image_augmentation/random_sharpness/"
    examples: ClassVar = (
        Example({"factor": 0.5}, ((4, 5, 3),)),
        Example({"factor": (0.6, 1.0)}, ((4, 5, 2),), "uint8"),
        Example({"factor": (0.2, 0.3), "value_range": (-1, 1)}, ((5, 4, 1),)),
    )

    factor: Share
    """0 is blurred, 0.5 as it was, 1 sharper than it was: from 0 to it, or from and to."""


class RandomErasing(_Colored):
    """In training, fills a rectangle of some of the images.

    Input: `[height, width, channels]`, any numbers. Output: the same shape; floats stay what they
    are, integers become float32. Does nothing outside training.

    Example:
        ```yaml
        erase: {type: RandomErasing, factor: [0.5, 0.5]}
        ```
    """

    keras = "preprocessing_layers/image_augmentation/random_erasing/"
    examples: ClassVar = (
        Example({}, ((6, 7, 3),)),
        Example({"factor": (0.8, 0.9), "fill_value": 2}, ((5, 6, 2),), "uint8"),
        Example({"scale": (0.3, 0.6), "fill_value": 1, "value_range": (0, 1)}, ((5, 6, 1),)),
        Example({"scale": 0.5, "fill_value": 300}, ((5, 6, 3),)),
    )

    factor: Share = 1.0
    """How likely it is, itself drawn for each image: from 0 to it, or from and to. `[p, p]` is
    always `p`."""
    scale: Share = (0.02, 0.33)
    """The squares of the rectangle's shares of the height and of the width: from 0 to it, or from
    and to."""
    fill_value: float | None = None
    """What it is filled with; by default a random number for each number, normally distributed
    with the upper end of the value range as its deviation. All are cut off at the value range."""
