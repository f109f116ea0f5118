"""Dropout by 16 random bits an element: its law, its gradients, and where torch's own is taken."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from modelspec.torch.kernels import dropout

ELEMENTS = 400_000


def is_own(x: Tensor, rate: float = 0.5) -> bool:
    """Whether a call draws by bits: torch's own draws another stream of numbers."""
    state = torch.get_rng_state()
    found = dropout(x, rate)
    torch.set_rng_state(state)
    return not torch.equal(found, F.dropout(x, rate))


@pytest.mark.parametrize("rate", [0.002, 0.1, 0.25, 0.5, 0.9])
def test_the_share_and_the_mean_are_those_of_the_rate(rate: float) -> None:
    torch.manual_seed(3)
    found = dropout(torch.ones(ELEMENTS), rate)
    kept = (found != 0).double().mean().item()
    deviation = (rate * (1 - rate) / ELEMENTS) ** 0.5
    assert kept == pytest.approx(1 - rate, abs=5 * deviation + 2**-17)
    (scale,) = found[found != 0].unique().tolist()
    assert scale == pytest.approx(65536 / round((1 - rate) * 65536))
    assert found.double().mean().item() == pytest.approx(1, abs=5 * deviation / (1 - rate))


def test_neighbours_are_dropped_independently() -> None:
    torch.manual_seed(5)
    kept = (dropout(torch.ones(ELEMENTS // 8, 8), 0.5) != 0).double()
    likeness = torch.corrcoef(kept.T)
    likeness.fill_diagonal_(0)
    assert likeness.abs().max() < 5 / (ELEMENTS / 8) ** 0.5
    lagged = torch.corrcoef(torch.stack([kept.flatten()[:-8], kept.flatten()[8:]]))
    assert abs(lagged[0, 1]) < 5 / ELEMENTS**0.5


def test_the_same_state_gives_the_same_draws() -> None:
    x = torch.randn(50, 100)
    state = torch.get_rng_state()
    first, second = dropout(x, 0.3), dropout(x, 0.3)
    torch.set_rng_state(state)
    assert torch.equal(dropout(x, 0.3), first)
    assert torch.equal(dropout(x, 0.3), second)
    assert not torch.equal(first, second)


def test_slopes_are_the_mask_and_so_are_theirs() -> None:
    x = torch.randn(60, 50, dtype=torch.float64, requires_grad=True)

    def dropped(x: Tensor) -> Tensor:
        torch.manual_seed(1)
        return dropout(x, 0.25) ** 2

    factors = (dropped(torch.ones_like(x)) ** 0.5).detach()
    assert torch.equal(factors.unique(), torch.tensor([0, 4 / 3], dtype=torch.float64))
    (slope,) = torch.autograd.grad(dropped(x).sum(), x, create_graph=True)
    torch.testing.assert_close(slope, 2 * x * factors**2)
    (second,) = torch.autograd.grad(slope.sum(), x)
    torch.testing.assert_close(second, 2 * factors**2)


def test_a_byte_an_element_is_kept_for_the_slope() -> None:
    kept: list[Tensor] = []
    with torch.autograd.graph.saved_tensors_hooks(lambda x: kept.append(x) or x, lambda x: x):
        dropout(torch.randn(5000, requires_grad=True), 0.25)
    assert [(x.dtype, x.numel()) for x in kept] == [(torch.bool, 5000)]


def test_views_that_are_not_contiguous() -> None:
    x = torch.randn(8, 20, 30).permute(0, 2, 1)
    found = dropout(x, 0.5)
    assert torch.equal(found, torch.where(found != 0, x * 2, 0))
    assert found.stride() == x.stride()


def test_torchs_own_is_taken_where_bits_do_not_do(monkeypatch: pytest.MonkeyPatch) -> None:
    x = torch.ones(5000)
    assert is_own(x)
    assert is_own(x, 1 / 1024)
    assert not is_own(x, 0.0001)
    assert not is_own(x, 0.9999)
    assert not is_own(x[:100])
    assert torch.equal(dropout(x, 1.0), torch.zeros_like(x))
    assert torch.equal(dropout(x, 0.0), x)
    assert torch.equal(dropout(x, 0.5, training=False), x)
    with torch.autocast("cpu", torch.bfloat16):
        assert not is_own(x)
    slopes = torch.func.grad(lambda x: dropout(x, 0.5).sum())(x)
    assert set(slopes.tolist()) == {0, 2}
    monkeypatch.setattr(torch.compiler, "is_compiling", lambda: True)
    assert not is_own(x)
