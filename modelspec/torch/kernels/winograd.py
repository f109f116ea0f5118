"""Convolutions three cells wide with half the multiplications, by Winograd's F(4, 3) along a row.

Of six cells of a row, four outputs of a kernel of three are taken with six products instead of
twelve: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015. Only the axis of
the width is transformed; that of the height, and the sums over channels, are six convolutions of
oneDNN's, each a cell wide. The transforms are sums of slices, in pieces that fit the cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from modelspec.torch.kernels.eager import capability

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CELLS, _OUTPUTS = 6, 4
_PIECE = 1 << 22
"""Bytes of a piece's transformed input, of more than one sample."""
_LARGEST = 1 << 25
"""The same of one sample, at most: so much memory is taken beside the output, a few times."""
_KERNEL = torch.tensor(
    [
        [1 / 4, 0, 0],
        [-1 / 6, -1 / 6, -1 / 6],
        [-1 / 6, 1 / 6, -1 / 6],
        [1 / 24, 1 / 12, 1 / 6],
        [1 / 24, -1 / 12, 1 / 6],
        [0, 0, 1],
    ]
)
"""From a row of a kernel to the six numbers that the transformed cells are multiplied by."""


def by_winograd(
    x: Sequence[int], weight: Sequence[int], stride: Sequence[int], padding: Sequence[int]
) -> tuple[bool, bool]:
    """Whether outputs and gradients of the input are faster so, and the gradient of the weights.

    With fewer channels or cells the transforms cost more than what is gained, in measurements with
    AVX-512; others were not measured.

    Args:
        x: The shape of the input, `[batch, channels, height, width]`.
        weight: That of the weights, `[filters, channels, height, width]`.
        stride: By axis, as is padding.
        padding: The cells before and after.
    """
    filters, channels, *kernel = weight
    batch, _, height, width = x
    least, cells = min(filters, channels), height * width
    halved = (
        capability() == "AVX512"
        and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and kernel == [3, 3]
        and max(stride) == 1
        and max(padding) <= 2
        and least >= 128
        and cells >= 20 * 20
        and batch * cells * least >= 750_000
        and 6 * max(filters, channels) * cells <= _LARGEST
    )
    return halved, halved and cells >= 48 * 48 and cells * least >= 500_000


def convolved(x: Tensor, weight: Tensor, bias: Tensor | None, padding: tuple[int, int]) -> Tensor:
    """The convolution with strides of one.

    Args:
        x: `[batch, channels, height, width]`, channels last in memory.
        weight: `[filters, channels, height, 3]`.
        bias: `[filters]`; None for none.
        padding: By axis, less than the kernel.
    """
    batch, channels, height, width = x.shape
    filters, _, tall, _ = weight.shape
    rows, columns = height + 2 * padding[0] - tall + 1, width + 2 * padding[1] - 2
    tiles = -(-columns // _OUTPUTS)
    window = (padding[0], 0), (1, 1), (1, 1), 1
    piece = _samples(x, tiles), channels, height, tiles
    kernels = [
        torch.ops.mkldnn._reorder_convolution_weight(k, *window, piece) for k in _kernels(weight)
    ]
    out = x.new_empty(batch, rows, columns, filters)
    for several, cells in _pieces(x, tiles, padding[1]):
        products = [
            torch.ops.mkldnn._convolution_pointwise(each, kernel, None, *window, "none", [], "")
            for each, kernel in zip(cells, kernels, strict=True)
        ]
        wide = x.new_empty(len(products[0]), rows, tiles, _OUTPUTS, filters)
        _sum_outputs([each.permute(0, 2, 3, 1) for each in products], wide.unbind(3))
        out[several] = wide.flatten(2, 3)[:, :, :columns]
    if bias is not None:
        out += bias
    return out.permute(0, 3, 1, 2)


def slopes_of_input(slope: Tensor, weight: Tensor, padding: tuple[int, int]) -> Tensor:
    """The gradient of the input: the slopes convolved with the kernel turned round."""
    turned = weight.flip(2, 3).transpose(0, 1)
    around = weight.shape[2] - 1 - padding[0], 2 - padding[1]
    return convolved(slope, turned, None, around)


def slopes_of_weight(
    x: Tensor, slope: Tensor, shape: Sequence[int], padding: tuple[int, int]
) -> Tensor:
    """The gradient of the weights, of their shape, laid out channels last."""
    filters, channels, tall, _ = shape
    columns = slope.shape[3]
    tiles = -(-columns // _OUTPUTS)
    like = x.new_empty(filters, channels, tall, 1)
    totals = x.new_zeros(_CELLS, filters, channels, tall, 1)
    slopes = slope.permute(0, 2, 3, 1)
    for several, cells in _pieces(x, tiles, padding[1]):
        wide = F.pad(slopes[several], (0, 0, 0, tiles * _OUTPUTS - columns))
        spread = _spread_slopes(wide.view(*wide.shape[:2], tiles, _OUTPUTS, filters).unbind(3))
        for total, each, part in zip(totals, cells, spread, strict=True):
            total += torch.ops.aten.convolution_backward(
                part.permute(0, 3, 1, 2), each, like, None, (1, 1), (padding[0], 0), (1, 1),
                False, (0, 0), 1, (False, True, False),
            )[1]  # fmt: skip
    gradient = torch.einsum("tfchz,tk->fhkcz", totals, _KERNEL).squeeze(4)
    return gradient.contiguous().permute(0, 3, 1, 2)


def _kernels(weight: Tensor) -> Sequence[Tensor]:
    """Six kernels a cell wide, channels last."""
    last = weight.permute(2, 3, 0, 1)
    moved = torch.einsum("tk,hkfc->tfhc", _KERNEL, last).contiguous()
    return [each.permute(0, 2, 1).unsqueeze(3) for each in moved]


def _samples(x: Tensor, tiles: int) -> int:
    """How many samples a piece has."""
    _, channels, height, _ = x.shape
    return max(1, _PIECE // (_CELLS * channels * height * tiles * x.element_size()))


def _pieces(x: Tensor, tiles: int, padding: int) -> Iterator[tuple[slice, Sequence[Tensor]]]:
    """Some samples at a time, and their six transformed cells, `[n, channels, height, tiles]`."""
    batch, _, _, width = x.shape
    samples = _samples(x, tiles)
    last = x.permute(0, 2, 3, 1)
    for first in range(0, batch, samples):
        several = slice(first, first + samples)
        after = (tiles + 1) * _OUTPUTS - width - padding
        padded = F.pad(last[several], (0, 0, padding, after))
        d = [padded[:, :, k::_OUTPUTS][:, :, :tiles] for k in range(_CELLS)]
        yield several, [each.permute(0, 3, 1, 2) for each in _transformed(d)]


def _transformed(d: Sequence[Tensor]) -> Sequence[Tensor]:
    even, odd = torch.sub(d[4], d[2], alpha=4), torch.sub(d[3], d[1], alpha=4)
    wide, high = torch.sub(d[4], d[2]), torch.sub(d[3], d[1])
    return (
        torch.sub(d[4], d[2], alpha=5).add_(d[0], alpha=4),
        even + odd,
        even.sub_(odd),
        torch.add(wide, high, alpha=2),
        wide.sub_(high, alpha=2),
        torch.sub(d[5], d[3], alpha=5).add_(d[1], alpha=4),
    )


def _sum_outputs(m: Sequence[Tensor], out: Sequence[Tensor]) -> None:
    near, far = m[1] + m[2], m[3] + m[4]
    torch.add(near, far, out=out[0]).add_(m[0])
    torch.add(near, far, alpha=4, out=out[2])
    near, far = torch.sub(m[1], m[2], out=near), torch.sub(m[3], m[4], out=far)
    torch.add(near, far, alpha=2, out=out[1])
    torch.add(near, far, alpha=8, out=out[3]).add_(m[5])


def _spread_slopes(y: Sequence[Tensor]) -> Sequence[Tensor]:
    """The transpose of the sums of the outputs."""
    even, odd = y[0] + y[2], y[1] + y[3]
    wide, high = torch.add(y[0], y[2], alpha=4), torch.add(y[1], y[3], alpha=4)
    return (
        y[0].contiguous(),
        even + odd,
        even.sub_(odd),
        torch.add(wide, high, alpha=2),
        wide.sub_(high, alpha=2),
        y[3].contiguous(),
    )
