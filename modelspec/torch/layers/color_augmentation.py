"""Twins of the layers that change colors at random in training.

Modules are made as in `modelspec.torch.layers.augmentation`.
"""

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from modelspec.layers.factors import Interval, around_zero, from_zero
from modelspec.torch.layers.augmentation import Augment, Augmentation, each, uniform

GRAY = (0.2989, 0.5870, 0.1140)
"""What red, green and blue give to gray."""


def likely(x: Tensor, factor: float | Interval) -> Tensor:
    """Which samples of a batch it happens to, `[batch]`; how likely it is is drawn for each."""
    return uniform(x, (0, 1)) < uniform(x, from_zero(factor))


class Contrast(Augment):
    """Scales numbers about the mean of their channel; draws the scale."""

    def __init__(self, factor: float | Interval, value_range: Interval) -> None:
        super().__init__()
        self.factor = factor
        self.value_range = value_range

    def draw(self, x: Tensor) -> tuple[Tensor, ...]:
        less, more = from_zero(self.factor)
        return (uniform(x, (1 - less, 1 + more)),)

    def changed(self, x: Tensor, *drawn: Tensor) -> Tensor:
        (scale,) = drawn
        mean = x.mean((1, 2), keepdim=True)
        return ((x - mean) * each(scale).to(x.dtype) + mean).clamp(*self.value_range)


class Brighten(Augment):
    """Adds a number to each image; draws it."""

    def __init__(self, factor: float | Interval, value_range: Interval) -> None:
        super().__init__()
        self.factor = factor
        self.value_range = value_range

    def draw(self, x: Tensor) -> tuple[Tensor, ...]:
        low, high = self.value_range
        return (uniform(x, around_zero(self.factor)) * (high - low),)

    def changed(self, x: Tensor, *drawn: Tensor) -> Tensor:
        (number,) = drawn
        return (x + each(number).to(x.dtype)).clamp(*self.value_range)


class TurnHue(Augment):
    """Turns the hue; draws the share of the wheel."""

    def __init__(self, factor: float | Interval, value_range: Interval) -> None:
        super().__init__()
        self.factor = factor
        self.value_range = value_range

    def draw(self, x: Tensor) -> tuple[Tensor, ...]:
        way = torch.where(uniform(x, (0, 1)) > 0.5, -0.5, 0.5)
        return (uniform(x, from_zero(self.factor)) * way,)

    def changed(self, x: Tensor, *drawn: Tensor) -> Tensor:
        (share,) = drawn
        low, high = self.value_range
        hue, saturation, value = _hue_saturation_value((x - low) / (high - low))
        hue = hue + share[:, None, None].to(x.dtype)
        out: Tensor = _red_green_blue(hue, saturation, value).clamp(0, 1) * (high - low) + low
        return out


def _hue_saturation_value(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The same colors by other numbers: from 0 to 1, like the given ones."""
    x = torch.where(x.abs() < torch.finfo(x.dtype).eps, 0.0, x)
    red, green, blue = x.unbind(-1)
    value, spread = x.amax(-1), x.amax(-1) - x.amin(-1)
    saturation = torch.where(value > 0, spread / torch.where(value > 0, value, 1.0), 0.0)
    unit = 1 / (6 * torch.where(spread > 0, spread, 1.0))
    hue = torch.where(value == green, unit * (blue - red) + 2 / 6, unit * (red - green) + 4 / 6)
    hue = torch.where(value == red, unit * (green - blue), hue)
    return torch.where(spread > 0, hue, 0.0) + (hue < 0).to(x.dtype), saturation, value


def _red_green_blue(hue: Tensor, saturation: Tensor, value: Tensor) -> Tensor:
    """Colors of hue, saturation and value; the hue may be more than once around."""
    sixths = torch.remainder(hue, 1) * 6
    parts = (
        (sixths - 3).abs() - 1,
        2 - (sixths - 2).abs(),
        2 - (sixths - 4).abs(),
    )
    channels = [value * (1 - saturation + saturation * part.clamp(0, 1)) for part in parts]
    return torch.stack(channels, -1)


class Gray(Augment):
    """Takes the colors away; draws from which images."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def draw(self, x: Tensor) -> tuple[Tensor, ...]:
        return (uniform(x, (0, 1)) < self.factor,)

    def changed(self, x: Tensor, *drawn: Tensor) -> Tensor:
        (chosen,) = drawn
        if x.shape[-1] == 1:
            return x
        gray = (x @ x.new_tensor(GRAY)).unsqueeze(-1)
        return torch.where(each(chosen), gray, x)


class Invert(Augment):
    """Makes negatives; draws of which images."""

    def __init__(self, factor: float | Interval, value_range: Interval) -> None:
        super().__init__()
        self.factor = factor
        self.value_range = value_range

    def draw(self, x: Tensor) -> tuple[Tensor, ...]:
        return (likely(x, self.factor),)

    def changed(self, x: Tensor, *drawn: Tensor) -> Tensor:
        (chosen,) = drawn
        return torch.where(each(chosen), self.value_range[1] - x, x)


class Sharpen(Augment):
    """Blurs or sharpens; draws from 0, blurred, to 1."""

    def __init__(self, factor: float | Interval, value_range: Interval) -> None:
        super().__init__()
        self.factor = factor
        self.value_range = value_range

    def draw(self, x: Tensor) -> tuple[Tensor, ...]:
        return (uniform(x, from_zero(self.factor)),)

    def changed(self, x: Tensor, *drawn: Tensor) -> Tensor:
        (sharpness,) = drawn
        kernel = x.new_full((3, 3), 1 / 13)
        kernel[1, 1] = 5 / 13
        channels = x.shape[-1]
        blurred = F.conv2d(
            x.permute(0, 3, 1, 2), kernel.expand(channels, 1, 3, 3), padding=1, groups=channels
        ).permute(0, 2, 3, 1)
        out = x + (1 - 2 * each(sharpness).to(x.dtype)) * (blurred - x)
        return out.clamp(*self.value_range)


class Erase(Augment):
    """Fills rectangles; draws of which images, which pixels, and with what."""

    def __init__(
        self,
        factor: float | Interval,
        scale: float | Interval,
        fill_value: float | None,
        value_range: Interval,
    ) -> None:
        super().__init__()
        self.factor = factor
        self.scale = scale
        self.fill_value = fill_value
        self.value_range = value_range

    def draw(self, x: Tensor) -> tuple[Tensor, ...]:
        down, across = (self._range(x, size) for size in x.shape[1:3])
        return likely(x, self.factor), down[:, :, None] & across[:, None], self._fill(x)

    def changed(self, x: Tensor, *drawn: Tensor) -> Tensor:
        chosen, pixels, fill = drawn
        return torch.where(each(chosen) & pixels.unsqueeze(-1), fill.to(x.dtype), x)

    def _range(self, x: Tensor, size: int) -> Tensor:
        """The places of an axis that lie in the rectangle, `[batch, size]`."""
        length = uniform(x, from_zero(self.scale)).sqrt() * size
        start = uniform(x, (0, 1)) * (size - length)
        places = torch.arange(size, device=x.device)
        return (places >= start[:, None]) & (places < (start + length)[:, None])

    def _fill(self, x: Tensor) -> Tensor:
        low, high = self.value_range
        fill: float | None = self.fill_value
        numbers = torch.randn_like(x) * high if fill is None else x.new_tensor(fill)
        return numbers.clamp(low, high)


class RandomContrast(Augmentation):
    make = Contrast


class RandomBrightness(Augmentation):
    make = Brighten


class RandomHue(Augmentation):
    make = TurnHue


class RandomGrayscale(Augmentation):
    make = Gray


class RandomInvert(Augmentation):
    make = Invert


class RandomSharpness(Augmentation):
    make = Sharpen


class RandomErasing(Augmentation):
    make = Erase
