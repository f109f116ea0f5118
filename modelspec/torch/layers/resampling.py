"""How images, `[batch, height, width, channels]`, are scaled, as Keras does on JAX."""

from collections.abc import Callable
from math import pi

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

Size = tuple[int, int]


def cropped(x: Tensor, size: Size) -> Tensor:
    """The largest middle part that has the aspect ratio of `size`."""
    height, width = x.shape[1:3]
    rows = max(min(height, width * size[0] // size[1]), 1)
    columns = max(min(width, height * size[1] // size[0]), 1)
    top, left = (height - rows) // 2, (width - columns) // 2
    return x[:, top : top + rows, left : left + columns]


def padded(x: Tensor, size: Size, fill: float) -> Tensor:
    """Borders on two sides, so that the aspect ratio is about that of `size`."""
    height, width = x.shape[1:3]
    above = (max(height, width * size[0] // size[1]) - height) // 2
    left = (max(width, height * size[1] // size[0]) - width) // 2
    return F.pad(x, (0, 0, left, left, above, above), value=fill)


def resized(
    x: Tensor, size: Size, interpolation: str = "bilinear", *, antialias: bool = False
) -> Tensor:
    """Images of another size."""
    if interpolation == "nearest":
        rows, columns = (_nearest(x.shape[i + 1], size[i], x.device) for i in (0, 1))
        return x[:, rows][:, :, columns]
    if interpolation == "bilinear" and not antialias:
        image = F.interpolate(x.permute(0, 3, 1, 2), size, mode="bilinear", align_corners=False)
        return image.permute(0, 2, 3, 1)
    rows, columns = (_weights(x.shape[i + 1], size[i], interpolation, antialias, x) for i in (0, 1))
    return torch.einsum("bhwc,ih,jw->bijc", x, rows, columns)


def _nearest(old: int, new: int, device: torch.device) -> Tensor:
    return (2 * torch.arange(new, device=device) + 1) * old // (2 * new)


def _weights(old: int, new: int, interpolation: str, antialias: bool, like: Tensor) -> Tensor:
    """What each old place gives to each new one, `[new, old]`."""
    step = old / new
    spread = max(step, 1.0) if antialias else 1.0
    places = torch.arange(new, device=like.device, dtype=torch.float32)
    centers = (places + 0.5) * step - 0.5
    cells = torch.arange(old, device=like.device, dtype=torch.float32)
    weights = _KERNELS[interpolation]((centers[:, None] - cells).abs() / spread)
    return (weights / weights.sum(1, keepdim=True)).to(like.dtype)


def _triangle(x: Tensor) -> Tensor:
    return (1 - x).clamp(min=0)


def _cubic(x: Tensor) -> Tensor:
    near = ((1.5 * x - 2.5) * x) * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return torch.where(x >= 2, 0.0, torch.where(x >= 1, far, near))


def _lanczos(radius: int) -> Callable[[Tensor], Tensor]:
    def kernel(x: Tensor) -> Tensor:
        waves = radius * torch.sin(pi * x) * torch.sin(pi * x / radius)
        inner = torch.where(x > 1e-3, waves / (pi * x).square().clamp(min=1e-9), 1.0)
        return torch.where(x > radius, 0.0, inner)

    return kernel


_KERNELS: dict[str, Callable[[Tensor], Tensor]] = {
    "bilinear": _triangle,
    "bicubic": _cubic,
    "lanczos3": _lanczos(3),
    "lanczos5": _lanczos(5),
}
