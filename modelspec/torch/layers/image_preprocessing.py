"""Twins of Resizing, CenterCrop."""

from collections.abc import Sequence

from torch import Tensor, nn

from modelspec.layers import image_preprocessing
from modelspec.layers.values import Weight
from modelspec.torch.layers.preprocessing import floats
from modelspec.torch.layers.resampling import cropped, padded, resized
from modelspec.torch.layers.twin import Twin


class Resizing(Twin[image_preprocessing.Resizing]):
    def empty(self, layer: image_preprocessing.Resizing, weights: Sequence[Weight]) -> nn.Module:
        fill = layer.fill_value if layer.pad_to_aspect_ratio else None
        return Resize(
            (layer.height, layer.width),
            layer.interpolation,
            antialias=layer.antialias,
            crop=layer.crop_to_aspect_ratio,
            fill=fill,
        )


class CenterCrop(Twin[image_preprocessing.CenterCrop]):
    def empty(self, layer: image_preprocessing.CenterCrop, weights: Sequence[Weight]) -> nn.Module:
        return Middle((layer.height, layer.width))


class Resize(nn.Module):
    """Images of one size, scaled.

    Args:
        size: The height and the width.
        interpolation: What lies between the pixels.
        antialias: Whether smaller images are made of all pixels.
        crop: Whether images are cut to the aspect ratio first.
        fill: With what images are filled up to the aspect ratio first; None for not at all.
    """

    def __init__(
        self,
        size: tuple[int, int],
        interpolation: str = "bilinear",
        *,
        antialias: bool = False,
        crop: bool = False,
        fill: float | None = None,
    ) -> None:
        super().__init__()
        self.size = size
        self.interpolation = interpolation
        self.antialias = antialias
        self.crop = crop
        self.fill = fill

    def forward(self, x: Tensor) -> Tensor:
        x = floats(x)
        if self.crop:
            x = cropped(x, self.size)
        if self.fill is not None:
            x = padded(x, self.size, self.fill)
        return resized(x, self.size, self.interpolation, antialias=self.antialias)

    def extra_repr(self) -> str:
        return f"{self.size}, {self.interpolation!r}, antialias={self.antialias}"


class Middle(nn.Module):
    """The middle of images; small ones are scaled up."""

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__()
        self.size = size

    def forward(self, x: Tensor) -> Tensor:
        x = floats(x)
        height, width = self.size
        if x.shape[1] < height or x.shape[2] < width:
            return resized(cropped(x, self.size), self.size)
        top, left = (x.shape[1] - height) // 2, (x.shape[2] - width) // 2
        return x[:, top : top + height, left : left + width]

    def extra_repr(self) -> str:
        return f"{self.size}"
