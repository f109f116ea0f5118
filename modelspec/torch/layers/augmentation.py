"""Twins of the layers that move images at random in training.

A module draws its parameters, one set an image, from torch's generator of the images' device, and
`changed` says what becomes of the images then: the same that Keras makes of such parameters.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from modelspec.layers.factors import Interval, around_zero
from modelspec.layers.values import Weight
from modelspec.torch.layers.preprocessing import floats
from modelspec.torch.layers.resampling import cropped, resized
from modelspec.torch.layers.twin import Twin, made_of
from modelspec.torch.layers.warping import (
    Affine,
    Outside,
    rotation,
    shear,
    taken,
    translation,
    warped,
    zoom,
)


class Augment(nn.Module):
    """Changes images, `[batch, height, width, channels]`, in training."""

    def forward(self, x: Tensor) -> Tensor:
        x = floats(x)
        return self.changed(x, *self.draw(x)) if self.training else x

    def draw(self, x: Tensor) -> tuple[Tensor, ...]:
        """The random parameters, `[batch, ...]` each."""
        raise NotImplementedError

    def changed(self, x: Tensor, *drawn: Tensor) -> Tensor:
        """The images, changed by the parameters."""
        raise NotImplementedError


def uniform(x: Tensor, interval: Interval) -> Tensor:
    """A random number of an interval for each sample of a batch, in 32 bits."""
    low, high = interval
    return torch.rand(x.shape[0], device=x.device) * (high - low) + low


def each(share: Tensor) -> Tensor:
    """What is said of samples, `[batch]`, for all pixels of each."""
    return share[:, None, None, None]


class Flip(Augment):
    """Mirrors images."""

    def __init__(self, mode: str) -> None:
        super().__init__()
        self.mode = mode

    def draw(self, x: Tensor) -> tuple[Tensor, ...]:
        return (uniform(x, (0, 1)) <= 0.5,)

    def changed(self, x: Tensor, *drawn: Tensor) -> Tensor:
        (flips,) = drawn
        axes = {"horizontal": (2,), "vertical": (1,), "horizontal_and_vertical": (1, 2)}
        return torch.where(each(flips), x.flip(axes[self.mode]), x)


class Warp(Augment):
    """Takes the pixels from other places of the image."""

    def __init__(self, fill_mode: str, fill_value: float, interpolation: str) -> None:
        super().__init__()
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.interpolation = interpolation

    def changed(self, x: Tensor, *drawn: Tensor) -> Tensor:
        outside = Outside(self.fill_mode, self.fill_value, self.interpolation)
        return warped(x, self.places(*drawn, *x.shape[1:3]), outside)

    def places(self, *drawn: Any) -> Affine:
        """Where the pixels come from: by the parameters, the height and the width."""
        raise NotImplementedError


class Rotate(Warp):
    """Turns images; draws degrees."""

    def __init__(
        self,
        factor: float | Interval,
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        interpolation: str = "bilinear",
    ) -> None:
        super().__init__(fill_mode, fill_value, interpolation)
        self.factor = factor

    def draw(self, x: Tensor) -> tuple[Tensor, ...]:
        return (uniform(x, around_zero(self.factor)) * 360,)

    def places(self, *drawn: Any) -> Affine:
        return rotation(*drawn)


class Zoom(Warp):
    """Zooms images; draws what the shown height and width are multiplied by."""

    def __init__(
        self,
        height_factor: float | Interval,
        width_factor: float | Interval | None = None,
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        interpolation: str = "bilinear",
    ) -> None:
        super().__init__(fill_mode, fill_value, interpolation)
        self.height_factor = height_factor
        self.width_factor = width_factor

    def draw(self, x: Tensor) -> tuple[Tensor, ...]:
        rows = 1 + uniform(x, around_zero(self.height_factor))
        if self.width_factor is None:
            return rows, rows
        return rows, 1 + uniform(x, around_zero(self.width_factor))

    def places(self, *drawn: Any) -> Affine:
        return zoom(*drawn)


class Translate(Warp):
    """Shifts images; draws pixels down and to the right."""

    def __init__(
        self,
        height_factor: float | Interval,
        width_factor: float | Interval,
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        interpolation: str = "bilinear",
    ) -> None:
        super().__init__(fill_mode, fill_value, interpolation)
        self.height_factor = height_factor
        self.width_factor = width_factor

    def draw(self, x: Tensor) -> tuple[Tensor, ...]:
        height, width = x.shape[1:3]
        down = uniform(x, around_zero(self.height_factor)) * height
        return down, uniform(x, around_zero(self.width_factor)) * width

    def places(self, *drawn: Any) -> Affine:
        return translation(*drawn[:2])


class Shear(Warp):
    """Slants images; draws pixels a row and a column."""

    def __init__(
        self,
        x_factor: float | Interval,
        y_factor: float | Interval,
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        interpolation: str = "bilinear",
    ) -> None:
        super().__init__(fill_mode, fill_value, interpolation)
        self.x_factor = x_factor
        self.y_factor = y_factor

    def draw(self, x: Tensor) -> tuple[Tensor, ...]:
        way = torch.where(uniform(x, (0, 1)) > 0.5, -1.0, 1.0)
        across = uniform(x, around_zero(self.x_factor))
        return across * way, uniform(x, around_zero(self.y_factor)) * way

    def places(self, *drawn: Any) -> Affine:
        return shear(*drawn[:2])


class Crop(nn.Module):
    """Cuts windows out of images; draws the first row and the first column."""

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        self.height = height
        self.width = width
        self.size = (height, width)

    def forward(self, x: Tensor) -> Tensor:
        x = floats(x)
        if not self.training or x.shape[1] < self.size[0] or x.shape[2] < self.size[1]:
            return resized(cropped(x, self.size), self.size)
        return self.changed(x, *self.draw(x))

    def draw(self, x: Tensor) -> tuple[Tensor, ...]:
        """The first row and the first column, `[batch]` each."""
        room = [old - new + 1 for old, new in zip(x.shape[1:3], self.size, strict=True)]
        top, left = (torch.randint(n, x.shape[:1], device=x.device) for n in room)
        return top, left

    def changed(self, x: Tensor, *drawn: Tensor) -> Tensor:
        """The windows that start there."""
        top, left = drawn
        rows, columns = (torch.arange(n, device=x.device) for n in self.size)
        return taken(x, top[:, None, None] + rows[:, None], left[:, None, None] + columns)

    def extra_repr(self) -> str:
        return f"{self.size}"


class Augmentation(Twin[Any]):
    """The twin of a layer whose module takes arguments that the declaration has."""

    random = True
    make: Callable[..., nn.Module]

    def empty(self, layer: Any, weights: Sequence[Weight]) -> nn.Module:
        return made_of(type(self).make, layer)


class RandomFlip(Augmentation):
    make = Flip


class RandomRotation(Augmentation):
    make = Rotate


class RandomZoom(Augmentation):
    make = Zoom


class RandomTranslation(Augmentation):
    make = Translate


class RandomShear(Augmentation):
    make = Shear


class RandomCrop(Augmentation):
    make = Crop
