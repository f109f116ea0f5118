"""The gradients of convolutions: torch's own up to rounding, in whichever way they are taken."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from modelspec.torch.kernels import conv2d, convolution, weight_gradient
from modelspec.torch.kernels.weight_gradient import by_products

OWN = "_ConvolutionBackward"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small batches count as large ones."""
    monkeypatch.setattr(convolution, "_SMALL", 0)


def drawn(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """`[batch, channels, height, width]`, channels last."""
    batch, channels, height, width = shape
    return torch.randn(batch, height, width, channels, dtype=dtype).permute(0, 3, 1, 2)


def gradients(convolve: Any, x: Tensor, weight: Tensor, bias: Tensor, *window: Any) -> list[Tensor]:
    """The output, and the gradients of all three."""
    parts = [each.detach().clone().requires_grad_() for each in (x, weight, bias)]
    out = convolve(*parts, *window)
    slope = torch.linspace(-1, 1, out.numel()).view_as(out)
    return [out, *torch.autograd.grad((out * slope).sum(), parts)]


@settings(max_examples=25, deadline=None)
@given(
    sizes=st.tuples(st.integers(1, 9), st.integers(1, 4), st.integers(1, 9), st.integers(1, 9)),
    filters=st.integers(1, 5),
    kernel=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    padding=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    piece=st.sampled_from([1, 300, 1 << 20]),
)
def test_products_give_the_gradient_of_any_window(
    sizes: tuple[int, int, int, int],
    filters: int,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int],
    piece: int,
) -> None:
    if any(size + 2 * p < k for size, p, k in zip(sizes[2:], padding, kernel, strict=True)):
        return
    x, weight = drawn(*sizes, dtype=torch.float64), drawn(filters, sizes[1], *kernel).double()
    weight.requires_grad_()
    out = F.conv2d(x, weight, None, stride, padding)
    slope = torch.randn_like(out)
    (wanted,) = torch.autograd.grad(out, weight, slope)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(weight_gradient, "_PIECE", piece)
        patched.setattr(weight_gradient, "_FEWEST_ROWS", 1)
        found = weight_gradient.weight_gradient(x, slope, weight.shape, stride, padding)
    torch.testing.assert_close(found, wanted)
    assert found.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("products", [True, False])
@pytest.mark.parametrize("channels", [3, 32])
@pytest.mark.parametrize("window", [((1, 1), (0, 0)), ((2, 1), (1, 2))])
def test_all_gradients_are_torchs(
    monkeypatch: pytest.MonkeyPatch, products: bool, channels: int, window: Any
) -> None:
    monkeypatch.setattr(convolution, "by_products", lambda *_: products)
    operands = drawn(4, channels, 9, 8), drawn(16, channels, 3, 3), torch.randn(16)
    found, wanted = (gradients(each, *operands, *window) for each in (conv2d, F.conv2d))
    assert (OWN in type(found[0].grad_fn).__name__) is (products or channels == 3)
    for own, torchs in zip(found, wanted, strict=True):
        scale = torchs.abs().max()
        torch.testing.assert_close(own / scale, torchs / scale, rtol=0, atol=1e-5)


@pytest.mark.usefixtures("small")
def test_what_needs_no_gradient_has_none() -> None:
    x, weight, bias = drawn(2, 3, 6, 6), drawn(4, 3, 3, 3).requires_grad_(), torch.randn(4)
    conv2d(x, weight, bias).sum().backward()
    assert x.grad is None
    assert weight.grad is not None
    assert bias.grad is None
    assert not conv2d(x, weight.detach(), bias).requires_grad


@pytest.mark.usefixtures("small")
def test_slopes_have_slopes() -> None:
    x, weight = drawn(2, 3, 6, 6).requires_grad_(), drawn(4, 3, 3, 3).requires_grad_()
    bias = torch.randn(4)
    seconds = []
    for convolve in (conv2d, F.conv2d):
        (first,) = torch.autograd.grad(
            convolve(x, weight, bias).pow(3).sum(), weight, create_graph=True
        )
        seconds.append(torch.autograd.grad(first.square().sum(), (x, weight)))
    for own, torchs in zip(*seconds, strict=True):
        torch.testing.assert_close(own, torchs, rtol=1e-3, atol=1e-3)


@pytest.mark.usefixtures("small")
def test_torchs_own_is_taken_for_all_else(monkeypatch: pytest.MonkeyPatch) -> None:
    x, weight, bias = drawn(2, 4, 6, 6), drawn(4, 4, 3, 3).requires_grad_(), torch.randn(4)

    def is_own(x: Tensor, weight: Tensor, *rest: Any, bias: Tensor | None = bias) -> bool:
        return OWN in type(conv2d(x, weight, bias, *rest).grad_fn).__name__

    assert is_own(x, weight)
    assert not is_own(x, weight, bias=None)
    assert not is_own(drawn(2, 5, 6, 6), drawn(4, 5, 3, 3).requires_grad_())
    assert not is_own(x.double(), weight.double(), bias=bias.double())
    assert not is_own(x.contiguous(), weight)
    assert not is_own(x, weight, (1, 1), (0, 0), (2, 2))
    assert not is_own(x, weight[:, :2], (1, 1), (0, 0), (1, 1), 2)
    with torch.autocast("cpu", torch.bfloat16):
        assert not is_own(x, weight)
    slope = torch.func.grad(lambda weight: conv2d(x, weight, bias).sum())(weight.detach())
    assert slope.shape == weight.shape
    monkeypatch.setattr(convolution, "_SMALL", 10**9)
    assert not is_own(x, weight)


@pytest.mark.parametrize(
    ("capability", "size", "stride", "padding", "channels", "filters", "kernel", "wanted"),
    [
        ("AVX2", (1, 500), 1, 0, 128, 32, 7, True),
        ("AVX2", (1, 100), 1, 0, 128, 32, 7, False),
        ("AVX2", (1, 100), 1, 0, 32, 128, 7, True),
        ("AVX2", (1, 500), 1, 0, 128, 128, 1, False),
        ("AVX2", (1, 500), 1, 0, 3, 512, 5, False),
        ("AVX2", (32, 32), 1, 1, 64, 64, 3, False),
        ("AVX2", (32, 32), 1, 1, 128, 128, 3, True),
        ("AVX2", (8, 8), 1, 1, 128, 128, 3, False),
        ("AVX2", (8, 8), 2, 1, 128, 128, 3, True),
        ("AVX512", (32, 32), 1, 0, 256, 256, 3, False),
        ("AVX512", (32, 32), 2, 0, 128, 128, 3, True),
        ("AVX512", (32, 32), 2, 0, 128, 128, 5, False),
        ("AVX512", (32, 32), 2, 1, 128, 128, 3, False),
        ("AVX512", (32, 32), 2, 1, 256, 256, 5, True),
        ("AVX512", (1, 100), 2, 0, 192, 192, 3, False),
        ("DEFAULT", (32, 32), 2, 0, 256, 256, 3, False),
    ],
)
def test_the_rule_knows_shapes_and_the_processor(
    monkeypatch: pytest.MonkeyPatch,
    capability: str,
    size: tuple[int, int],
    stride: int,
    padding: int,
    channels: int,
    filters: int,
    kernel: int,
    wanted: bool,
) -> None:
    monkeypatch.setattr(weight_gradient, "capability", lambda: capability)
    flat = size[0] == 1
    weight = filters, channels, 1 if flat else kernel, kernel
    steps = 1 if flat else stride, stride
    assert by_products((8, channels, *size), weight, steps, (0, padding)) is wanted
