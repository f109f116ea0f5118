"""Softmax and cross-entropy of few classes: torch's own up to rounding, in whichever way taken."""

from math import inf, nan
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from modelspec.torch.kernels import cross_entropy, few_classes, log_softmax, softmax


@pytest.fixture(params=[(16, 1 << 16), (16, 0), (8, 1 << 16)], ids=["filled", "turned", "narrow"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Every batch is large enough; how many numbers a register holds."""
    lanes, longest = request.param
    monkeypatch.setattr(few_classes, "_LANES", {"any": lanes})
    monkeypatch.setattr(few_classes, "_FEWEST", 0)
    monkeypatch.setattr(few_classes, "_FEWEST_LEARNT", {"any": 0})
    monkeypatch.setattr(few_classes, "_LONGEST", longest)
    monkeypatch.setattr(few_classes, "_CAPABILITY", "any")
    return int(lanes)


def slopes(value: Tensor, x: Tensor) -> Tensor:
    """The gradient of a value, weighted if it is several."""
    weights = torch.linspace(-1, 2, value.numel()).view(value.shape).to(value.dtype)
    return torch.autograd.grad((value * weights).sum() if value.ndim else value, x)[0]


def both(logits: Tensor, function: Any, *rest: Any) -> tuple[Tensor, Tensor]:
    """The value and the gradient of the logits."""
    x = logits.clone().requires_grad_()
    value = function(x, *rest)
    return value.detach(), slopes(value, x)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("classes", [2, 3, 7, 8, 10, 15])
@pytest.mark.parametrize("spread", [1.0, 1e4])
def test_values_and_gradients_are_those_of_exact_arithmetic(classes: int, spread: float) -> None:
    logits = torch.randn(37, classes) * spread
    target = torch.randint(0, classes, (37,))
    target[::5] = -100
    for own, torchs, rest in (
        (cross_entropy, F.cross_entropy, (target,)),
        (log_softmax, F.log_softmax, (-1,)),
    ):
        found = both(logits, own, *rest)
        wanted = both(logits.double(), torchs, *rest)
        for each, exact in zip(found, wanted, strict=True):
            torch.testing.assert_close(each, exact.float(), rtol=2e-6, atol=2e-6)
    torch.testing.assert_close(
        softmax(logits, -1), logits.double().softmax(-1).float(), rtol=2e-6, atol=1e-7
    )


@pytest.mark.usefixtures("way")
@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.sampled_from([0.0, 1.0, -1e4, 1e4, 3e38, -3e38, inf, -inf, nan]), min_size=4),
    st.integers(2, 4),
)
def test_what_is_not_finite_stays_so_where_torchs_does(values: list[float], classes: int) -> None:
    rows = len(values) // classes
    logits = torch.tensor(values[: rows * classes]).view(rows, classes)
    target = torch.arange(rows) % classes
    for own, torchs, rest in (
        (cross_entropy, F.cross_entropy, (target,)),
        (log_softmax, F.log_softmax, (-1,)),
    ):
        found, wanted = both(logits, own, *rest), both(logits, torchs, *rest)
        torch.testing.assert_close(found, wanted, equal_nan=True)
    torch.testing.assert_close(softmax(logits, -1), logits.softmax(-1), equal_nan=True)


@pytest.mark.usefixtures("way")
def test_axes_before_the_classes_stay() -> None:
    logits = torch.randn(4, 5, 3).transpose(0, 1)
    for own, torchs in ((softmax, torch.softmax), (log_softmax, torch.log_softmax)):
        torch.testing.assert_close(own(logits, -1), torchs(logits, -1))
        torch.testing.assert_close(own(logits, 1), torchs(logits, 1))
    assert softmax(logits, -1).is_contiguous()


@pytest.mark.usefixtures("way")
def test_slopes_have_slopes() -> None:
    logits, target = torch.randn(9, 10, requires_grad=True), torch.arange(9)
    seconds = []
    for entropy in (cross_entropy, F.cross_entropy):
        (first,) = torch.autograd.grad(entropy(logits, target), logits, create_graph=True)
        seconds.append(torch.autograd.grad(first.square().sum(), logits)[0])
    torch.testing.assert_close(*seconds)


@pytest.mark.parametrize("wrong", [-1, 12, 99])
def test_a_target_that_is_no_class_is_not_learnt_from_in_silence(way: int, wrong: int) -> None:
    logits, target = torch.randn(40, 10), torch.full((40,), wrong)
    filled = way == 16 and few_classes._LONGEST
    if wrong == 12 and filled:
        assert cross_entropy(logits, target) == inf
        return
    with pytest.raises(IndexError):
        cross_entropy(logits, target)


def test_the_rule_knows_shapes_types_and_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(few_classes, "_CAPABILITY", "AVX512")
    target = torch.zeros(128, dtype=torch.long)

    def way_of(rows: int, classes: int, dtype: torch.dtype = torch.float32) -> str:
        logits = torch.randn(rows, classes, dtype=dtype, requires_grad=True)
        loss = cross_entropy(logits, target.new_zeros(rows))
        step: Any = loss.grad_fn
        while True:
            name = type(step).__name__
            if name in ("CatBackward0", "CloneBackward0", "AccumulateGrad"):
                return {"CatBackward0": "filled", "CloneBackward0": "turned"}.get(name, "torch")
            step = step.next_functions[0][0]

    assert way_of(128, 10) == "filled"
    assert way_of(127, 10) == "torch"
    assert way_of(128, 16) == "torch"
    assert way_of(5000, 10) == "turned"
    assert way_of(256, 7) == "turned"
    assert way_of(2000, 1) == "torch"
    assert way_of(128, 10, torch.float64) == "torch"
    with torch.autocast("cpu", torch.bfloat16):
        assert way_of(128, 10) == "torch"
    monkeypatch.setattr(few_classes, "_CAPABILITY", "AVX2")
    assert way_of(128, 10) == "torch"
    assert way_of(512, 7) == "filled"
    assert way_of(1024, 3) == "turned"
    monkeypatch.setattr(few_classes, "_CAPABILITY", "DEFAULT")
    assert way_of(512, 7) == "torch"
    slope = torch.func.grad(lambda x: cross_entropy(x, target))(torch.randn(128, 10))
    assert slope.shape == (128, 10)


def test_softmax_is_torchs_where_it_is_learnt_from() -> None:
    x = torch.randn(200, 5, requires_grad=True)
    assert type(softmax(x, -1).grad_fn).__name__ == "SoftmaxBackward0"
