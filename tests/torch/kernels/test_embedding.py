"""Embedding with a gradient of our own: the same numbers as torch's."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from modelspec.torch.kernels import embedding


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def is_own(indices: Tensor, weight: Tensor) -> bool:
    return type(embedding(indices, weight).grad_fn).__name__ == "_EmbeddingBackward"


@pytest.mark.parametrize("dtype", [torch.int32, torch.int64])
@pytest.mark.parametrize("shape", [(), (7,), (5, 40), (2, 3, 4), (0, 4)])
def test_values_and_gradients_are_torchs_to_the_bit(
    shape: tuple[int, ...], dtype: torch.dtype
) -> None:
    indices = torch.randint(0, 9, shape).to(dtype)
    weight = torch.randn(9, 6, requires_grad=True)
    results = []
    for look_up in (embedding, F.embedding):
        found = look_up(indices, weight)
        slope = torch.linspace(-1, 1, found.numel()).view_as(found)
        results.append((found, *torch.autograd.grad(found, weight, slope)))
    for own, torchs in zip(*results, strict=True):
        assert torch.equal(own, torchs)


def test_slopes_have_slopes() -> None:
    indices = torch.tensor([[0, 2], [2, 2]])
    weight = torch.randn(3, 2, dtype=torch.float64, requires_grad=True)
    assert is_own(indices, weight)
    assert torch.autograd.gradgradcheck(lambda w: embedding(indices, w).pow(3), weight)


def test_torchs_own_is_taken_for_all_else(monkeypatch: pytest.MonkeyPatch) -> None:
    indices, weight = torch.tensor([1]), torch.randn(3, 64, requires_grad=True)
    assert is_own(indices, weight)
    assert not is_own(indices, torch.randn(3, 65, requires_grad=True))
    assert not is_own(indices, weight.detach())
    with torch.no_grad():
        assert not is_own(indices, weight)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    assert not is_own(indices, weight)
