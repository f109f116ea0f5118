"""The gradient of a convolution's weights, by matrix products on pieces that fit the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.nn import functional as F  # noqa: N812

from modelspec.torch.kernels.eager import capability

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

_PIECE = 1 << 20
"""Bytes of a piece. A quarter of it, or twice as much, is slower with a cache of a megabyte."""
_FEWEST_ROWS = 256
"""Rows of a piece, at least: the sum of the products is read and written once for each."""


def by_products(
    x: Sequence[int], weight: Sequence[int], stride: Sequence[int], padding: Sequence[int]
) -> bool:
    """Whether products are faster than oneDNN's kernel. It knows shapes and the processor only.

    The bounds are such that of the shapes that `benchmarks/kernels.py` draws none is slower by
    more than some percent, on one thread. Processors without AVX2 were not measured.

    Args:
        x: The shape of the input, `[batch, channels, height, width]`.
        weight: That of the weights, `[filters, channels, height, width]`.
        stride: By axis, as is padding.
        padding: The cells before and after.
    """
    filters, channels, *kernel = weight
    if max(kernel) == 1:
        return False
    least, strided, flat = min(filters, channels), max(stride) > 1, x[2] == 1
    processor = capability()
    if processor == "AVX512":
        easy = max(kernel) <= 3 and not any(padding)
        return strided and not flat and least >= (128 if easy else 256)
    if processor != "AVX2":
        return False
    if flat:
        long = not strided and x[3] >= 200 and channels >= 48 and filters >= 32
        return long or (channels >= 32 and filters >= 128)
    roomy = strided or not any(padding) or x[2] * x[3] >= 400
    return channels >= 96 and filters >= 128 and roomy


def weight_gradient(
    x: Tensor,
    slope: Tensor,
    shape: Sequence[int],
    stride: tuple[int, int],
    padding: tuple[int, int],
) -> Tensor:
    """The gradient of the weights, of their shape, laid out channels last.

    Each piece of the input is copied such that a row holds the window of one output cell; the
    gradients there times these rows are added up. Beside the result, that takes about a megabyte,
    and the padded copy of the samples that a piece is from.

    Args:
        x: The input, `[batch, channels, height, width]`.
        slope: The gradient of the output, `[batch, filters, height, width]`.
        shape: Of the weights, `[filters, channels, height, width]`.
        stride: By axis.
        padding: By axis.
    """
    filters, channels, *kernel = shape
    width = channels * kernel[0] * kernel[1]
    total = x.new_zeros(filters, width)
    for windows, slopes in _pieces(x, slope.permute(0, 2, 3, 1), kernel, stride, padding):
        total.addmm_(slopes.reshape(-1, filters).t(), windows.reshape(-1, width))
    return total.view(filters, *kernel, channels).permute(0, 3, 1, 2)


def _pieces(
    x: Tensor,
    slopes: Tensor,
    kernel: Sequence[int],
    stride: tuple[int, int],
    padding: tuple[int, int],
) -> Iterator[tuple[Tensor, Tensor]]:
    """Windows and the gradients that belong to them: of some samples, or of some lines of one."""
    batch, height, width, _ = slopes.shape
    bytes_a_row = x.shape[1] * kernel[0] * kernel[1] * x.element_size()
    rows = max(_PIECE // bytes_a_row, _FEWEST_ROWS)
    samples, lines = max(1, rows // (height * width)), max(1, rows // width)
    for first in range(0, batch, samples):
        several = slice(first, first + samples)
        windows = _windows(x[several], slopes.shape[1:3], kernel, stride, padding)
        for line in range(0, height, lines):
            yield windows[:, line : line + lines], slopes[several, line : line + lines]


def _windows(
    x: Tensor,
    size: Sequence[int],
    kernel: Sequence[int],
    stride: tuple[int, int],
    padding: tuple[int, int],
) -> Tensor:
    """A view of samples, `[samples, *size, kernel height, kernel width * channels]`."""
    last = x.permute(0, 2, 3, 1)
    if any(padding):
        last = F.pad(last, (0, 0, padding[1], padding[1], padding[0], padding[0]))
    last = last.contiguous()
    samples, height, width, channels = last.shape
    line = width * channels
    return last.as_strided(
        (samples, *size, kernel[0], kernel[1] * channels),
        (height * line, stride[0] * line, stride[1] * channels, line, 1),
        last.storage_offset(),
    )
