"""Recording a step without making it."""

import random

import numpy as np
import pytest
import torch
from torch import nn

from modelspec.torch.capture import CaptureError, captured_step


class Changing(nn.Module):
    """A layer that changes something at each call."""

    def __init__(self, change: str) -> None:
        super().__init__()
        self.one = nn.Linear(3, 2)
        self.calls = 0
        self.register_buffer("mean", torch.zeros(2))
        self.change = change

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """What it computes goes by what it changes."""
        y = self.one(x)
        if self.change == "a number":
            self.calls += 1
        elif self.change == "a buffer":
            self.mean = self.mean + y.detach().mean(0)
        elif self.change == "random":
            y = y * random.random()
        elif self.change == "numpy":
            y = y * float(np.random.random())
        elif self.change == "fails":
            raise RuntimeError("no")
        else:
            self.mean += y.detach().mean(0)
        return y + self.mean


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("a number", "changes `calls`"),
        ("a buffer", "changes `mean`"),
        ("random", "draws random numbers"),
        ("numpy", "draws random numbers"),
        ("fails", "fails: no"),
        ("", None),
    ],
)
def test_all_is_as_before(change: str, reason: str | None) -> None:
    module, x = Changing(change), torch.randn(4, 3)
    before = {name: each.clone() for name, each in module.state_dict().items()}
    drawn = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state()

    def step() -> torch.Tensor:
        loss = module(x).square().mean()
        loss.backward()
        return loss

    if reason is None:
        assert captured_step(step, module, {("inputs", "x"): x}, [module], 1 << 20).written
    else:
        with pytest.raises(CaptureError, match=reason):
            captured_step(step, module, {("inputs", "x"): x}, [module], 1 << 20)
    assert all(torch.equal(before[name], each) for name, each in module.state_dict().items())
    assert module.calls == 0
    assert random.getstate() == drawn[0]
    assert np.random.get_state()[1].tolist() == drawn[1]
    assert torch.equal(torch.get_rng_state(), drawn[2])
    assert all(each.grad is None for each in module.parameters())


def test_of_a_refused_step_all_is_as_before_too() -> None:
    module, x = Changing(""), torch.randn(4, 3)

    def step() -> torch.Tensor:
        found = module(x).sum()
        float(found)
        return found

    with pytest.raises(CaptureError, match="reads a number"):
        captured_step(step, module, {("inputs", "x"): x}, [module], 1 << 20)
    assert not module.mean.any()


def test_a_refused_step_ends_where_it_is_refused() -> None:
    """A step of seconds is not made to its end for nothing."""
    module, x, ends = torch.nn.Linear(3, 2), torch.randn(4, 3), []

    def step() -> torch.Tensor:
        loss = module(x).repeat(100, 1).sum()
        ends.append(loss)
        return loss

    with pytest.raises(CaptureError, match="more than"):
        captured_step(step, module, {("inputs", "x"): x}, [module], 1 << 10)
    assert not ends
