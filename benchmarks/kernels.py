"""Torch's own functions against those of `modelspec.torch.kernels`, forward and backward.

    python benchmarks/kernels.py [--drawn 60] [--rounds 7] [--threads 1] [--avx2] [--seed 0]

A fixed list of convolutions, most from the ten models of `workloads.py`, then as many that are
drawn at random among those that are not torch's own; dropout; embeddings; cross-entropy and softmax
of few classes. Both are measured in turns, and a number is the least of the rounds, in CPU seconds
of one process. `--avx2` measures on a processor with AVX-512 what one without it does, as far as
its kernels go.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch.nn import functional as F  # noqa: N812

from modelspec.runner.process.malloc import keep_freed_memory
from modelspec.torch import kernels
from modelspec.torch.kernels.weight_gradient import by_products
from modelspec.torch.kernels.winograd import by_winograd

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

AVX2 = {
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "ATEN_CPU_CAPABILITY": "avx2",
}
MOST = 4e9
"""Floating point operations of a drawn convolution's forward pass, at most."""


class Convolution(NamedTuple):
    """One by its shapes: the weights are `[filters, channels, *kernel]`."""

    batch: int
    channels: int
    size: tuple[int, int]
    filters: int
    kernel: tuple[int, int]
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    first: bool = False

    @property
    def flops(self) -> float:
        """Of the forward pass."""
        sizes = zip(self.size, self.kernel, self.stride, self.padding, strict=True)
        cells = 1
        for size, kernel, stride, padding in sizes:
            cells *= (size + 2 * padding - kernel) // stride + 1
        window = self.channels * self.kernel[0] * self.kernel[1]
        return 2 * self.batch * cells * self.filters * window

    @property
    def way(self) -> str:
        """What is taken otherwise on this processor, in brackets; nothing where nothing is."""
        x = self.batch, self.channels, *self.size
        shapes = x, (self.filters, self.channels, *self.kernel), self.stride, self.padding
        if any(by_winograd(*shapes)):
            return " (Winograd)"
        return " (products)" if by_products(*shapes) else ""


FIXED = {
    "social 1": Convolution(64, 256, (1, 500), 128, (1, 5)),
    "social 2": Convolution(64, 128, (1, 99), 256, (1, 5)),
    "social 3": Convolution(64, 256, (1, 95), 256, (1, 5)),
    "mnist 1": Convolution(128, 1, (28, 28), 32, (3, 3), first=True),
    "mnist 2": Convolution(128, 32, (26, 26), 64, (3, 3)),
    "inception 1x1": Convolution(16, 64, (64, 64), 128, (1, 1)),
    "inception 3x3": Convolution(16, 128, (64, 64), 128, (3, 3), padding=(1, 1)),
    "256 to 256": Convolution(8, 256, (40, 40), 256, (3, 3), padding=(1, 1)),
    "inception strided": Convolution(16, 128, (65, 65), 128, (3, 3), (2, 2)),
    "residual 1": Convolution(64, 3, (32, 32), 64, (3, 3), padding=(1, 1), first=True),
    "residual": Convolution(64, 64, (32, 32), 64, (3, 3), padding=(1, 1)),
    "imdb 1": Convolution(128, 128, (1, 500), 32, (1, 7)),
    "imdb 2": Convolution(128, 32, (1, 98), 32, (1, 7)),
}


def drawn() -> Convolution:
    """One that is by Winograd's algorithm, or its weights' gradient by matrix products."""
    while True:
        side, k = random.choice([4, 7, 8, 14, 16, 28, 32, 56, 64]), random.choice([3, 5, 7])
        s = random.choice([1, 1, 2, 3])
        flat = random.random() < 0.4
        padded = k // 2 if random.random() < 0.5 else 0
        each = Convolution(
            random.choice([1, 4, 8, 16, 32, 64, 128]),
            random.choice([32, 48, 64, 96, 128, 192, 256, 512]),
            (1, random.choice([16, 50, 100, 250, 500])) if flat else (side, side),
            random.choice([32, 48, 64, 96, 128, 192, 256, 512]),
            (1, k) if flat else (k, k),
            (1, s) if flat else (s, s),
            (0, padded) if flat else (padded, padded),
        )
        if 1e7 < each.flops < MOST and each.size[1] >= k and each.way:
            return each


def convolution(each: Convolution, convolve: Callable[..., torch.Tensor]) -> Callable[[], None]:
    """Forward and backward, once a call."""
    x = torch.randn(each.batch, *each.size, each.channels).permute(0, 3, 1, 2)
    x.requires_grad_(not each.first)
    weight = torch.randn(each.filters, *each.kernel, each.channels).permute(0, 3, 1, 2)
    bias = torch.randn(each.filters, requires_grad=True)
    weight.requires_grad_()
    slope = torch.randn_like(convolve(x, weight, bias, each.stride, each.padding))
    inputs = [weight, bias] if each.first else [x, weight, bias]

    def run() -> None:
        out = convolve(x, weight, bias, each.stride, each.padding)
        torch.autograd.grad(out, inputs, slope)

    return run


def dropout(shape: tuple[int, ...], drop: Callable[..., torch.Tensor]) -> Callable[[], None]:
    """Forward and backward, once a call."""
    x, slope = torch.randn(shape, requires_grad=True), torch.randn(shape)
    return lambda: (torch.autograd.grad(drop(x, 0.25, True), x, slope), None)[1]


def embedding(
    shape: tuple[int, int, int], look_up: Callable[..., torch.Tensor]
) -> Callable[[], None]:
    """Forward and backward, once a call, of some indices into so many rows of so many columns."""
    count, rows, columns = shape
    indices = torch.randint(0, rows, (count,))
    weight, slope = torch.randn(rows, columns, requires_grad=True), torch.randn(count, columns)
    return lambda: (torch.autograd.grad(look_up(indices, weight), weight, slope), None)[1]


def entropy(shape: tuple[int, int], entropy_of: Callable[..., torch.Tensor]) -> Callable[[], None]:
    """Forward and backward, ten times a call, of `[rows, classes]` and class indices."""
    logits = torch.randn(shape, requires_grad=True)
    target = torch.randint(0, shape[1], shape[:1])

    def run() -> None:
        for _ in range(10):
            torch.autograd.grad(entropy_of(logits, target), logits)

    return run


def softmax(shape: tuple[int, int], softmax_of: Callable[..., torch.Tensor]) -> Callable[[], None]:
    """Forward only, ten times a call, of `[rows, classes]`."""
    logits = torch.randn(shape)
    return lambda: [softmax_of(logits, -1) for _ in range(10)].clear()


def compared(title: str, pair: Sequence[Callable[[], None]], rounds: int) -> float:
    """Print how many times faster the second of two is, and return it."""
    least = [float("inf")] * 2
    for turn in range(rounds + 1):
        for which in (0, 1) if turn % 2 else (1, 0):
            began = time.process_time()
            pair[which]()
            if turn:
                least[which] = min(least[which], time.process_time() - began)
    torchs, own = (1000 * each for each in least)
    print(f"| {title} | {torchs:.2f} | {own:.2f} | {torchs / own:.2f} |", flush=True)
    return torchs / own


def main() -> None:
    """Measure, and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drawn", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--avx2", action="store_true")
    options = parser.parse_args()
    if options.avx2 and not os.environ.items() >= AVX2.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | AVX2)
    keep_freed_memory()
    torch.set_num_threads(options.threads)
    random.seed(options.seed)
    print(f"{torch.backends.cpu.get_cpu_capability()}, {options.threads} thread(s)\n")
    print("| | torch, ms | modelspec, ms | gain |\n|---|---|---|---|")
    ways = F.conv2d, kernels.conv2d
    for name, each in FIXED.items():
        compared(f"{name}{each.way}", [convolution(each, way) for way in ways], options.rounds)
    gains = []
    for each in (drawn() for _ in range(options.drawn)):
        shape = f"{each.batch}x{each.size}x{each.channels} to {each.filters}, {each[4:7]}"
        title = f"{shape}{each.way}"
        gains.append(compared(title, [convolution(each, way) for way in ways], options.rounds))
    for shape in ((128, 9216), (128, 128), (32, 500, 128)):
        pair = [dropout(shape, way) for way in (F.dropout, kernels.dropout)]
        compared(f"dropout {shape}", pair, options.rounds)
    for shape in ((12_800, 10_000, 64), (12_800, 10_000, 16), (1_000, 100, 8)):
        pair = [embedding(shape, way) for way in (F.embedding, kernels.embedding)]
        compared(f"embedding of {shape[0]} in {shape[1:]}", pair, options.rounds)
    for shape in ((128, 10), (256, 3), (256, 10), (1024, 5), (4096, 10), (65_536, 2)):
        pair = [entropy(shape, way) for way in (F.cross_entropy, kernels.cross_entropy)]
        compared(f"cross-entropy of {shape}, ten times", pair, options.rounds)
        pair = [softmax(shape, way) for way in (torch.softmax, kernels.softmax)]
        compared(f"softmax of {shape}, ten times", pair, options.rounds)
    if gains:
        median = statistics.median(gains)
        print(f"\ndrawn: median {median:.2f}, least {min(gains):.2f}, most {max(gains):.2f}")


if __name__ == "__main__":
    main()
