"""How images, `[batch, height, width, channels]`, are moved, as Keras does on JAX."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812


class Affine(NamedTuple):
    """Where the pixels of the result come from: `(row, column)` of the image, `[batch]` each.

    The column is `a0 * x + a1 * y + a2`, the row `b0 * x + b1 * y + b2`, of the result's
    column `x` and row `y`.
    """

    a0: Tensor
    a1: Tensor
    a2: Tensor
    b0: Tensor
    b1: Tensor
    b2: Tensor


class Outside(NamedTuple):
    """What lies around an image, and what between its pixels."""

    mode: str
    value: float
    interpolation: str


def rotation(degrees: Tensor, height: int, width: int) -> Affine:
    """Turned about the middle; `degrees` is `[batch]`."""
    angle = torch.deg2rad(degrees)
    cosine, sine = torch.cos(angle), torch.sin(angle)
    x, y = (width - 1) / 2, (height - 1) / 2
    return Affine(cosine, -sine, x - x * cosine + y * sine, sine, cosine, y - x * sine - y * cosine)


def zoom(rows: Tensor, columns: Tensor, height: int, width: int) -> Affine:
    """So many times as much of the image shown, `[batch]` each, about the middle."""
    none = torch.zeros_like(rows)
    x, y = (width - 1) / 2 * (1 - columns), (height - 1) / 2 * (1 - rows)
    return Affine(columns, none, x, none, rows, y)


def translation(down: Tensor, right: Tensor) -> Affine:
    """Shifted by so many pixels, `[batch]` each."""
    one, none = torch.ones_like(down), torch.zeros_like(down)
    return Affine(one, none, -right, none, one, -down)


def shear(x: Tensor, y: Tensor) -> Affine:
    """Slanted by so many pixels a row and a column, `[batch]` each."""
    one, none = torch.ones_like(x), torch.zeros_like(x)
    return Affine(one, x, none, y, one, none)


def warped(x: Tensor, affine: Affine, outside: Outside) -> Tensor:
    """The images of the same size whose pixels come from other places."""
    image = x.permute(0, 3, 1, 2).to(torch.promote_types(x.dtype, torch.float32))
    places = F.affine_grid(
        _from_borders(affine, *x.shape[1:3]).to(image.dtype),
        [x.shape[0], 1, *x.shape[1:3]],
        align_corners=False,
    )
    if outside.mode == "wrap":
        image, places = _wrapped(image, places)
    filling = outside.mode == "constant" and outside.value != 0
    image = image - outside.value if filling else image
    found = F.grid_sample(
        image, places, outside.interpolation, _AROUND[outside.mode], align_corners=False
    )
    found = found + outside.value if filling else found
    return found.permute(0, 2, 3, 1).to(x.dtype)


def taken(x: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """The pixels at rows and columns, which broadcast to `[batch, new height, new width]`."""
    batch, height, width, channels = x.shape
    first = torch.arange(batch, device=x.device)[:, None, None] * height
    places = (first + rows) * width + columns
    flat = x.reshape(-1, channels).index_select(0, places.flatten())
    return flat.reshape(*places.shape, channels)


def _from_borders(affine: Affine, height: int, width: int) -> Tensor:
    """The same, `[batch, 2, 3]`, by torch's places: -1 and 1 are the borders of an image."""
    a0, a1, a2, b0, b1, b2 = affine
    right, bottom = width - 1, height - 1
    x = torch.stack(
        [a0, a1 * (height / width), (a0 * right + a1 * bottom + 2 * a2 + 1) / width - 1], -1
    )
    y = torch.stack(
        [b0 * (width / height), b1, (b0 * right + b1 * bottom + 2 * b2 + 1) / height - 1], -1
    )
    return torch.stack([x, y], 1)


def _wrapped(image: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
    """Images with a border of a pixel from the other side, and the places in them."""
    sizes = places.new_tensor([image.shape[3], image.shape[2]])
    inside = ((places + 1) / 2).remainder(1) * sizes
    return F.pad(image, (1, 1, 1, 1), "circular"), (inside + 1) / (sizes + 2) * 2 - 1


_AROUND = {"constant": "zeros", "nearest": "border", "reflect": "reflection", "wrap": "border"}
"""What torch calls what lies around an image; of `wrap`, nothing is left to lie there."""
