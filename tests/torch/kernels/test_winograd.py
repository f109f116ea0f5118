"""Winograd's convolutions: torch's own numbers up to rounding, and where they are taken."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from modelspec.torch.kernels import conv2d, convolution, winograd
from modelspec.torch.kernels.winograd import by_winograd

pytestmark = pytest.mark.skipif(
    not torch.backends.mkldnn.is_available(),  # type: ignore[no-untyped-call]
    reason="this torch has no oneDNN",
)


def drawn(*shape: int) -> Tensor:
    """`[batch, channels, height, width]`, channels last."""
    batch, channels, height, width = shape
    return torch.randn(batch, height, width, channels).permute(0, 3, 1, 2)


def assert_near(found: Tensor, wanted: Tensor) -> None:
    """Up to rounding of 32-bit floats, of the largest number; laid out channels last."""
    assert found.shape == wanted.shape
    assert found.is_contiguous(memory_format=torch.channels_last)
    assert (found - wanted).abs().max() <= 2e-5 * wanted.abs().max()


@settings(max_examples=25, deadline=None)
@given(
    sizes=st.tuples(st.integers(1, 5), st.integers(1, 4), st.integers(1, 9), st.integers(1, 11)),
    filters=st.integers(1, 5),
    tall=st.integers(1, 3),
    padding=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    piece=st.sampled_from([1, 2000, 1 << 23]),
)
def test_outputs_and_gradients_are_torchs(
    sizes: tuple[int, int, int, int],
    filters: int,
    tall: int,
    padding: tuple[int, int],
    piece: int,
) -> None:
    padding = min(padding[0], tall - 1), padding[1]
    if sizes[2] + 2 * padding[0] < tall or sizes[3] + 2 * padding[1] < 3:
        return
    x, weight, bias = drawn(*sizes), drawn(filters, sizes[1], tall, 3), torch.randn(filters)
    exact = [each.double().requires_grad_() for each in (x, weight)]
    out = F.conv2d(*exact, bias.double(), 1, padding)
    slope = drawn(*out.shape)
    of_input, of_weight = torch.autograd.grad(out, exact, slope.double())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(winograd, "_PIECE", piece)
        assert_near(winograd.convolved(x, weight, bias, padding), out.float())
        assert_near(winograd.slopes_of_input(slope, weight, padding), of_input.float())
        found = winograd.slopes_of_weight(x, slope, weight.shape, padding)
    assert_near(found, of_weight.float())


@pytest.mark.parametrize("ways", [(True, True), (True, False)])
def test_a_layer_has_the_same_gradients(
    monkeypatch: pytest.MonkeyPatch, ways: tuple[bool, bool]
) -> None:
    monkeypatch.setattr(convolution, "_SMALL", 0)
    monkeypatch.setattr(convolution, "by_winograd", lambda *_: ways)
    taken: list[str] = []
    for name in ("convolved", "slopes_of_input", "slopes_of_weight"):
        monkeypatch.setattr(convolution, name, noted(getattr(convolution, name), name, taken))
    operands = [drawn(2, 8, 6, 7), drawn(16, 8, 3, 3), torch.randn(16)]

    def outcomes(convolve: Any, **options: Any) -> list[Tensor]:
        parts = [each.detach().clone().requires_grad_() for each in operands]
        out = convolve(*parts, (1, 1), (1, 1), **options)
        slope = torch.linspace(-1, 1, out.numel()).view_as(out)
        return [out, *torch.autograd.grad((out * slope).sum(), parts)]

    wanted = outcomes(F.conv2d)
    for own, torchs in zip(outcomes(conv2d), wanted, strict=True):
        scale = torchs.abs().max()
        torch.testing.assert_close(own / scale, torchs / scale, rtol=0, atol=1e-5)
    assert sorted(taken) == sorted(
        ["convolved", "slopes_of_input", *["slopes_of_weight"] * ways[1]]
    )
    taken.clear()
    outcomes(conv2d, winograd=False)
    assert not taken


def noted(function: Any, name: str, taken: list[str]) -> Any:
    """A function that writes down its name when it is called."""

    def call(*args: Any) -> Any:
        taken.append(name)
        return function(*args)

    return call


@pytest.mark.parametrize(
    ("x", "filters", "stride", "padding", "wanted"),
    [
        ((16, 128, 64, 64), 128, 1, 1, (True, True)),
        ((8, 128, 28, 28), 128, 1, 1, (True, False)),
        ((2, 128, 28, 28), 128, 1, 1, (False, False)),
        ((32, 128, 14, 14), 128, 1, 1, (False, False)),
        ((16, 64, 64, 64), 128, 1, 1, (False, False)),
        ((16, 128, 64, 64), 64, 1, 1, (False, False)),
        ((16, 128, 64, 64), 128, 2, 1, (False, False)),
        ((16, 128, 64, 64), 128, 1, 3, (False, False)),
        ((4, 192, 40, 40), 192, 1, 0, (True, False)),
        ((8, 512, 40, 40), 512, 1, 1, (True, False)),
        ((1, 512, 56, 56), 512, 1, 1, (True, True)),
        ((1, 128, 512, 512), 128, 1, 1, (False, False)),
    ],
)
def test_the_rule_knows_shapes_and_the_processor(
    monkeypatch: pytest.MonkeyPatch,
    x: tuple[int, int, int, int],
    filters: int,
    stride: int,
    padding: int,
    wanted: tuple[bool, bool],
) -> None:
    for capability in ("AVX512", "AVX2", "DEFAULT"):
        monkeypatch.setattr(winograd, "capability", lambda c=capability: c)
        found = by_winograd(x, (filters, x[1], 3, 3), (stride, 1), (1, padding))
        assert found == (wanted if capability == "AVX512" else (False, False))
        assert by_winograd(x, (filters, x[1], 3, 5), (1, 1), (1, 1)) == (False, False)
